"""Correlation and pooling, compiled: parallel strips of rows.

Each strip copies the source rows it needs once into a float32 buffer (the
border rule is an index map applied during this copy); every output row is then
a sum, or a maximum, of shifted buffer rows. A tap is one window position: the
row it is in, the column it starts at, and its weight. `strips.py` lays all this
out: a `Layout` says how rows and columns are copied, `Taps` what is added up.

Sums are kept in registers until they are written; see vector_loops.py. Measured on two
cores (Zen 5), 12 MP uint8 gray to uint8, 3x3 / 9x9 / 15x15: loops that add four taps a
pass to a row in memory 4.8 / 16.6 / 39.9 ms; sums of four output rows in registers,
kept, 3.6 / 10.2 / 21.7 ms. A column times a row: first the columns' sums of one output
row, straight from the source, then along them, 12 MP and a Gaussian of sigma 2 of 17x17
7.4 ms; along every row first, into a buffer of 64 rows, 14 to 20 ms.
"""

import numpy as np
from numba import prange

from ..jit import parallel_loop, serial_loop
from .row_loops import _copy_pixels, _load_border, _load_strip, _load_values
from .vector_loops import weigh_row, weigh_window


@serial_loop
def _add_row(total, a):
    for j in range(total.size):
        total[j] += a[j]


@serial_loop
def _tap(buffer, first, taps, t, width):
    return buffer[first + taps.rows[t], taps.columns[t] : taps.columns[t] + width]


