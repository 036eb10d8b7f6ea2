"""The ways to correlate, each laid out for pictures of one size; see methods.py."""

from dataclasses import replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from ..compiled.scratch import scratch
from . import box_loops, loops
from .layouts import row_taps
from .methods import DIRECT, RUNNING_SUMS, TWO_PASSES, Method
from .strips import Layout, Passes, Taps, lay_taps
from .windows import Axis

# Strides up to this may compute every column's result and leave some out, for windows
# of up to so many taps: measured with strides 2 and 4, gray and RGB.
MOST_PICKED, EASY_TAPS, PICKED_TAPS = 4, 9, 121

# Values of a window's rows that stay in the nearest cache, and how many of one row are
# worth beginning with.
NEAREST, LEAST_PIECE = 6144, 512
# Rows of results that share what they are loaded from.
PASS_STRIP = 64
# Values of a line of the cache, and of a page.
LINE, PAGE = 16, 1024


class Way(Protocol):
    """A way to fill rows of results, of windows that lie at `rows` and `columns`."""

    rows: Axis
    columns: Axis

    def fill(self, source: np.ndarray, layout: Layout, out: np.ndarray) -> None:
        """Fill out (n, OW * C) from the rows of source (h, W * C) that a layout names."""
        ...


def way_of(
    method: Method, weights: np.ndarray, rows: Axis, columns: Axis, channels: int, *,
    finite: bool, fill: float, counter: type | None,
) -> Way:  # fmt: skip
    """Lay a method out for pictures of one size.

    Parameters
    ----------
    method : Method
        Any but that of Fourier.
    weights : ndarray of float32, (K, L)
    rows, columns : Axis
    channels : int
    finite : bool
        Whether pixels and `fill` are finite, so that a weight of 0 may be counted.
    fill : float
    counter : dtype, optional
        Which holds the sums of a box.
    """
    if method.name == RUNNING_SUMS:
        return _Box(weights, rows, columns, np.array([fill], counter))
    if method.name == TWO_PASSES:
        return _TwoPasses(method, rows, columns, channels)
    if method.name != DIRECT:
        return _SeveralPasses(method, rows, columns, channels)
    few = 2 * np.count_nonzero(weights) < weights.size
    if rows.dilation != 1 or not ((finite and not few) or weights.all()):
        return _Sparse(weights, rows, columns, channels)
    if _is_picked(columns, weights, channels):
        return _Picked(weights, rows, columns, channels)
    return _Dense(weights, rows, columns, channels)


def _is_picked(columns: Axis, weights: np.ndarray, channels: int) -> bool:
    """Say whether results at every column cost less than sorting the columns by phase."""
    if columns.stride == 1 or columns.stride > MOST_PICKED:
        return False
    # Columns of gray two apart are sorted in no time.
    easy = channels == 1 and columns.stride == 2
    return weights.size <= (EASY_TAPS if easy else PICKED_TAPS)


def buffers_of(layout: Layout) -> np.ndarray:
    """Return memory for the rows of a strip, (1, depth, columns of the layout)."""
    depth = (layout.strip - 1) * layout.stride + layout.span + 1
    return scratch("buffers", (1, depth, layout.columns.size), np.float32)


class _Dense:
    """One pass over windows without gaps between their rows."""

    def __init__(self, weights: np.ndarray, rows: Axis, columns: Axis, channels: int):
        self.rows, self.columns, self._weights = rows, columns, weights.ravel()
        self._begins = row_taps(rows, columns, channels).columns

    def fill(self, source: np.ndarray, layout: Layout, out: np.ndarray) -> None:
        """Fill rows of results; see `Way`."""
        loops.correlate_dense(source, layout, self._weights, self._begins, buffers_of(layout), out)


class _Sparse:
    """One pass over the places of a window that count."""

    def __init__(self, weights: np.ndarray, rows: Axis, columns: Axis, channels: int):
        self.rows, self.columns = rows, columns
        self._taps = lay_taps(rows, columns, channels, weights)

    def fill(self, source: np.ndarray, layout: Layout, out: np.ndarray) -> None:
        """Fill rows of results; see `Way`."""
        offsets = self._taps.rows * layout.columns.size + self._taps.columns
        loops.correlate(source, layout, self._taps, offsets, buffers_of(layout), out)


