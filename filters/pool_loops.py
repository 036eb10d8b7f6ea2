"""Pooling, compiled: strips of rows, copied into a float32 buffer as for a correlation."""

import numpy as np

from ..compiled.kinds import Single, array
from ..compiled.loop import inner, loop, prange
from ..compiled.views import table
from ..compiled.weighted_rows import put_row
from .row_loops import copy_pixels, load_strip, part_of
from .strips import Layout, Taps, Weights

Pixels = array(2, "uint8", "uint16", "float32")
Buffers = array(3, "float32")
Rows = array(2, "float32")

MAXIMUM, MINIMUM, SUM, POWER = 0, 1, 2, 3
# Sums of powers outside of these are computed anew from shares of the greatest value.
LEAST_POWER, MOST_POWER = np.float32(1e-30), np.float32(1e38)


@inner
def _take_maximum(total, a):
    for j in range(total.size):
        # A NaN is unequal to itself: it is taken, and then stays. With "or" in
        # place of "|" there is a branch, and nothing is vectorised.
        value = a[j]
        total[j] = value if (value > total[j]) | (value != value) else total[j]


@inner
def _take_minimum(total, a):
    for j in range(total.size):
        value = a[j]
        total[j] = value if (value < total[j]) | (value != value) else total[j]


@inner
def _add_row(total, a):
    for j in range(total.size):
        total[j] += a[j]


@inner
def _add_power(total, a, p):
    if p == 2:
        for j in range(total.size):
            total[j] += a[j] * a[j]
    else:
        for j in range(total.size):
            total[j] += np.abs(a[j]) ** p


@inner
def _take(total, a, kind, p):
    if kind == MAXIMUM:
        _take_maximum(total, a)
    elif kind == MINIMUM:
        _take_minimum(total, a)
    elif kind == SUM:
        _add_row(total, a)
    else:
        _add_power(total, a, p)


