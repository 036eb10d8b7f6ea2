"""Filter results fitted to what an integer picture can hold."""

from dataclasses import dataclass
from threading import Lock

import numpy as np

from ..compiled.scratch import scratch
from ..images.colour import has_alpha
from ..images.errors import EdgewiseError
from . import fit_loops
from .runner import Finish
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


class Fitting(Finish):
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

    plain = False

    def __init__(self, rule: str, dtype: object, source: object = None):
        if rule not in RANGES:
            raise EdgewiseError(f'no range "{rule}"; there are {", ".join(RANGES)}')
        super().__init__(np.float32 if rule == "float" else dtype)
        self._rule = rule
        given = output_dtype(dtype if source is None else source)
        alpha = _opaque(self.dtype) / _opaque(given)
        both_whole = self.dtype.kind == given.kind == "u"
        self._alpha, self._scale = np.float32(alpha), np.float32(alpha if both_whole else 1)
        self.whole = self.dtype.kind != "f"
        self.must_look = rule == "rescale" and self.whole
        self._least, self._most = np.float32(np.inf), np.float32(-np.inf)
        self.clipped, self._counting = Clipped(), Lock()

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
        out = np.empty(values.shape, self.dtype)
        self.put(values, out)
        return out

    def put(self, values: np.ndarray, out: np.ndarray) -> None:
        """Write rows of results into those of the picture, and count what does not fit."""
        values = np.ascontiguousarray(values, np.float32)
        if not has_alpha(values):
            self._put_colour(values, out)
            return
        colour = np.empty((*values.shape[:2], values.shape[2] - 1), self.dtype)
        self._put_colour(np.ascontiguousarray(values[:, :, :-1]), colour)
        out[:, :, :-1] = colour
        out[:, :, -1] = saturate(values[:, :, -1] * self._alpha, self.dtype)

    def _put_colour(self, values: np.ndarray, out: np.ndarray) -> None:
        if not self.whole:
            scaled = values if self._scale == 1 else values * self._scale
            out[...] = np.abs(scaled) if self._rule == "abs" else scaled
            return
        flat, counts = values.reshape(len(values), -1), np.empty((len(values), 3), np.int64)
        fit_loops.fit(
            flat, self._rule == "abs", self._scale, *self._move(), limits(self.dtype)[1],
            scratch("fitted", (1, flat.shape[1]), np.float32), counts, out.reshape(flat.shape),
        )  # fmt: skip
        with self._counting:
            self.clipped += Clipped(values.size, *counts.sum(axis=0).tolist())

    def _move(self) -> tuple[np.float32, np.float32]:
        """Return what is added to every value, and what it is multiplied by then."""
        low, high = limits(self.dtype)
        if self._rule == "shift":
            return np.ceil((high - low) / 2), np.float32(1)
        if self._rule != "rescale":
            return np.float32(0), np.float32(1)
        if not self._most > self._least:
            return np.float32(0), np.float32(0)
        return -self._least, high / (self._most - self._least)


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
