"""Running a comparison from wherever it is to its end."""

from .cnn import run_cnn
from .contest import Contest
from .linear import run_linear
from .overlap import run_overlap
from .result import Comparison, collect


def compare(contest: Contest) -> Comparison:
    """Train and judge both models for every size of the training set, and compare them.

    What is finished already is not done again; interrupted, the next call goes
    on from the last epoch, to the same numbers.
    """
    run_overlap(contest)
    run_linear(contest)
    run_cnn(contest)
    return collect(contest)
