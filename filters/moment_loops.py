"""Mean and variance of square windows, compiled, in a time that does not grow with them.

Running sums in float64, of what each value is more than a number that they lie
around: so far from 0 the squares of the values themselves would cancel. Whole
numbers stay exact, and what rounding leaves of a 16-bit variance is below a millionth.
"""

import numpy as np

from ..compiled.kinds import array
from ..compiled.loop import inner, loop, prange
from .row_loops import part_of
from .strips import Layout


@inner
def _enter(row, about, sums, squares):
    for j in range(row.size):
        value = np.float64(row[j]) - about[j]
        sums[j] += value
        squares[j] += value * value


@inner
def _leave(row, about, sums, squares):
    for j in range(row.size):
        value = np.float64(row[j]) - about[j]
        sums[j] -= value
        squares[j] -= value * value


@inner
def _change(source, layout, number, enters, about, sums, squares):
    """Let a row enter or leave the columns' sums."""
    position = layout.rows[number]
    if position >= 0 and enters:
        _enter(source[position], about, sums, squares)
    elif position >= 0:
        _leave(source[position], about, sums, squares)
    else:
        sign = 1.0 if enters else -1.0
        for j in range(sums.size):
            value = np.float64(layout.fill) - about[j]
            sums[j] += sign * value
            squares[j] += sign * value * value


@inner
def _look_up(sums, layout, about, rows, power, begin, end, padded):
    for j in range(begin, end):
        column = layout.columns[j]
        value = np.float64(layout.fill) - about[j % layout.channels]
        outside = rows * value if power == 1 else rows * value * value
        padded[j] = sums[column] if column >= 0 else outside


@inner
def _pad(sums, layout, about, rows, power, padded):
    """Copy the sums of the columns, with those of what windows see beside them."""
    start, stop = layout.runs[0, 0], layout.runs[0, 1]
    inside, middle = sums[layout.runs[0, 2] :], padded[start:stop]
    for j in range(middle.size):
        middle[j] = inside[j]
    _look_up(sums, layout, about, rows, power, 0, start, padded)
    _look_up(sums, layout, about, rows, power, stop, padded.size, padded)


@inner
def _along(sums, columns, channels, count, pick, out):
    """Put the mean of `columns` neighbouring sums into out, every pick-th."""
    for c in range(channels):
        total, wanted = 0.0, 0
        for v in range(columns - 1):
            total += sums[v * channels + c]
        for m in range(out.size // channels * pick - pick + 1):
            total += sums[(m + columns - 1) * channels + c]
            if m == wanted:
                out[m // pick * channels + c] = total / count
                wanted += pick
            total -= sums[m * channels + c]


@inner
def _store(mean, squares, about, mean_out, out):
    for j in range(out.size):
        value = squares[j] - mean[j] * mean[j]
        out[j] = value if value > 0 else 0.0
        mean_out[j] = mean[j] + about[j]


@loop
def moments(source: array(2, "uint8", "uint16", "float32"), layout: Layout,
            about: array(1, "float64"), rows: int, columns: int, pick: int,
            sums: array(3, "float64"), mean: array(2, "float32", "float64"),
            variance: array(2, "float32")):  # fmt: skip
    """Fill mean and variance (n, OW*C) of every window of source (H, W*C).

    `about` is a row of what values lie around, longer than the source's and the layout's.
    Scratch, for each part: sums (5, columns of the layout or more).
    """
    width = mean.shape[1]
    count = rows * columns
    for p in prange(sums.shape[0]):
        begin, end = part_of(mean.shape[0], p, sums.shape[0])
        down, squares = sums[p, 0, : source.shape[1]], sums[p, 1, : source.shape[1]]
        padded = sums[p, 2, : layout.columns.size]
        mean_row, square_row = sums[p, 3, :width], sums[p, 4, :width]
        down[:] = 0
        squares[:] = 0
        bottom = begin * layout.stride
        for i in range(begin, end):
            top = i * layout.stride
            bottom = max(bottom, top)
            while bottom < top + rows:
                _change(source, layout, bottom, True, about, down, squares)
                bottom += 1
            _pad(down, layout, about, rows, 1, padded)
            _along(padded, columns, layout.channels, count, pick, mean_row)
            _pad(squares, layout, about, rows, 2, padded)
            _along(padded, columns, layout.channels, count, pick, square_row)
            _store(mean_row, square_row, about, mean[i], variance[i])
            for r in range(top, min(top + layout.stride, bottom)):
                _change(source, layout, r, False, about, down, squares)
