"""How far two models differ on the same pictures, and how sure that is."""

import math
from dataclasses import dataclass, replace

import numpy as np

from ..intervals import Z_95
from ..mcnemar import Difference

# A difference is shown below this probability.
LEVEL = 0.05


@dataclass(frozen=True)
class Gap:
    """A difference between shares of pictures named rightly.

    Parameters
    ----------
    count : int
        Pictures.
    difference : float
        Its mean over the random seeds.
    interval : (float, float)
        The 95 % interval, for other test pictures and, where there is more than
        one seed, for other seeds.
    p : float
        Two-sided: how often chance alone would give as much.
    each : tuple of float
        The difference of each random seed.
    """

    count: int
    difference: float
    interval: tuple[float, float]
    p: float
    each: tuple[float, ...]

    @property
    def shown(self) -> bool:
        """Whether it is more than chance would give."""
        return self.p < LEVEL

    @property
    def reversed(self) -> "Gap":
        """The same, of the first model from the second."""
        low, high = self.interval
        each = tuple(-one for one in self.each)
        return replace(self, difference=-self.difference, interval=(-high, -low), each=each)

    @property
    def deviation(self) -> float | None:
        """Standard deviation over the seeds; None of a single one."""
        return float(np.std(self.each, ddof=1)) if len(self.each) > 1 else None

    def to_dict(self) -> dict:
        """Return everything ready for JSON."""
        return {
            "count": len(self.each),
            "difference": self.difference,
            "difference_95": list(self.interval),
            "p": self.p,
            "standard_deviation": self.deviation,
            "min": min(self.each),
            "max": max(self.each),
        }


def gap(values: np.ndarray) -> Gap:
    """Return the mean of what two models differ by on each picture.

    Parameters
    ----------
    values : ndarray, (seeds, N)
        For each seed and picture: 1 where only the second model is right, -1
        where only the first is, 0 else; or the difference of two of these.

    Notes
    -----
    The variance is that of the mean over the pictures, with one more picture
    won and one lost (Bonett and Price 2012, https://doi.org/10.3102/1076998611411915), and
    that of the mean over the seeds, added up. The seeds are few: the quantile
    is Student's, with the degrees of freedom of Satterthwaite (1946). With one seed
    it is Bonett and Price's interval, and p is that of McNemar's exact test.
    """
    seeds, count = values.shape
    each = tuple(values.mean(axis=1).tolist())
    centre, variance = _over_pictures(values.mean(axis=0))
    among = float(np.var(each, ddof=1)) / seeds if seeds > 1 else 0.0
    error = math.sqrt(variance + among)
    freedom = (variance + among) ** 2 * (seeds - 1) / among**2 if among else math.inf
    quantile, p = _student(freedom, centre / error)
    if seeds == 1 and np.isin(values, (-1, 0, 1)).all():
        p = Difference(count, int((values < 0).sum()), int((values > 0).sum())).p
    ends = max(-1.0, centre - quantile * error), min(1.0, centre + quantile * error)
    return Gap(count, float(np.mean(each)), ends, p, each)


def _over_pictures(values: np.ndarray) -> tuple[float, float]:
    """Return mean and its variance, of (N,) values with a 1 and a -1 more."""
    n = len(values) + 2
    mean = float(values.sum()) / n
    return mean, (float((values**2).sum() + 2) / n - mean**2) / n


def _student(freedom: float, statistic: float) -> tuple[float, float]:
    """Return the 97.5 % quantile, and the two-sided probability of a statistic."""
    from scipy.special import ndtr, stdtr, stdtrit

    if math.isinf(freedom):
        return Z_95, 2 * float(ndtr(-abs(statistic)))
    return float(stdtrit(freedom, 0.975)), 2 * float(stdtr(freedom, -abs(statistic)))