@parallel_loop
def correlate(source, layout, taps, out):
    """Fill out (OH, OW*C) with the weighted sum of every window of source (H, W*C)."""
    height, width = out.shape
    for s in prange((height + layout.strip - 1) // layout.strip):
        start = s * layout.strip
        count = min(layout.strip, height - start)
        depth = (count - 1) * layout.stride + layout.span + 1
        buffer = np.empty((depth, layout.columns.size), np.float32)
        _load_strip(source, layout, start * layout.stride, buffer)
        none, n = np.float32(0), taps.weights.size
        offsets = taps.rows * buffer.shape[1] + taps.columns
        for i in range(count):
            at, first = (start + i) * width, i * layout.stride * buffer.shape[1]
            weigh_row(out, at, none, buffer, first, offsets, taps.weights, n, width)


@serial_loop
def _weigh_some_rows(buffer, first, weights, columns, stride, left, out, at, width):
    """Put up to 4 rows of weighted sums, at most `left`, into out; return how many."""
    n, pitch = columns.size, buffer.shape[1]
    rows = weights.size // n
    if rows >= 3 * stride and rows > 3 and left >= 4:
        weigh_window(out, at, width, buffer, first, pitch,
                     weights, rows, columns, n, stride, width, 4)  # fmt: skip
        return 4
    if rows >= stride and rows > 1 and left >= 2:
        weigh_window(out, at, width, buffer, first, pitch,
                     weights, rows, columns, n, stride, width, 2)  # fmt: skip
        return 2
    weigh_window(out, at, width, buffer, first, pitch,
                 weights, rows, columns, n, stride, width, 1)  # fmt: skip
    return 1


@parallel_loop
def correlate_dense(source, layout, weights, columns, out):
    """Like `correlate` for windows without gaps between their rows.

    weights (K*L,) are those of K rows of L places; `columns` (L,) says where these
    begin in the buffer.
    """
    height, width = out.shape
    stride, rows = layout.stride, weights.size // columns.size
    for s in prange((height + layout.strip - 1) // layout.strip):
        start = s * layout.strip
        count = min(layout.strip, height - start)
        buffer = np.empty(((count - 1) * stride + rows, layout.columns.size), np.float32)
        _load_strip(source, layout, start * stride, buffer)
        i = 0
        while i < count:
            at, first = (start + i) * width, i * stride * buffer.shape[1]
            i += _weigh_some_rows(
                buffer, first, weights, columns, stride, count - i, out, at, width
            )


@parallel_loop
def correlate_picked(source, layout, weights, columns, pick, out):
    """Like `correlate_dense`, at every column of the layout; out gets every pick-th result.

    For small windows and strides, where sorting the columns by phase costs more than the
    results that nobody asked for.
    """
    height, channels = out.shape[0], layout.channels
    width = (out.shape[1] // channels - 1) * pick * channels + channels
    stride, rows = layout.stride, weights.size // columns.size
    for s in prange((height + layout.strip - 1) // layout.strip):
        start = s * layout.strip
        count = min(layout.strip, height - start)
        buffer = np.empty(((count - 1) * stride + rows, layout.columns.size), np.float32)
        wide = np.empty((4, width), out.dtype)
        _load_strip(source, layout, start * stride, buffer)
        i = 0
        while i < count:
            first = i * stride * buffer.shape[1]
            done = _weigh_some_rows(
                buffer, first, weights, columns, stride, count - i, wide, 0, width
            )
            for r in range(done):
                _copy_pixels(wide[r], pick, channels, out[start + i + r])
            i += done


@serial_loop
def _weigh_down(source, layout, first, rows, weights, places, kept, row):
    """Put the weighted sum of source rows into row; return that of what lies outside."""
    outside, start, n = np.float32(0), np.float32(0), 0
    for t in range(weights.size):
        outside += layout.fill * weights[t]
        position = layout.rows[first + rows[t]]
        if position < 0:
            start += layout.fill * weights[t]
        else:
            places[n], kept[n] = position * source.shape[1], weights[t]
            n += 1
    weigh_row(row, 0, start, source, 0, places, kept, n, row.size)
    return outside


@serial_loop
def _weigh_down_padded(source, layout, first, rows, weights, places, kept, row, padded):
    """Put the weighted sum of source rows into padded, with what windows see beside them."""
    start, stop, _ = layout.runs[0]
    if layout.step == 1 and stop - start == row.size:
        whole = padded[start:stop]
        outside = _weigh_down(source, layout, first, rows, weights, places, kept, whole)
        _load_border(whole, layout, outside, 0, start, padded)
        _load_border(whole, layout, outside, stop, padded.size, padded)
    else:
        outside = _weigh_down(source, layout, first, rows, weights, places, kept, row)
        _load_values(row, layout, outside, padded)


@parallel_loop
def correlate_separable(source, layout, along, across, out):
    """Like `correlate` for an outer product: taps across rows, then along the sums."""
    height, width = out.shape
    for s in prange((height + layout.strip - 1) // layout.strip):
        start = s * layout.strip
        places, kept = np.empty(across.rows.size, np.int64), across.weights.copy()
        row = np.empty(source.shape[1], np.float32)
        padded = np.empty(layout.columns.size, np.float32)
        for i in range(start, min(start + layout.strip, height)):
            _weigh_down_padded(
                source, layout, i * layout.stride, across.rows, across.weights, places, kept,
                row, padded,
            )  # fmt: skip
            n, none = along.weights.size, np.float32(0)
            weigh_row(out, i * width, none, padded, 0, along.columns, along.weights, n, width)


@parallel_loop
def correlate_low_rank(source, layout, along, across, out):
    """Like `correlate` for a sum of outer products: weights (R, taps), one row for each."""
    height, width = out.shape
    for s in prange((height + layout.strip - 1) // layout.strip):
        start = s * layout.strip
        places, kept = np.empty(across.rows.size, np.int64), across.weights[0].copy()
        row = np.empty(source.shape[1], np.float32)
        padded = np.empty(layout.columns.size, np.float32)
        part, total = np.empty(width, np.float32), np.empty(width, np.float32)
        one, at_once = np.ones(1, np.float32), np.zeros(1, np.int64)
        none, n = np.float32(0), along.columns.size
        for i in range(start, min(start + layout.strip, height)):
            total[:] = 0
            for k in range(along.weights.shape[0]):
                _weigh_down_padded(
                    source, layout, i * layout.stride, across.rows, across.weights[k], places,
                    kept, row, padded,
                )  # fmt: skip
                weigh_row(part, 0, none, padded, 0, along.columns, along.weights[k], n, width)
                _add_row(total, part)
            weigh_row(out, i * width, none, total, 0, at_once, one, 1, width)


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
                    _add_row(total, a)
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
