"""Two models on the same pictures: is one better, or is it chance."""

import math
from dataclasses import dataclass

import numpy as np

from ..images.errors import DataError
from .evaluation import Answers
from .intervals import Z_95


@dataclass(frozen=True)
class Difference:
    """Where two models differ on the same pictures.

    Parameters
    ----------
    count : int
        Pictures.
    first, second : int
        Those that only the first, and only the second model names rightly.
    """

    count: int
    first: int
    second: int

    @property
    def difference(self) -> float:
        """Accuracy of the second less that of the first."""
        return (self.second - self.first) / self.count

    @property
    def p(self) -> float:
        """Two-sided p-value of McNemar's exact test; 1 where the models never differ."""
        from scipy.special import bdtr

        both = self.first + self.second
        return min(1.0, 2 * float(bdtr(min(self.first, self.second), both, 0.5)))

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the difference.

        By Bonett and Price (2012), https://doi.org/10.3102/1076998611411915.
        """
        n = self.count + 2
        a, b = (self.first + 1) / n, (self.second + 1) / n
        half = Z_95 * math.sqrt((a + b - (b - a) ** 2) / n)
        return max(-1.0, b - a - half), min(1.0, b - a + half)

    def to_dict(self) -> dict:
        """Return everything as numbers, ready for JSON."""
        return {
            "count": self.count,
            "only_first_right": self.first,
            "only_second_right": self.second,
            "difference": self.difference,
            "difference_95": list(self.interval),
            "mcnemar_p": self.p,
        }


def mcnemar(first: Answers, second: Answers) -> Difference:
    """Compare two models' answers to the same pictures.

    Raises
    ------
    DataError
        If the pictures or their true classes are not the same.
    """
    truth = [[one.classes[k] for k in one.truth] for one in (first, second)]
    if first.names != second.names or truth[0] != truth[1]:
        raise DataError("both models must judge the same labelled pictures to be compared")
    right = [one.values.argmax(axis=1) == one.truth for one in (first, second)]
    return Difference(
        len(first.names),
        int(np.count_nonzero(right[0] & ~right[1])),
        int(np.count_nonzero(right[1] & ~right[0])),
    )
