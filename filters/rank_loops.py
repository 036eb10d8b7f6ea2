"""Order statistics of windows, compiled.

The result is found bit by bit, from the highest. A bit is set if the window then has
no more values below the result than the rank allows. Counting compares whole rows and
knows no branches; counting_loops.py does it in registers, for all windows whose values
fit in a number of the picture's dtype.

Windows of bytes too large for that slide a histogram along: a column's loses a pixel
above and gains one below, the window's loses a column on the left and gains one on
the right (Perreault and Hebert 2007).
"""

import numpy as np
from numba import prange

from ..jit import parallel_loop, serial_loop

# Columns worked on at a time: their rows stay in the first-level cache.
CHUNK = 2048


@serial_loop
def _count_1(a, limit, count):
    for j in range(count.size):
        count[j] += a[j] < limit[j]


@serial_loop
def _count_3(a, b, c, limit, count):
    for j in range(count.size):
        count[j] += int(a[j] < limit[j]) + int(b[j] < limit[j]) + int(c[j] < limit[j])


@serial_loop
def _count_5(a, b, c, d, e, limit, count):
    for j in range(count.size):
        limit_j = limit[j]
        three = int(a[j] < limit_j) + int(b[j] < limit_j) + int(c[j] < limit_j)
        count[j] += three + int(d[j] < limit_j) + int(e[j] < limit_j)


@serial_loop
def _count_row(row, size, channels, limit, count):
    """Count the values of one row of every window that are below the window's limit."""
    n = count.size
    v = 0
    while v + 5 <= size:
        a, b = row[v * channels :][:n], row[(v + 1) * channels :][:n]
        c, d = row[(v + 2) * channels :][:n], row[(v + 3) * channels :][:n]
        e = row[(v + 4) * channels :][:n]
        _count_5(a, b, c, d, e, limit, count)
        v += 5
    if v + 3 <= size:
        a, b = row[v * channels :][:n], row[(v + 1) * channels :][:n]
        c = row[(v + 2) * channels :][:n]
        _count_3(a, b, c, limit, count)
        v += 3
    while v < size:
        _count_1(row[v * channels :][:n], limit, count)
        v += 1


@serial_loop
def _set_bit(found, bit, limit):
    for j in range(found.size):
        limit[j] = found[j] | bit


@serial_loop
def _keep_bit(count, rank, bit, nothing, found):
    for j in range(found.size):
        # Written as a choice between two arrays, it is not vectorised.
        found[j] |= bit if count[j] <= rank else nothing


@parallel_loop
def rank(frame, channels, rows, columns, wanted, bits, counter, out):
    """Fill out (OH, OW*C) with the value of rank `wanted` in every window of frame.

    frame and out are unsigned, of one dtype; `bits` holds that dtype's powers of
    two, highest first, and `counter` is an empty array of a dtype that can count
    a window's pixels.
    """
    height, width = out.shape
    for i in prange(height):
        limit = np.empty(CHUNK, frame.dtype)
        below = np.empty(CHUNK, counter.dtype)
        for start in range(0, width, CHUNK):
            n = min(CHUNK, width - start)
            found, count = out[i, start : start + n], below[:n]
            found[:] = 0
            for bit in bits:
                _set_bit(found, bit, limit[:n])
                count[:] = 0
                for u in range(rows):
                    _count_row(frame[i + u, start:], columns, channels, limit[:n], count)
                _keep_bit(count, wanted, bit, bit ^ bit, found)


@serial_loop
def _greater(a, b, out):
    for j in range(out.size):
        # A NaN is unequal to itself: it is taken, and then stays.
        x, y = a[j], b[j]
        out[j] = x if (x > y) | (x != x) else y


@serial_loop
def _lesser(a, b, out):
    for j in range(out.size):
        x, y = a[j], b[j]
        out[j] = x if (x < y) | (x != x) else y


@serial_loop
def _better(a, b, greatest, out):
    if greatest:
        _greater(a, b, out)
    else:
        _lesser(a, b, out)


@serial_loop
def _extreme_along(row, spare, size, channels, greatest, out):
    """Put the extreme of `size` neighbours along a row into out; the row is used up."""
    reach, n = 1, row.size
    while 2 * reach <= size:
        n -= reach * channels
        _better(row[:n], row[reach * channels :][:n], greatest, spare[:n])
        row, spare = spare, row
        reach *= 2
    n = out.size
    _better(row[:n], row[(size - reach) * channels :][:n], greatest, out)


