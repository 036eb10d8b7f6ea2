"""How an image is laid out for the compiled loops: index maps and tap lists.

With stride s a window's columns are s apart, and the loops want neighbours. So
the buffer holds the padded columns sorted by their remainder modulo s, one
phase after the other: within a phase, neighbours in the buffer are s apart in
the image, and every tap is again one contiguous slice.
"""

from typing import NamedTuple

import numpy as np

from ..compiled.kinds import Single, array
from .borders import OUTSIDE, border_index
from .windows import Axis

Places = array(1, "int64")
Weights = array(1, "float32")


class _Layout(NamedTuple):
    rows: Places
    columns: Places
    runs: array(2, "int64")  # pyright: ignore
    step: int
    channels: int
    used: array(1, "bool")  # pyright: ignore
    stride: int
    span: int
    strip: int
    fill: Single


class Layout(_Layout):
    """How the loops copy an image (H, W * C) into their row buffers.

    `rows` and `columns` give for each buffered position where it comes from,
    or `OUTSIDE`. Each of `runs`, (start, stop, first), says that the buffered
    columns [start, stop) are the source's pixels from `first` on, every
    `step`-th of them; only the rest is looked up. `used[r % stride]` says
    whether any tap reads padded row r.
    """

    def cut(self, start: int, stop: int, first: int) -> "Layout":
        """Return the layout of some results, for a source that begins with row `first`."""
        rows = self.rows[start * self.stride : (stop - 1) * self.stride + self.span + 1]
        return self._replace(rows=np.where(rows < 0, OUTSIDE, rows - first))


class _Taps(NamedTuple):
    rows: Places
    columns: Places
    weights: Weights


class Taps(_Taps):
    """What is added up: buffered row below the window's first, first column, weight."""


class Passes(NamedTuple):
    """The taps of several passes, a row of weights for each."""

    rows: Places
    columns: Places
    weights: array(2, "float32")  # pyright: ignore


def lay_out(rows: Axis, columns: Axis, channels: int, border: str, fill: float) -> Layout:
    """Lay an image out for windows at the given rows and columns."""
    column_index = _by_phase(columns, border_index(*columns.padded, border))
    return Layout(
        rows=border_index(*rows.padded, border),
        columns=_interleave(column_index, channels),
        runs=_runs(columns) * channels,
        step=columns.stride,
        channels=channels,
        used=np.isin(np.arange(rows.stride), np.arange(rows.size) * rows.dilation % rows.stride),
        stride=rows.stride,
        span=rows.span,
        # Tall enough that copying the rows shared by two strips is cheap.
        strip=max(16, min(64, 2 * rows.span // rows.stride)),
        fill=np.float32(fill),
    )


def lay_taps(rows: Axis, columns: Axis, channels: int, weights: np.ndarray) -> Taps:
    """List the window positions whose weight is not zero, row by row."""
    u, v = np.nonzero(weights)
    offset = v * columns.dilation
    phase, within = offset % columns.stride, offset // columns.stride
    start = np.searchsorted(_phases(columns), phase) * _phase_length(columns)
    return Taps(
        u.astype(np.int64) * rows.dilation,
        (start + within).astype(np.int64) * channels,
        np.ascontiguousarray(weights[u, v], np.float32),
    )


def _phases(axis: Axis) -> np.ndarray:
    # Not np.unique, which imports masked arrays: 10 ms of every command.
    return np.array(sorted({n * axis.dilation % axis.stride for n in range(axis.size)}))


def _phase_length(axis: Axis) -> int:
    return axis.count + axis.span // axis.stride


def _by_phase(axis: Axis, index: np.ndarray) -> np.ndarray:
    position = _phases(axis)[:, None] + np.arange(_phase_length(axis)) * axis.stride
    inside = position < index.size
    return np.where(inside, index[np.minimum(position, index.size - 1)], OUTSIDE).ravel()


def _runs(axis: Axis) -> np.ndarray:
    """Return (start, stop, first) of the pixels of each phase that lie inside."""
    length, phases = _phase_length(axis), _phases(axis)
    begin = np.clip(-((phases - axis.before) // axis.stride), 0, length)
    end = np.clip(-((phases - axis.before - axis.length) // axis.stride), begin, length)
    offset = np.arange(len(phases)) * length
    first = phases + begin * axis.stride - axis.before
    return np.stack([offset + begin, offset + end, np.maximum(first, 0)], axis=1)


def _interleave(index: np.ndarray, channels: int) -> np.ndarray:
    spread = index[:, None] * channels + np.arange(channels)
    return np.where(index[:, None] == OUTSIDE, OUTSIDE, spread).ravel().astype(np.int64)
