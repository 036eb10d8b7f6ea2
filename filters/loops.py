"""Correlation and pooling, compiled: parallel strips of rows.

Each strip copies the source rows it needs once into a float32 buffer (the
border rule is an index map applied during this copy); every output row is then
a sum, or a maximum, of shifted buffer rows. A tap is one window position: the
row it is in, the column it starts at, and its weight. `strips.py` lays all this
out: a `Layout` says how rows and columns are copied, `Taps` what is added up.

Measured on two cores (Zen 5), 12 MP uint8 gray to uint8, 3x3 / 9x9 / 15x15:
four taps a pass 3.4 / 14.6 / 35.6 ms, kept; eight taps a pass 3.4 / 12.9 /
34.6 ms, not worth the eight slices; two output rows a pass, which halves the
loads, 5.4 / 20 / 46 ms. With computed indices (``row[offset + j]``) in place
of slices LLVM keeps a wrap-around check and nothing is vectorised.
"""

import numpy as np
from numba import prange

from ..jit import parallel_loop, serial_loop
from .row_loops import _load_row, _load_strip


@serial_loop
def _add_taps_1(total, a, w0):
    for j in range(total.size):
        total[j] += w0 * a[j]


@serial_loop
def _add_taps_3(total, a, b, c, w0, w1, w2):
    for j in range(total.size):
        total[j] += w0 * a[j] + w1 * b[j] + w2 * c[j]


@serial_loop
def _add_taps_4(total, a, b, c, d, w0, w1, w2, w3):
    for j in range(total.size):
        total[j] += w0 * a[j] + w1 * b[j] + w2 * c[j] + w3 * d[j]


@serial_loop
def _add_taps_5(total, a, b, c, d, e, w0, w1, w2, w3, w4):
    for j in range(total.size):
        total[j] += w0 * a[j] + w1 * b[j] + w2 * c[j] + w3 * d[j] + w4 * e[j]


@serial_loop
def _shifted(buffer, first, rows, columns, t, width):
    return buffer[first + rows[t], columns[t] : columns[t] + width]


@serial_loop
def _tap(buffer, first, taps, t, width):
    return _shifted(buffer, first, taps.rows, taps.columns, t, width)


@serial_loop
def _sum_rows(buffer, first, rows, columns, w, total):
    """Put the sum over taps of weight * shifted row into total, for the windows at row `first`."""
    n, width = w.size, total.size
    total[:] = 0
    t = 0
    while t < n:
        left = n - t
        a = _shifted(buffer, first, rows, columns, t, width)
        if left < 3:
            _add_taps_1(total, a, w[t])
            t += 1
            continue
        b = _shifted(buffer, first, rows, columns, t + 1, width)
        c = _shifted(buffer, first, rows, columns, t + 2, width)
        if left == 3:
            _add_taps_3(total, a, b, c, w[t], w[t + 1], w[t + 2])
            t += 3
            continue
        d = _shifted(buffer, first, rows, columns, t + 3, width)
        if left == 5:
            e = _shifted(buffer, first, rows, columns, t + 4, width)
            _add_taps_5(total, a, b, c, d, e, w[t], w[t + 1], w[t + 2], w[t + 3], w[t + 4])
            t += 5
        else:
            _add_taps_4(total, a, b, c, d, w[t], w[t + 1], w[t + 2], w[t + 3])
            t += 4


@serial_loop
def _sum_taps(buffer, first, taps, total):
    _sum_rows(buffer, first, taps.rows, taps.columns, taps.weights, total)


@serial_loop
def _store_row(total, low, high, out):
    """Write one row; where high > low the output is integer: round half to even, saturate."""
    if high > low:
        for j in range(out.size):
            value = np.rint(total[j])
            value = value if value > low else low
            out[j] = value if value < high else high
    else:
        for j in range(out.size):
            out[j] = total[j]


