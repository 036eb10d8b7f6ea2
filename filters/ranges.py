"""Filter results fitted to what an integer picture can hold."""

from dataclasses import dataclass

import numpy as np

from ..images.colour import has_alpha
from ..images.errors import EdgewiseError
from .values import limits, output_dtype, saturate

RANGES = ("clip", "abs", "rescale", "shift", "float")


@dataclass(frozen=True)
class Clipped:
    """How many values did not fit.

    Attributes
    ----------
    values, below, above, nan : int
        All colour values, those below what the picture holds, those above, and
        those that are no number, which become 0.
    """

    values: int = 0
    below: int = 0
    above: int = 0
    nan: int = 0

    @property
    def share(self) -> float:
        """Share of the values, from 0 to 1, that were clipped."""
        return (self.below + self.above) / self.values if self.values else 0.0

    def __add__(self, other: "Clipped") -> "Clipped":
        """Count two parts of a picture together."""
        return Clipped(
            self.values + other.values,
            self.below + other.below,
            self.above + other.above,
            self.nan + other.nan,
        )

    def __str__(self) -> str:
        text = f"{self.share:.2%} of the values clipped"
        return f"{text}, {self.nan} NaN became 0" if self.nan else text


class Fitting:
    """Fits results to a picture, all at once or part by part.

    Parameters
    ----------
    rule : {'clip', 'abs', 'rescale', 'shift', 'float'}
        See `fit_range`.
    dtype : {uint8, uint16, float32}
        What the picture holds.
    source : {uint8, uint16, float32}, optional
        In whose unit the values are; the dtype's when left out. Whole numbers of
        one depth become those of the other: 255 is 65535. Float values count as
        they are, and alpha is 1 there where it is opaque.

    Attributes
    ----------
    whole : bool
        Whether the picture holds whole numbers.
    must_look : bool
        Whether every part must go through `look` before the first is fitted.
    clipped : Clipped
        What did not fit so far.
    """

    def __init__(self, rule: str, dtype: object, source: object = None):
        if rule not in RANGES:
            raise EdgewiseError(f'no range "{rule}"; there are {", ".join(RANGES)}')
        self._rule = rule
        self._dtype = output_dtype(np.float32 if rule == "float" else dtype)
        given = output_dtype(dtype if source is None else source)
        alpha = _opaque(self._dtype) / _opaque(given)
        both_whole = self._dtype.kind == given.kind == "u"
        self._alpha, self._scale = np.float32(alpha), np.float32(alpha if both_whole else 1)
        self.whole = self._dtype.kind != "f"
        self.must_look = rule == "rescale" and self._dtype.kind != "f"
        self._least, self._most = np.float32(np.inf), np.float32(-np.inf)
        self.clipped = Clipped()

    def look(self, values: np.ndarray) -> None:
        """Take note of the least and the greatest finite value."""
        if not self.must_look:
            return
        colour = values[:, :, :-1] if has_alpha(values) else values
        colour = colour if self._scale == 1 else colour * self._scale
        least, most = colour.min(), colour.max()
        if not np.isfinite(least) or not np.isfinite(most):
            finite = colour[np.isfinite(colour)]
            if finite.size == 0:
                return
            least, most = finite.min(), finite.max()
        self._least = min(self._least, np.float32(least))
        self._most = max(self._most, np.float32(most))

    def fit(self, values: np.ndarray) -> np.ndarray:
        """Return the values of the picture."""
        alpha = has_alpha(values)
        colour = values[:, :, :-1] if alpha else values
        colour = colour if self._scale == 1 else colour * self._scale
        colour = np.abs(colour) if self._rule == "abs" else colour
        if self._dtype.kind != "f":
            colour = self._move(colour)
            self.clipped += self._count(colour)
        fitted = colour
        if alpha:
            fitted = np.concatenate([colour, values[:, :, -1:] * self._alpha], axis=2)
        return saturate(fitted, self._dtype)

    def _move(self, values: np.ndarray) -> np.ndarray:
        low, high = limits(self._dtype)
        if self._rule == "shift":
            return values + np.ceil((high - low) / 2)
        if self._rule != "rescale":
            return values
        if not self._most > self._least:
            return np.full_like(values, low)
        return (values - self._least) * (high / (self._most - self._least))

    def _count(self, values: np.ndarray) -> Clipped:
        low, high = limits(self._dtype)
        below = int(np.count_nonzero(values < low - 0.5))
        above = int(np.count_nonzero(values > high + 0.5))
        # A sum is cheaper than looking at every value, and NaN makes it NaN.
        nan = int(np.isnan(values).sum()) if np.isnan(values.sum()) else 0
        return Clipped(values.size, below, above, nan)


def _opaque(dtype: np.dtype) -> float:
    """Return the value of alpha where nothing shines through."""
    return 1.0 if dtype.kind == "f" else float(np.iinfo(dtype).max)


def fit_range(values: np.ndarray, rule: str, dtype: object) -> tuple[np.ndarray, float]:
    """Turn a filter's float results into the values of a picture.

    Parameters
    ----------
    values : ndarray of float32, (H, W) or (H, W, C)
        Two and four channels end with alpha, which is rounded and no more.
    rule : {'clip', 'abs', 'rescale', 'shift', 'float'}
        ``abs`` takes the magnitude first; ``rescale`` maps the least value to 0
        and the greatest to the dtype's maximum; ``shift`` adds half of the
        range, so that 0 becomes mid-gray; ``clip`` changes nothing; ``float``
        returns the values as they are.
    dtype : {uint8, uint16, float32}
        What the picture holds. With float32, ``rescale`` and ``shift`` leave
        the values as they are.

    Returns
    -------
    picture : ndarray
    clipped : float
        Share of the values, from 0 to 1, that lay outside and were clipped.
        NaN is counted as neither and becomes 0 in an integer picture.
    """
    fitting = Fitting(rule, dtype)
    fitting.look(values)
    return fitting.fit(values), fitting.clipped.share
