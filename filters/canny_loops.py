"""Canny's edges, compiled: thinned to ridges of the gradient, then followed."""

import numpy as np
from numba import prange

from ..jit import parallel_loop, serial_loop

NOTHING, WEAK, STRONG = np.uint8(0), np.uint8(1), np.uint8(2)
# tan(22.5 degrees), in 32768ths as OpenCV has it.
TANGENT = np.float32(13573 / 32768)


@serial_loop
def _gradient(above, here, below, squared, x, y, size):
    """Put Sobel's derivatives and their size into rows with one column of 0 on each side."""
    n = x.size
    a, b, c = above[:n], above[1:][:n], above[2:][:n]
    d, f = here[:n], here[2:][:n]
    _derivatives_x(a, d, below[:n], c, f, below[2:][:n], x)
    _derivatives_y(a, b, c, below[:n], below[1:][:n], below[2:][:n], y)
    _size(x, y, squared, size[1:][:n])


@serial_loop
def _derivatives_x(a, d, g, c, f, i, x):
    for j in range(x.size):
        left = np.float32(a[j]) + np.float32(2) * np.float32(d[j]) + np.float32(g[j])
        x[j] = np.float32(c[j]) + np.float32(2) * np.float32(f[j]) + np.float32(i[j]) - left


@serial_loop
def _derivatives_y(a, b, c, g, h, i, y):
    for j in range(y.size):
        top = np.float32(a[j]) + np.float32(2) * np.float32(b[j]) + np.float32(c[j])
        y[j] = np.float32(g[j]) + np.float32(2) * np.float32(h[j]) + np.float32(i[j]) - top


@serial_loop
def _size(x, y, squared, size):
    if squared:
        for j in range(size.size):
            size[j] = x[j] * x[j] + y[j] * y[j]
    else:
        for j in range(size.size):
            size[j] = np.abs(x[j]) + np.abs(y[j])


@serial_loop
def _sector(x, y, sector):
    """Say in which direction the gradient points: 0 across, 1 down, 2 falling, 3 rising."""
    for j in range(sector.size):
        wide, tall = np.abs(x[j]), np.abs(y[j])
        crossed = np.float32(3) if (x[j] < 0) != (y[j] < 0) else np.float32(2)
        steep = tall > wide * (TANGENT + np.float32(2))
        slanted = np.float32(1) if steep else crossed
        sector[j] = np.float32(0) if tall < wide * TANGENT else slanted


@serial_loop
def _keep_ridge(sector, wanted, value, before, after, keep):
    """Keep what is greatest across the edge; ties go to the left or upper pixel."""
    for j in range(keep.size):
        ridge = (value[j] > before[j]) & (value[j] >= after[j]) & (sector[j] == wanted)
        kept = keep[j]
        keep[j] = np.float32(1) if ridge else kept


@serial_loop
def _keep_slanted(sector, wanted, value, before, after, keep):
    for j in range(keep.size):
        ridge = (value[j] > before[j]) & (value[j] > after[j]) & (sector[j] == wanted)
        kept = keep[j]
        keep[j] = np.float32(1) if ridge else kept


@serial_loop
def _mark(keep, value, low, high, out):
    for j in range(out.size):
        ridge = (keep[j] > 0) & (value[j] > low)
        mark = STRONG if value[j] > high else WEAK
        out[j] = mark if ridge else NOTHING


@serial_loop
def _thin_row(x, y, above, here, below, low, high, sector, keep, out):
    n = out.size
    value = here[1:][:n]
    _sector(x, y, sector)
    keep[:] = 0
    _keep_ridge(sector, np.float32(0), value, here[:n], here[2:][:n], keep)
    _keep_ridge(sector, np.float32(1), value, above[1:][:n], below[1:][:n], keep)
    _keep_slanted(sector, np.float32(2), value, above[:n], below[2:][:n], keep)
    _keep_slanted(sector, np.float32(3), value, above[2:][:n], below[:n], keep)
    _mark(keep, value, low, high, out)


@parallel_loop
def thin(frame, squared, low, high, strip, out):
    """Mark the ridges of frame (H + 2, W + 2): out (H, W) is `NOTHING`, `WEAK` or `STRONG`."""
    height, width = out.shape
    for s in prange((height + strip - 1) // strip):
        start = s * strip
        stop = min(start + strip, height)
        x, y = np.empty((3, width), np.float32), np.empty((3, width), np.float32)
        size = np.zeros((3, width + 2), np.float32)
        sector, keep = np.empty(width, np.float32), np.empty(width, np.float32)
        for r in range(start - 1, stop + 1):
            k = (r + 3) % 3
            if 0 <= r < height:
                _gradient(frame[r], frame[r + 1], frame[r + 2], squared, x[k], y[k], size[k])
            else:
                size[k] = 0
            if r > start:
                above, here = size[(r + 1) % 3], size[(r + 2) % 3]
                m = (r + 2) % 3
                row = out[r - 1]
                _thin_row(x[m], y[m], above, here, size[k], low, high, sector, keep, row)


@serial_loop
def _push(marks, i, j, stack, count):
    """Make the weak neighbours of a pixel strong, and remember them."""
    height, width = marks.shape
    for r in range(max(i - 1, 0), min(i + 2, height)):
        for c in range(max(j - 1, 0), min(j + 2, width)):
            if marks[r, c] == WEAK:
                marks[r, c] = STRONG
                stack[count] = r * width + c
                count += 1
    return count


@serial_loop
def _follow_from(marks, i, j, stack):
    """Make strong what is weak and hangs together with a strong pixel."""
    width = marks.shape[1]
    count = _push(marks, i, j, stack, 0)
    while count > 0:
        count -= 1
        at = stack[count]
        count = _push(marks, at // width, at % width, stack, count)


@serial_loop
def _count_weak(marks):
    count = 0
    for i in range(marks.shape[0]):
        row = marks[i]
        for j in range(row.size):
            count += row[j] == WEAK
    return count


@parallel_loop
def follow(marks, strip, weak):
    """Make `STRONG` what is `WEAK` and hangs together with it, inside each strip of rows.

    `weak` (number of strips,) tells how many weak pixels are left in each.
    """
    for s in prange(weak.size):
        rows = marks[s * strip : (s + 1) * strip]
        stack = np.empty(_count_weak(rows) + 1, np.int64)
        for i in range(rows.shape[0]):
            row = rows[i]
            for j in range(row.size):
                if row[j] == STRONG:
                    _follow_from(rows, i, j, stack)
        weak[s] = _count_weak(rows)


@serial_loop
def follow_seams(marks, strip, weak):
    """Go on where an edge leaves its strip."""
    stack = np.empty(weak.sum() + 1, np.int64)
    for seam in range(strip, marks.shape[0], strip):
        for i in (seam - 1, seam):
            for j in range(marks.shape[1]):
                if marks[i, j] == STRONG:
                    _follow_from(marks, i, j, stack)


@parallel_loop
def paint(marks, edge, out):
    """Fill out, which may be the marks, with the value of an edge where a mark is strong, and 0."""
    for i in prange(out.shape[0]):
        row, given = out[i], marks[i]
        for j in range(row.size):
            row[j] = edge if given[j] == STRONG else np.uint8(0)
