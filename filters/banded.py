"""Chains run on pictures of any size: large ones band by band, so that memory stays small.

Bands are of rows, or, where a few rows are very long, of columns. A band of results is
computed from the rows or columns that it comes from, and has the numbers of
the whole picture. Steps that depend on the whole picture see all bands once or twice
first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod

import numpy as np

from .ranges import Clipped, Fitting
from .stages import Chain, Cut, Stage
from .values import output_dtype
from .windows import Rows

# Values (pixels times channels) in a band, some 64 MiB as float32; pictures of
# fewer than twice as many are filtered whole.
BAND = 1 << 24


@dataclass(frozen=True)
class Filtered:
    """A picture ready to be written, and what was lost in fitting it.

    Attributes
    ----------
    picture : ndarray, (H, W) or (H, W, C)
    clipped : Clipped
    bands : int
        In how many bands it was filtered.
    axis : int
        Whether these were of rows, 0, or of columns, 1.
    """

    picture: np.ndarray
    clipped: Clipped
    bands: int = 1
    axis: int = 0


@np.errstate(all="ignore")
def filter_picture(chain: Chain, image: np.ndarray, rule: str, dtype: object) -> Filtered:
    """Run a chain and fit the result to a picture.

    Parameters
    ----------
    chain : Chain
    image : ndarray, (H, W) or (H, W, C), uint8, uint16 or float32
    rule : str
        One of `ranges.RANGES`.
    dtype : {uint8, uint16, float32}
        What the picture shall hold, but for the rule ``float``.
    """
    fitting = Fitting(rule, dtype, np.asarray(image).dtype)
    axis = _axis(chain, image.shape)
    if axis is not None:
        return _filter_bands(_settled(chain, image, axis), image, fitting, axis)
    result = chain.run(image)
    fitting.look(result)
    if not fitting.whole:
        return Filtered(fitting.fit(result.astype(np.float32, copy=False)), fitting.clipped)
    step = max(1, BAND * len(result) // result.size)
    parts = (result[start : start + step] for start in range(0, len(result), step))
    return Filtered(_fitted(parts, len(result), fitting, 0), fitting.clipped)


def least_memory(chain: Chain, shape: tuple[int, ...], dtype: np.dtype) -> int:
    """Return how many bytes a picture and what is made of it take at the least.

    Parameters
    ----------
    chain : Chain
    shape : (int, int, int)
        Rows, columns and channels.
    dtype : dtype
        Of the picture.
    """
    values = prod(shape)
    whole = values and _axis(chain, shape) is None
    return values * dtype.itemsize + (2 * 4 * values if whole else 0)


def _axis(chain: Chain, shape: tuple[int, ...]) -> int | None:
    """Say along which axis a picture is cut in bands; None if it is filtered whole."""
    if prod(shape) < 2 * BAND:
        return None
    bands = {axis: _least_band(chain, shape, axis) for axis in (0, 1)}
    sizes = {axis: size for axis, size in bands.items() if size is not None}
    if 0 in sizes and sizes[0] <= 2 * BAND:
        return 0
    return min(sizes, key=sizes.__getitem__, default=None)


def _least_band(chain: Chain, shape: tuple[int, ...], axis: int) -> int | None:
    """Return how many values the smallest band holds; None if there are no bands."""
    rows = [stage.reach[axis] for stage in chain.stages]
    known = [row for row in rows if row is not None]
    if len(known) < len(rows) or min(_heights(known, shape[axis])) < 1:
        return None
    # No border begins anew below others.
    if len({row.periodic for row in known if row.span}) > 1:
        return None
    height = 1 + 3 * sum(row.span for row in known)
    return min(height, shape[axis]) * (prod(shape) // shape[axis])


def _filter_bands(chain: Chain, image: np.ndarray, fitting: Fitting, axis: int) -> Filtered:
    bands = _Bands(chain, image, axis)
    if fitting.must_look:
        for result in bands.results():
            fitting.look(result)
    picture = _fitted(bands.results(), bands.heights[-1], fitting, axis)
    return Filtered(picture, fitting.clipped, len(bands.edges) - 1, axis)


def _fitted(parts: Iterator[np.ndarray], length: int, fitting: Fitting, axis: int) -> np.ndarray:
    """Fit the parts of a picture, one below or beside the other."""
    out, start = None, 0
    for part in parts:
        fitted = fitting.fit(part.astype(np.float32, copy=False))
        if out is None:
            shape = list(fitted.shape)
            shape[axis] = length
            out = np.empty(shape, output_dtype(fitted.dtype))
        stop = start + fitted.shape[axis]
        out[_along(axis, start, stop)] = fitted
        start = stop
    assert out is not None  # an image has at least one row
    return out


def _along(axis: int, start: int, stop: int) -> tuple[slice, ...]:
    """Return the index of some rows, or columns."""
    return (*[slice(None)] * axis, slice(start, stop))


def _heights(rows: list[Rows], height: int) -> list[int]:
    """Return how many rows go into every step, and come out of the last."""
    heights = [height]
    for row in rows:
        heights.append(heights[-1] + row.before + row.after - row.span)
    return heights


def _settled(chain: Chain, image: np.ndarray, axis: int) -> Chain:
    """Return the chain without steps that depend on the whole picture."""
    stages: list[Stage] = []
    for stage in chain.stages:
        if stage.settle is None:
            stages.append(stage)
            continue
        before = Chain((*stages, stage.looking()))
        bands = _Bands(before, image, axis)
        stages.append(replace(stage, run=stage.settle(bands.looks), look=None, settle=None))
    return Chain(tuple(stages))


class _Bands:
    """The bands of the results of a chain whose steps' rows, or columns, are all known."""

    def __init__(self, chain: Chain, image: np.ndarray, axis: int):
        self._chain, self._image, self._axis = chain, image, axis
        self._rows = [stage.reach[axis] or Rows() for stage in chain.stages]
        self._periodic = any(row.periodic and row.span for row in self._rows)
        height = image.shape[axis]
        self.heights = _heights(self._rows, height)
        reach = sum(row.span for row in self._rows)
        step = max(1, 2 * reach, BAND * height // image.size)
        # Of one height: a last one of a few rows would be filtered another way.
        count = -(-self.heights[-1] // step)
        self.edges = [self.heights[-1] * i // count for i in range(count + 1)]

    def results(self) -> Iterator[np.ndarray]:
        """Yield the results, from top to bottom, or from left to right."""
        for part, cuts in self._parts():
            yield self._chain.run(part, cuts)

    def looks(self) -> Iterator[np.ndarray]:
        """Yield what the last step makes of the colour as it is."""
        for part, cuts in self._parts():
            yield self._chain.look(part, cuts)

    def _parts(self) -> Iterator[tuple[np.ndarray, list[Cut]]]:
        """Yield the rows that a band comes from, and which results of every step it wants."""
        for start, stop in pairwise(self.edges):
            cuts: list[Cut] = []
            for row, height in zip(self._rows[::-1], self.heights[-2::-1], strict=True):
                first, last = self._seen(row, start, stop, height)
                cuts.insert(0, _along(self._axis, start - first, stop - first))
                start, stop = first, last
            yield self._cut(start, stop), cuts

    def _seen(self, row: Rows, start: int, stop: int, height: int) -> tuple[int, int]:
        return replace(row, periodic=self._periodic).seen(start, stop, height)

    def _cut(self, start: int, stop: int) -> np.ndarray:
        if self._periodic:
            return self._image.take(np.arange(start, stop), axis=self._axis, mode="wrap")
        # In order in memory, as whole pictures are; rows are already.
        return np.ascontiguousarray(self._image[_along(self._axis, start, stop)])