@parallel_loop
def correlate(source, layout, taps, low, high, out):
    """Fill out (OH, OW*C) with the weighted sum of every window of source (H, W*C)."""
    height, width = out.shape
    for s in prange((height + layout.strip - 1) // layout.strip):
        start = s * layout.strip
        count = min(layout.strip, height - start)
        depth = (count - 1) * layout.stride + layout.span + 1
        buffer = np.empty((depth, layout.columns.size), np.float32)
        total = np.empty(width, np.float32)
        _load_strip(source, layout, start * layout.stride, buffer)
        for i in range(count):
            _sum_taps(buffer, i * layout.stride, taps, total)
            _store_row(total, low, high, out[start + i])


@parallel_loop
def correlate_separable(source, layout, along, across, low, high, out):
    """Like `correlate` for an outer product: taps along each row, then across rows."""
    height, width = out.shape
    for s in prange((height + layout.strip - 1) // layout.strip):
        start = s * layout.strip
        count = min(layout.strip, height - start)
        depth = (count - 1) * layout.stride + layout.span + 1
        padded = np.empty((1, layout.columns.size), np.float32)
        buffer = np.empty((depth, width), np.float32)
        total = np.empty(width, np.float32)
        for r in range(depth):
            if layout.used[r % layout.stride]:
                _load_row(source, layout.rows[start * layout.stride + r], layout, padded[0])
                _sum_taps(padded, 0, along, buffer[r])
        for i in range(count):
            _sum_taps(buffer, i * layout.stride, across, total)
            _store_row(total, low, high, out[start + i])


@parallel_loop
def correlate_low_rank(source, layout, along, across, low, high, out):
    """Like `correlate` for a sum of outer products: weights (R, taps), one row for each."""
    height, width = out.shape
    for s in prange((height + layout.strip - 1) // layout.strip):
        start = s * layout.strip
        count = min(layout.strip, height - start)
        depth = (count - 1) * layout.stride + layout.span + 1
        padded = np.empty((depth, layout.columns.size), np.float32)
        buffer = np.empty((depth, width), np.float32)
        sums = np.zeros((count, width), np.float32)
        total = np.empty(width, np.float32)
        _load_strip(source, layout, start * layout.stride, padded)
        for k in range(along.weights.shape[0]):
            for r in range(depth):
                if layout.used[r % layout.stride]:
                    row_weights = along.weights[k]
                    _sum_rows(padded, r, along.rows, along.columns, row_weights, buffer[r])
            for i in range(count):
                first, weights = i * layout.stride, across.weights[k]
                _sum_rows(buffer, first, across.rows, across.columns, weights, total)
                _add_taps_1(sums[i], total, np.float32(1))
        for i in range(count):
            _store_row(sums[i], low, high, out[start + i])


@serial_loop
def _take_maximum(total, a):
    for j in range(total.size):
        # A NaN is unequal to itself: it is taken, and then stays. With "or" in
        # place of "|" there is a branch, and nothing is vectorised.
        value = a[j]
        total[j] = value if (value > total[j]) | (value != value) else total[j]


@serial_loop
def _take_minimum(total, a):
    for j in range(total.size):
        value = a[j]
        total[j] = value if (value < total[j]) | (value != value) else total[j]


@serial_loop
def _add_power(total, a, p):
    if p == 2:
        for j in range(total.size):
            total[j] += a[j] * a[j]
    else:
        for j in range(total.size):
            total[j] += np.abs(a[j]) ** p


MAXIMUM, MINIMUM, SUM, POWER = 0, 1, 2, 3


@parallel_loop
def pool(source, layout, taps, kind, p, out):
    """Fill out (OH, OW*C) with the maximum, minimum, sum or sum of powers of every window."""
    height, width = out.shape
    for s in prange((height + layout.strip - 1) // layout.strip):
        start = s * layout.strip
        count = min(layout.strip, height - start)
        depth = (count - 1) * layout.stride + layout.span + 1
        buffer = np.empty((depth, layout.columns.size), np.float32)
        _load_strip(source, layout, start * layout.stride, buffer)
        for i in range(count):
            total = out[start + i]
            # A maximum starts from the fill value, -inf, and a sum from its own, 0.
            total[:] = layout.fill
            for t in range(taps.rows.size):
                a = _tap(buffer, i * layout.stride, taps, t, width)
                if kind == MAXIMUM:
                    _take_maximum(total, a)
                elif kind == MINIMUM:
                    _take_minimum(total, a)
                elif kind == SUM:
                    _add_taps_1(total, a, np.float32(1))
                else:
                    _add_power(total, a, p)


@serial_loop
def _median(values):
    """Return the median, or NaN if any value is NaN or there is none."""
    if values.size == 0 or np.isnan(values).any():
        return np.float32(np.nan)
    values.sort()
    middle = values.size // 2
    if values.size % 2:
        return values[middle]
    return (values[middle - 1] + values[middle]) / np.float32(2)


@parallel_loop
def pool_median(source, layout, taps, out):
    """Fill out (OH, OW*C) with the median of every window's taps inside the image."""
    height, width = out.shape
    for i in prange(height):
        window = np.empty(taps.rows.size, np.float32)
        for j in range(width):
            size = 0
            for t in range(taps.rows.size):
                row = layout.rows[i * layout.stride + taps.rows[t]]
                column = layout.columns[taps.columns[t] + j]
                if row >= 0 and column >= 0:
                    window[size] = source[row, column]
                    size += 1
            out[i, j] = _median(window[:size])
