"""The median of small windows by sorting networks, compiled; see networks.py.

Measured on two cores (Zen 5), 12 MP uint8, next to counting bit by bit as in
rank_loops.py: benchmarks/filters.py.
"""

import numpy as np
from numba import prange

from ..jit import parallel_loop, serial_loop

# Bytes of a row worked on at a time: short enough for the cache, and long enough that
# starting a loop does not count. 512 took twice the time of 2048.
CHUNK = 2048
LESSER, GREATER = 0, 1


@serial_loop
def _take_lesser(a, b):
    for j in range(a.size):
        # Both are read before they are compared: else nothing is vectorised.
        first, second = a[j], b[j]
        a[j] = first if first < second else second


@serial_loop
def _take_greater(a, b):
    for j in range(b.size):
        first, second = a[j], b[j]
        b[j] = second if first < second else first


@serial_loop
def _exchange(a, b):
    for j in range(a.size):
        first, second = a[j], b[j]
        a[j] = first if first < second else second
        b[j] = second if first < second else first


@serial_loop
def _run(exchanges, rows, n):
    for k in range(exchanges.shape[0]):
        a, b = rows[exchanges[k, 0]][:n], rows[exchanges[k, 1]][:n]
        wanted = exchanges[k, 2]
        if wanted == LESSER:
            _take_lesser(a, b)
        elif wanted == GREATER:
            _take_greater(a, b)
        else:
            _exchange(a, b)


@serial_loop
def _copy(values, row):
    for j in range(row.size):
        row[j] = values[j]


@serial_loop
def _least_of_3(a, b, c, out):
    for j in range(out.size):
        x, y, z = a[j], b[j], c[j]
        least = x if x < y else y
        out[j] = least if least < z else z


@serial_loop
def _greatest_of_3(a, b, c, out):
    for j in range(out.size):
        x, y, z = a[j], b[j], c[j]
        most = y if x < y else x
        out[j] = z if most < z else most


@serial_loop
def _middle_of_3(a, b, c, out):
    for j in range(out.size):
        x, y, z = a[j], b[j], c[j]
        low, high = (x if x < y else y), (y if x < y else x)
        high = high if high < z else z
        out[j] = high if low < high else low


@parallel_loop
def median_of_9(frame, channels, out):
    """Fill out (OH, OW*C) with the median of 3 x 3 pixels of frame, any unsigned dtype.

    It is the middle one of the greatest of the columns' least, the middle of their
    middle, and the least of their greatest values.
    """
    height, width = out.shape
    for i in prange(height):
        low, middle = np.empty(frame.shape[1], frame.dtype), np.empty(frame.shape[1], frame.dtype)
        high, result = np.empty(frame.shape[1], frame.dtype), np.empty(width, frame.dtype)
        a, b, c = frame[i], frame[i + 1], frame[i + 2]
        _least_of_3(a, b, c, low)
        _middle_of_3(a, b, c, middle)
        _greatest_of_3(a, b, c, high)
        one, two = channels, 2 * channels
        _greatest_of_3(low[:width], low[one:][:width], low[two:][:width], result)
        _middle_of_3(middle[:width], middle[one:][:width], middle[two:][:width], low[:width])
        _least_of_3(high[:width], high[one:][:width], high[two:][:width], middle[:width])
        _middle_of_3(result, low[:width], middle[:width], out[i])


@parallel_loop
def median(frame, channels, size, columns, rest, found, out):
    """Fill out (OH, OW*C) with the median of size x size pixels of frame, any unsigned dtype."""
    height, width = out.shape
    reach = (size - 1) * channels
    for i in prange(height):
        most = min(CHUNK // frame.itemsize, width)
        sorted_columns = np.empty((size, most + reach), frame.dtype)
        rows = np.empty((size * size, most), frame.dtype)
        for start in range(0, width, most):
            n = min(most, width - start)
            for u in range(size):
                _copy(frame[i + u, start:], sorted_columns[u][: n + reach])
            _run(columns, sorted_columns, n + reach)
            for u in range(size):
                for v in range(size):
                    _copy(sorted_columns[u, v * channels :], rows[u * size + v][:n])
            _run(rest, rows, n)
            _copy(rows[found], out[i, start : start + n])