@inner
def _divide(total, count, counts, channels):
    """Divide by the values that each window holds: its rows times its columns."""
    for j in range(total.size):
        total[j] /= count * counts[j // channels]


@inner
def _root(total, buffer, first, taps, p):
    """Take the root of sums of powers, which may be more or less than float32 holds."""
    for j in range(total.size):
        power = total[j]
        if LEAST_POWER < power < MOST_POWER:
            total[j] = np.sqrt(power) if p == 2 else power ** (np.float32(1) / p)
        else:
            total[j] = _root_of_shares(buffer, first, taps, j, p)


@inner
def _root_of_shares(buffer, first, taps, j, p):
    greatest, total = np.float32(0), np.float32(0)
    for t in range(taps.rows.size):
        size = np.abs(buffer[first + taps.rows[t], taps.columns[t] + j])
        if size != size:
            return size
        greatest = size if size > greatest else greatest
    if greatest == 0 or greatest == np.inf:
        return greatest
    for t in range(taps.rows.size):
        size = np.abs(buffer[first + taps.rows[t], taps.columns[t] + j])
        total += (size / greatest) ** p
    return greatest * total ** (np.float32(1) / p)


@loop
def pool(source: Pixels, layout: Layout, taps: Taps, kind: int, p: Single, row_counts: Weights,
         column_counts: Weights, buffers: Buffers, totals: Rows, out: Pixels):  # fmt: skip
    """Fill out (n, OW*C) with the maximum, minimum, sum, mean or root of powers of windows.

    A sum is divided by ``row_counts[i] * column_counts[j]`` where there are any. Scratch,
    for each part: buffers (depth, columns of the layout), totals (OW*C,).
    """
    height, width = out.shape
    for part in prange(buffers.shape[0]):
        begin, end = part_of(height, part, buffers.shape[0])
        total = totals[part]
        for start in range(begin, end, layout.strip):
            count = min(layout.strip, end - start)
            buffer = buffers[part, : (count - 1) * layout.stride + layout.span + 1]
            load_strip(source, layout, start * layout.stride, buffer)
            for i in range(count):
                first = i * layout.stride
                # A maximum starts from the fill value, -inf, and a sum from its own, 0.
                total[:] = layout.fill
                for t in range(taps.rows.size):
                    a = buffer[first + taps.rows[t], taps.columns[t] : taps.columns[t] + width]
                    _take(total, a, kind, p)
                if kind == POWER:
                    _root(total, buffer, first, taps, p)
                elif row_counts.size > 0:
                    _divide(total, row_counts[start + i], column_counts, layout.channels)
                put_row(out, (start + i) * width, total, 0, width)


@inner
def _keep(total, values, greatest):
    """Keep the greater, or the lesser, of two rows; NaN stays."""
    if greatest:
        for j in range(total.size):
            value = values[j]
            total[j] = value if (value > total[j]) | (value != value) else total[j]
    else:
        for j in range(total.size):
            value = values[j]
            total[j] = value if (value < total[j]) | (value != value) else total[j]


@inner
def _extreme_down(source, layout, first, size, greatest, tall):
    """Put the extremes of a window's rows into tall, (W*C,); of those outside there are none."""
    empty = True
    for u in range(size):
        position = layout.rows[first + u]
        if position < 0:
            continue
        values = source[position]
        if empty:
            for j in range(tall.size):
                tall[j] = values[j]
        else:
            _keep(tall, values, greatest)
        empty = False


@inner
def _extreme_along(tall, size, greatest, channels, wide):
    """Put the extremes of `size` neighbours into wide, for every pixel that begins some."""
    n = max(tall.size - (size - 1) * channels, 0)
    for j in range(n):
        wide[j] = tall[j]
    for v in range(1, size):
        _keep(wide[:n], tall[v * channels :], greatest)


@inner
def _extreme_at(tall, begin, size, greatest, channels, pixel):
    """Set a pixel to the extremes of those of a window that lie inside."""
    width = tall.size // channels
    first, last = max(begin, 0), min(begin + size, width)
    for c in range(channels):
        pixel[c] = tall[first * channels + c]
        for place in range(first + 1, last):
            value = tall[place * channels + c]
            better = value > pixel[c] if greatest else value < pixel[c]
            pixel[c] = value if better | (value != value) else pixel[c]


@loop
def pool_extreme(source: array(2, "uint8", "uint16", "float32", like="source"), layout: Layout,
                 windows: tuple[int, int, int, int], greatest: bool,
                 lines: array(3, "uint8", "uint16", "float32", like="source"),
                 out: Pixels):  # fmt: skip
    """Fill out (n, OW*C) with the maximum or minimum of windows that all see a pixel.

    `windows` are their rows, columns, step along the columns, and how many columns the first
    one begins before the image. Found in the pixels' own dtype, of which many fit in a
    vector. lines (parts, 3, the longer of W*C and OW*C) is scratch.
    """
    height, width, channels = out.shape[0], out.shape[1], layout.channels
    rows, columns, step, before = windows
    count = width // channels
    for p in prange(lines.shape[0]):
        begin, end = part_of(height, p, lines.shape[0])
        tall, wide = lines[p, 0, : source.shape[1]], lines[p, 1]
        found = lines[p, 2, :width]
        pixels = table(found, channels)
        # The windows that lie inside altogether: from `low` to `high`.
        room = tall.size // channels - columns + before
        low = min(-(-before // step), count)
        high = max(min(room // step + 1, count), low) if room >= 0 else low
        for i in range(begin, end):
            _extreme_down(source, layout, i * layout.stride, rows, greatest, tall)
            if high > low:
                _extreme_along(tall, columns, greatest, channels, wide)
                inside = found[low * channels : high * channels]
                copy_pixels(wide[(low * step - before) * channels :], step, channels, inside)
            for j in range(low):
                _extreme_at(tall, j * step - before, columns, greatest, channels, pixels[j])
            for j in range(high, count):
                _extreme_at(tall, j * step - before, columns, greatest, channels, pixels[j])
            put_row(out, i * width, found, 0, width)


@inner
def _sorted_into(values, count, value):
    """Put a value where it belongs among the first `count`, which are in order."""
    while count > 0 and values[count - 1] > value:
        values[count] = values[count - 1]
        count -= 1
    values[count] = value


@inner
def _median(values, count):
    """Return the median of the first `count` values, which are in order."""
    if count == 0:
        return np.float32(np.nan)
    middle = count // 2
    if count % 2:
        return values[middle]
    return (values[middle - 1] + values[middle]) / np.float32(2)


@inner
def _median_seen(source, layout, taps, i, j, window):
    """Return the median of a window's taps inside the image; NaN where one is or none is inside."""
    n = 0
    for t in range(taps.rows.size):
        r = layout.rows[i * layout.stride + taps.rows[t]]
        c = layout.columns[taps.columns[t] + j]
        if r >= 0 and c >= 0:
            value = np.float32(source[r, c])
            if value != value:
                return value
            _sorted_into(window, n, value)
            n += 1
    return _median(window, n)


@loop
def pool_median(source: Pixels, layout: Layout, taps: Taps, windows: Rows, totals: Rows,
                out: Pixels):  # fmt: skip
    """Fill out (n, OW*C) with the median of every window's taps inside the image.

    Scratch, for each part: windows (taps,), totals (OW*C,).
    """
    height, width = out.shape
    for part in prange(windows.shape[0]):
        begin, end = part_of(height, part, windows.shape[0])
        total = totals[part]
        for i in range(begin, end):
            for j in range(width):
                total[j] = _median_seen(source, layout, taps, i, j, windows[part])
            put_row(out, i * width, total, 0, width)