@parallel_loop
def extreme(frame, channels, rows, columns, greatest, strip, out):
    """Fill out (OH, OW*C) with the greatest or the least value of every window of frame."""
    height, width = out.shape
    for s in prange((height + strip - 1) // strip):
        start = s * strip
        count = min(strip, height - start)
        depth = count + rows - 1
        buffer = np.empty((depth, width), frame.dtype)
        row = np.empty(frame.shape[1], frame.dtype)
        spare = np.empty(frame.shape[1], frame.dtype)
        for r in range(depth):
            row[:] = frame[start + r]
            _extreme_along(row, spare, columns, channels, greatest, buffer[r])
        reach = 1
        while 2 * reach <= rows:
            depth -= reach
            for r in range(depth):
                _better(buffer[r], buffer[r + reach], greatest, buffer[r])
            reach *= 2
        for i in range(count):
            _better(buffer[i], buffer[i + rows - reach], greatest, out[start + i])


@serial_loop
def _slide_columns(frame, leaving, entering, channel, channels, fine, coarse):
    """Move every column's histogram down by a row."""
    for j in range(fine.shape[0]):
        old, new = frame[leaving, j * channels + channel], frame[entering, j * channels + channel]
        fine[j, old] -= 1
        coarse[j, old >> 4] -= 1
        fine[j, new] += 1
        coarse[j, new >> 4] += 1


@serial_loop
def _fill_columns(frame, first, rows, channel, channels, fine, coarse):
    fine[:] = 0
    coarse[:] = 0
    for u in range(rows):
        for j in range(fine.shape[0]):
            value = frame[first + u, j * channels + channel]
            fine[j, value] += 1
            coarse[j, value >> 4] += 1


@serial_loop
def _move(window, entering, leaving):
    for k in range(window.size):
        window[k] += entering[k] - leaving[k]


@serial_loop
def _add(window, entering):
    for k in range(window.size):
        window[k] += entering[k]


@serial_loop
def _find(fine, coarse, wanted):
    """Return the value of a rank in a histogram of 256 values and its 16 sums."""
    below, high = 0, 0
    while below + coarse[high] <= wanted:
        below += coarse[high]
        high += 1
    value = high << 4
    while below + fine[value] <= wanted:
        below += fine[value]
        value += 1
    return value


@serial_loop
def _rank_row(fine, coarse, columns, wanted, all_fine, all_coarse, out):
    all_fine[:] = 0
    all_coarse[:] = 0
    for v in range(columns):
        _add(all_fine, fine[v])
        _add(all_coarse, coarse[v])
    for j in range(out.size):
        if j:
            _move(all_fine, fine[j + columns - 1], fine[j - 1])
            _move(all_coarse, coarse[j + columns - 1], coarse[j - 1])
        out[j] = _find(all_fine, all_coarse, wanted)


@parallel_loop
def rank_of_bytes(frame, channels, rows, columns, wanted, strip, out):
    """Like `rank` for uint8, in a time that does not grow with the window."""
    height, width = out.shape[0], out.shape[1] // channels
    for s in prange((height + strip - 1) // strip):
        start = s * strip
        fine = np.empty((width + columns - 1, 256), np.uint16)
        coarse = np.empty((width + columns - 1, 16), np.uint16)
        all_fine, all_coarse = np.empty(256, np.uint16), np.empty(16, np.uint16)
        for channel in range(channels):
            _fill_columns(frame, start, rows, channel, channels, fine, coarse)
            for i in range(start, min(start + strip, height)):
                if i > start:
                    _slide_columns(frame, i - 1, i + rows - 1, channel, channels, fine, coarse)
                found = out[i, channel::channels]
                _rank_row(fine, coarse, columns, wanted, all_fine, all_coarse, found)


@parallel_loop
def to_keys(bits):
    """Turn the bits of float32 numbers, as int32, into uint32 in the same order, in place."""
    for i in prange(bits.shape[0]):
        row = bits[i]
        for j in range(row.size):
            row[j] = row[j] ^ (np.int32(-2147483648) | (row[j] >> np.int32(31)))


@parallel_loop
def from_keys(bits):
    """Undo `to_keys`."""
    for i in prange(bits.shape[0]):
        row = bits[i]
        for j in range(row.size):
            row[j] = row[j] ^ (np.int32(-2147483648) | ~(row[j] >> np.int32(31)))
