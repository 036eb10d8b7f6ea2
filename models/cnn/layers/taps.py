"""Which rows a convolution sums, forward and backward, as lists of distances.

An image line over the whole batch is a row of W*N numbers. A tap (c, u, v) of
the kernel is such a row, shifted: a distance from the place where the output's
line begins. Lists of distances make stride, dilation, padding and groups the
same loop. Taps are sorted by kernel row, so that where a window hangs over the
top or bottom the taps inside the image are a range of the list: zeros are
added only at the left and right.
"""

from typing import NamedTuple

import numpy as np

from ....filters.windows import Axis
from .loops import Taps


class ConvolutionPlan(NamedTuple):
    """Where everything lies, for one shape of input.

    `forward` and `backward` are the taps of y and of dx. The input's columns
    are spread over `padded` (stride, columns), `before` zeros first; dy's
    pixels over `spread` (rows, columns), `left` zeros first; -1 where that
    changes nothing. Kernel row u meets output lines tops[u] to bottoms[u].
    """

    rows: Axis
    columns: Axis
    forward: Taps
    padded: tuple[int, int]
    before: int
    tops: np.ndarray
    bottoms: np.ndarray
    backward: Taps
    spread: tuple[int, int]
    left: int


def plan_convolution(
    kernel: tuple[int, ...], filters: int, rows: Axis, columns: Axis, *, batch: int
) -> ConvolutionPlan:
    """Return the plan of a convolution.

    Parameters
    ----------
    kernel : (int, int, int)
        Input channels of a group, rows and columns of the kernel.
    filters : int
        Output channels of a group.
    rows, columns : Axis
    batch : int
    """
    reach, step, width = _reach(columns), columns.stride, _spread_width(columns)
    as_it_is = step == 1 and columns.before == 0 and reach == columns.length
    dense = rows.stride == step == 1 and width == columns.count
    return ConvolutionPlan(
        rows,
        columns,
        forward_taps(kernel, rows, columns, batch),
        (step, -(-reach // step)),
        -1 if as_it_is else columns.before,
        *group_lines(rows),
        backward_taps(kernel, filters, rows, columns, batch),
        (_spread(rows), width),
        -1 if dense else _left(columns),
    )


def _reach(axis: Axis) -> int:
    """Return the positions, from the first window's first on, that any window sees."""
    return (axis.count - 1) * axis.stride + axis.span + 1


def forward_taps(kernel: tuple[int, ...], rows: Axis, columns: Axis, batch: int) -> Taps:
    """Return the taps of y, from the input with its columns spread.

    Parameters
    ----------
    kernel : (int, int, int)
        Input channels of a group, rows and columns of the kernel.
    rows, columns : Axis
    batch : int
    """
    channels, height, width = kernel
    u, c, v = np.meshgrid(range(height), range(channels), range(width), indexing="ij")
    columns_apart = -(-_reach(columns) // columns.stride)
    line = columns_apart * columns.stride * batch
    shift = v * columns.dilation
    # Columns of the same remainder by the stride lie side by side.
    column = shift % columns.stride * columns_apart + shift // columns.stride
    offsets = (c * rows.length + u * rows.dilation) * line + column * batch
    places = (c * height + u) * width + v
    tops = np.arange(rows.count) * rows.stride - rows.before
    inside = _inside(tops[:, None] + np.arange(height) * rows.dilation, rows.length)
    firsts, lasts = inside * channels * width
    return Taps(tops * line, firsts, lasts, offsets.ravel(), places.ravel(), places.size)


def _inside(positions: np.ndarray, length: int) -> np.ndarray:
    """Return for each row of ascending positions the range that lies in [0, length)."""
    return np.stack([(positions < 0).sum(axis=1), (positions < length).sum(axis=1)])


def group_lines(rows: Axis) -> tuple[np.ndarray, np.ndarray]:
    """Return for each kernel row the first output line it sees inside the image, and the end."""
    tops = np.arange(rows.count) * rows.stride - rows.before
    positions = np.arange(rows.size)[:, None] * rows.dilation + tops
    first, end = _inside(positions, rows.length)
    # A kernel row that never meets the image gets an empty range within bounds.
    meets = first < end
    return np.where(meets, first, 0), np.where(meets, end, 0)


def backward_taps(
    kernel: tuple[int, ...], filters: int, rows: Axis, columns: Axis, batch: int
) -> Taps:
    """Return the taps of dx, from dy with its pixels spread.

    Input pixel (i, j) gets from tap (f, u, v) what output (i + before - u*d,
    j + before - v*d) / stride got from it: a correlation again, with the kernel
    turned around, over dy with stride - 1 zeros between its pixels.

    Parameters
    ----------
    kernel : (int, int, int)
        Input channels of a group, rows and columns of the kernel.
    filters : int
        Output channels of a group.
    rows, columns : Axis
    batch : int
    """
    channels, height, width = kernel
    lines = _spread(rows)
    left, line = _left(columns), _spread_width(columns) * batch
    u, f, v = np.meshgrid(range(height), range(filters), range(width), indexing="ij")
    u = height - 1 - u  # Ascending rows of dy.
    shift = left + columns.before - v * columns.dilation
    offsets = (f * lines - u * rows.dilation) * line + shift * batch
    places = (f * channels * height + u) * width + v
    starts = np.arange(rows.length) + rows.before
    positions = starts[:, None] - (height - 1 - np.arange(height)) * rows.dilation
    inside = _inside(positions, lines) * filters * width
    firsts, lasts = inside
    return Taps(starts * line, firsts, lasts, offsets.ravel(), places.ravel(), height * width)


def _spread(axis: Axis) -> int:
    return (axis.count - 1) * axis.stride + 1


def _left(columns: Axis) -> int:
    return max(0, columns.span - columns.before)


def _spread_width(columns: Axis) -> int:
    last = max(columns.length - 1 + columns.before, _spread(columns) - 1)
    return _left(columns) + last + 1