class _Picked:
    """One pass at every column, of whose results some are kept."""

    def __init__(self, weights: np.ndarray, rows: Axis, columns: Axis, channels: int):
        self._pick, self._weights = columns.stride, weights.ravel()
        self._width = ((columns.count - 1) * columns.stride + 1) * channels
        self.rows = rows
        self.columns = replace(columns, stride=1, count=self._width // channels)
        self._begins = row_taps(rows, self.columns, channels).columns

    def fill(self, source: np.ndarray, layout: Layout, out: np.ndarray) -> None:
        """Fill rows of results; see `Way`."""
        wide = scratch("wide", (1, 5, self._width), np.float32)
        loops.correlate_picked(
            source, layout, self._weights, self._begins, self._pick, buffers_of(layout), wide, out
        )


class _Box:
    """Running sums of whole numbers."""

    def __init__(self, weights: np.ndarray, rows: Axis, columns: Axis, fills: np.ndarray):
        self.rows, self.columns = rows, columns
        self._shape, self._weight, self._fills = weights.shape, weights[0, 0], fills

    def fill(self, source: np.ndarray, layout: Layout, out: np.ndarray) -> None:
        """Fill rows of results; see `Way`."""
        sums = scratch("sums", (1, 4, layout.columns.size), self._fills.dtype)
        box_loops.box(source, layout, *self._shape, self._fills, self._weight, sums, out)


class _Passes:
    """Passes across rows and along them, for pieces of columns."""

    def __init__(self, method: Method, rows: Axis, columns: Axis, channels: int):
        self.rows, self.columns, self._channels = rows, columns, channels
        self._down: Any = method.columns
        self._right: Any = method.rows

    @cached_property
    def _width(self) -> int:
        return self.columns.count * self._channels

    @cached_property
    def _piece(self) -> int:
        """How many results of a row are computed at a time."""
        if self.columns.stride > 1:
            return self._width
        piece = max(LEAST_PIECE, NEAREST // (self.rows.span + 1) // 64 * 64)
        return min(self._width, piece)

    def _buffers(self, layout: Layout, pitch: int) -> np.ndarray:
        depth = (PASS_STRIP - 1) * layout.stride + layout.span + 1
        return scratch("buffers", (1, depth, pitch), np.float32)

    def _pitch(self, layout: Layout) -> int:
        reach = 0 if self.columns.stride > 1 else self.columns.span * self._channels
        pitch = min(self._piece + reach, layout.columns.size) if reach else layout.columns.size
        # Rows begin where lines of the cache do, and not all at the same place of a page.
        pitch = -(-pitch // LINE) * LINE
        return pitch + LINE if pitch % PAGE == 0 else pitch


class _TwoPasses(_Passes):
    """The passes of a column times a row."""

    @cached_property
    def _along(self) -> Taps:
        return lay_taps(self.rows, self.columns, self._channels, self._right)

    def fill(self, source: np.ndarray, layout: Layout, out: np.ndarray) -> None:
        """Fill rows of results; see `Way`."""
        pitch = self._pitch(layout)
        (used,) = np.nonzero(self._down[0])
        across = Taps(used * (self.rows.dilation * pitch), used, self._down[0][used])
        loops.correlate_separable(
            source, layout, self._along, across, PASS_STRIP, self._piece,
            self._buffers(layout, pitch),
            scratch("padded", (1, pitch), np.float32), out,
        )  # fmt: skip


class _SeveralPasses(_Passes):
    """The passes of several products: the same places, a row of weights for each."""

    @cached_property
    def _along(self) -> Passes:
        ones = row_taps(self.rows, self.columns, self._channels)
        return Passes(ones.rows, ones.columns, np.ascontiguousarray(self._right))

    def fill(self, source: np.ndarray, layout: Layout, out: np.ndarray) -> None:
        """Fill rows of results; see `Way`."""
        pitch = self._pitch(layout)
        places = np.arange(self.rows.size) * (self.rows.dilation * pitch)
        across = Passes(places, places, np.ascontiguousarray(self._down))
        loops.correlate_low_rank(
            source, layout, self._along, across, PASS_STRIP, self._piece,
            self._buffers(layout, pitch),
            scratch("padded", (1, pitch), np.float32),
            scratch("sums", (1, 2, self._piece), np.float32), out,
        )  # fmt: skip
