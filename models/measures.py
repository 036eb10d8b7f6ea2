"""Everything that is measured of a model's answers, in one object."""

from dataclasses import dataclass

import numpy as np

from .evaluation import Answers
from .metrics import (
    Bins,
    Curve,
    calibration_error,
    log_loss,
    miss_rate,
    precision_recall,
    reliability,
    roc,
    top_k_accuracy,
)

TOP = 5


@dataclass(frozen=True, eq=False)
class Measures:
    """Measures of answers beyond their counts.

    Parameters
    ----------
    log_loss : float or None
        In nats; None for scores, which are no probabilities.
    top : dict of int to float
        Share of pictures whose class is among the k likeliest.
    roc, precision_recall : tuple of (Curve or None)
        For each class against the rest; None where it is undefined. With two
        classes that of the second one is meant by the measures below.
    bins : Bins or None
        How often answers are right by how sure they are.
    fpr : float or None
        The false-positive rate that was asked for, of two classes.
    """

    log_loss: float | None
    top: dict[int, float]
    roc: tuple[Curve | None, ...]
    precision_recall: tuple[Curve | None, ...]
    bins: Bins | None
    fpr: float | None = None

    @property
    def missed(self) -> float | None:
        """Share of the second class missed at the false-positive rate; None where undefined."""
        curve = self.roc[1]
        return None if self.fpr is None or curve is None else miss_rate(curve, self.fpr)

    def to_dict(self, classes: tuple[str, ...]) -> dict:
        """Return everything as numbers, ready for JSON."""
        found = {
            "log_loss": self.log_loss,
            "top_k": {str(k): share for k, share in self.top.items()},
            "roc_area": dict(zip(classes, map(_area, self.roc), strict=True)),
            "average_precision": dict(zip(classes, map(_area, self.precision_recall), strict=True)),
            "calibration_error": None if self.bins is None else calibration_error(self.bins),
        }
        if self.fpr is not None:
            found |= {"false_positive_rate": self.fpr, "miss_rate": self.missed}
        return found


def _area(curve: Curve | None) -> float | None:
    return None if curve is None else curve.area


def measure(answers: Answers, *, fpr: float | None = None, top: int = TOP) -> Measures:
    """Measure answers.

    Parameters
    ----------
    answers : Answers
    fpr : float, optional
        A false-positive rate, for two classes.
    top : int
        The k likeliest classes are looked at for k from 2 to this.
    """
    truth, values, count = answers.truth, answers.values, len(answers.classes)
    sure = answers.measure == "probability"
    pairs = [(truth == k, values[:, k]) for k in range(count)]
    return Measures(
        log_loss=log_loss(truth, values) if sure else None,
        top={k: top_k_accuracy(truth, values, k) for k in range(2, min(top, count - 1) + 1)},
        roc=tuple(roc(*pair) for pair in pairs),
        precision_recall=tuple(precision_recall(*pair) for pair in pairs),
        bins=reliability(truth, np.asarray(values)) if sure else None,
        fpr=fpr,
    )
