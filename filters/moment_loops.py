"""Mean and variance of square windows, compiled, in a time that does not grow with them.

Running sums in float64, of what each value is more than a number that they lie
around: so far from 0 the squares of the values themselves would cancel. Whole
numbers stay exact, and what rounding leaves of a 16-bit variance is below a millionth.
"""

import numpy as np
from numba import prange

from ..jit import parallel_loop, serial_loop


@serial_loop
def _enter(row, about, sums, squares):
    for j in range(row.size):
        value = np.float64(row[j]) - about[j]
        sums[j] += value
        squares[j] += value * value


@serial_loop
def _leave(row, about, sums, squares):
    for j in range(row.size):
        value = np.float64(row[j]) - about[j]
        sums[j] -= value
        squares[j] -= value * value


@serial_loop
def _along(sums, columns, channels, share, out):
    """Put the mean of `columns` neighbouring sums into out, float64."""
    for c in range(channels):
        total = 0.0
        for v in range(columns - 1):
            total += sums[v * channels + c]
        for j in range(c, out.size, channels):
            total += sums[j + (columns - 1) * channels]
            out[j] = total * share
            total -= sums[j]


@serial_loop
def _spread(mean, squares, out):
    for j in range(out.size):
        value = squares[j] - mean[j] * mean[j]
        out[j] = value if value > 0 else 0.0


@parallel_loop
def moments(frame, about, channels, rows, columns, strip, mean, variance):
    """Fill mean and variance (OH, OW*C) of every window of frame; `about` is a row (W*C)."""
    height, width = mean.shape
    share = 1.0 / (rows * columns)
    for s in prange((height + strip - 1) // strip):
        start = s * strip
        sums, squares = np.zeros(frame.shape[1]), np.zeros(frame.shape[1])
        mean_row, square_row = np.empty(width), np.empty(width)
        for u in range(rows - 1):
            _enter(frame[start + u], about, sums, squares)
        for i in range(start, min(start + strip, height)):
            _enter(frame[i + rows - 1], about, sums, squares)
            _along(sums, columns, channels, share, mean_row)
            _along(squares, columns, channels, share, square_row)
            _leave(frame[i], about, sums, squares)
            _spread(mean_row, square_row, variance[i])
            for j in range(width):
                mean[i, j] = mean_row[j] + about[j]
