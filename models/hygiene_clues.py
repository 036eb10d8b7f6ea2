"""Properties of files that give their class away: all cats PNG, all dogs JPEG."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

# How far above guessing, in standard deviations and as a share, a clue must be.
DEVIATIONS = 3
LEAST_GAIN = 0.05


@dataclass(frozen=True)
class Clue:
    """A property that predicts the class.

    Attributes
    ----------
    name : str
    accuracy : float
        Share of pictures whose class the property gives, each judged by the others.
    guessing : float
        Share of the commonest class.
    table : dict of dict of int
        For each value the number of pictures of each class, commonest values first.
    """

    name: str
    accuracy: float
    guessing: float
    table: dict[str, dict[str, int]]


def find_clue(name: str, values: Sequence[str], labels: Sequence[str]) -> Clue | None:
    """Tell whether a property predicts the class, or return None.

    Each picture is given the commonest class of the others of its value, so
    that a value of its own says nothing; ties say nothing either.

    Parameters
    ----------
    name : str
    values, labels : sequence of str, (M,)
    """
    counts: dict[str, Counter[str]] = {}
    for value, label in zip(values, labels, strict=True):
        counts.setdefault(value, Counter())[label] += 1
    totals = Counter(labels)
    if len(counts) < 2 or len(totals) < 2:
        return None
    right = sum(_right(own) for own in counts.values())
    total, commonest = len(labels), totals.most_common(1)[0][1]
    share = commonest / total
    gain = right - commonest
    if gain < DEVIATIONS * sqrt(total * share * (1 - share)) or gain < LEAST_GAIN * total:
        return None
    ordered = sorted(counts, key=lambda value: (-counts[value].total(), value))
    table = {value: dict(counts[value].most_common()) for value in ordered}
    return Clue(name, right / total, share, table)


def _right(counts: Counter[str]) -> int:
    """Return how many pictures of one value get their class from the others."""
    (_, most), *others = counts.most_common(2)
    second = others[0][1] if others else 0
    return most if most - 1 > second else 0
