"""Chains run on pictures of any size: large ones band by band, so that memory stays small.

A band of results is computed from the rows that it comes from, and has the numbers of
the whole picture. Steps that depend on the whole picture see all bands once or twice
first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from .ranges import Clipped, Fitting
from .stages import Chain, Stage
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
    """

    picture: np.ndarray
    clipped: Clipped
    bands: int = 1


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
    if image.size >= 2 * BAND and _has_bands(chain, len(image)):
        return _filter_bands(_settled(chain, image), image, fitting)
    result = chain.run(image)
    fitting.look(result)
    if not fitting.whole:
        return Filtered(fitting.fit(result.astype(np.float32, copy=False)), fitting.clipped)
    step = max(1, BAND * len(result) // result.size)
    parts = (result[start : start + step] for start in range(0, len(result), step))
    return Filtered(_fitted(parts, len(result), fitting), fitting.clipped)


def _filter_bands(chain: Chain, image: np.ndarray, fitting: Fitting) -> Filtered:
    bands = _Bands(chain, image)
    if fitting.must_look:
        for result in bands.results():
            fitting.look(result)
    picture = _fitted(bands.results(), bands.heights[-1], fitting)
    return Filtered(picture, fitting.clipped, len(bands.edges) - 1)


def _fitted(parts: Iterator[np.ndarray], height: int, fitting: Fitting) -> np.ndarray:
    """Fit the parts of a picture one below the other."""
    out, start = None, 0
    for part in parts:
        fitted = fitting.fit(part.astype(np.float32, copy=False))
        if out is None:
            out = np.empty((height, *fitted.shape[1:]), output_dtype(fitted.dtype))
        out[start : start + len(fitted)] = fitted
        start += len(fitted)
    assert out is not None  # an image has at least one row
    return out


def _heights(rows: list[Rows], height: int) -> list[int]:
    """Return how many rows go into every step, and come out of the last."""
    heights = [height]
    for row in rows:
        heights.append(heights[-1] + row.before + row.after - row.span)
    return heights


def _has_bands(chain: Chain, height: int) -> bool:
    """Say whether every step's rows are known, and no border begins anew below others."""
    rows = [stage.rows for stage in chain.stages]
    known = [row for row in rows if row is not None]
    if len(known) < len(rows) or min(_heights(known, height)) < 1:
        return False
    return len({row.periodic for row in known if row.span}) < 2


def _settled(chain: Chain, image: np.ndarray) -> Chain:
    """Return the chain without steps that depend on the whole picture."""
    stages: list[Stage] = []
    for stage in chain.stages:
        if stage.settle is None:
            stages.append(stage)
            continue
        before = Chain((*stages, stage.looking()))
        bands = _Bands(before, image)
        stages.append(replace(stage, run=stage.settle(bands.looks), look=None, settle=None))
    return Chain(tuple(stages))


class _Bands:
    """The bands of the results of a chain whose steps' rows are all known."""

    def __init__(self, chain: Chain, image: np.ndarray):
        self._chain, self._image = chain, image
        self._rows = [stage.rows or Rows() for stage in chain.stages]
        self._periodic = any(row.periodic and row.span for row in self._rows)
        self.heights = _heights(self._rows, len(image))
        reach = sum(row.span for row in self._rows)
        step = max(1, 2 * reach, BAND * len(image) // image.size)
        # Of one height: a last one of a few rows would be filtered another way.
        count = -(-self.heights[-1] // step)
        self.edges = [self.heights[-1] * i // count for i in range(count + 1)]

    def results(self) -> Iterator[np.ndarray]:
        """Yield the results, from top to bottom."""
        for part, cuts in self._parts():
            yield self._chain.run(part, cuts)

    def looks(self) -> Iterator[np.ndarray]:
        """Yield what the last step makes of the colour as it is."""
        for part, cuts in self._parts():
            yield self._chain.look(part, cuts)

    def _parts(self) -> Iterator[tuple[np.ndarray, list[slice]]]:
        """Yield the rows that a band comes from, and which results of every step it wants."""
        for start, stop in pairwise(self.edges):
            cuts: list[slice] = []
            for row, height in zip(self._rows[::-1], self.heights[-2::-1], strict=True):
                first, last = self._seen(row, start, stop, height)
                cuts.insert(0, slice(start - first, stop - first))
                start, stop = first, last
            yield self._cut(start, stop), cuts

    def _seen(self, row: Rows, start: int, stop: int, height: int) -> tuple[int, int]:
        return replace(row, periodic=self._periodic).seen(start, stop, height)

    def _cut(self, start: int, stop: int) -> np.ndarray:
        if self._periodic:
            return self._image.take(np.arange(start, stop), axis=0, mode="wrap")
        return self._image[start:stop]
