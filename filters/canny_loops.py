"""Canny's edges, compiled: thinned to ridges of the gradient, then followed."""

import numpy as np

from ..compiled.kinds import Single, array
from ..compiled.loop import inner, loop, prange
from .row_loops import load_row, part_of
from .strips import Layout

Marks = array(2, "uint8")

NOTHING, WEAK, STRONG = np.uint8(0), np.uint8(1), np.uint8(2)
# tan(22.5 degrees), in 32768ths as OpenCV has it.
TANGENT = np.float32(13573 / 32768)


@inner
def _gradient(above, here, below, squared, x, y, size):
    """Put Sobel's derivatives and their size into rows with one column of 0 on each side."""
    n = x.size
    a, b, c = above[:n], above[1:][:n], above[2:][:n]
    d, f = here[:n], here[2:][:n]
    _derivatives_x(a, d, below[:n], c, f, below[2:][:n], x)
    _derivatives_y(a, b, c, below[:n], below[1:][:n], below[2:][:n], y)
    _size(x, y, squared, size[1:][:n])


@inner
def _derivatives_x(a, d, g, c, f, i, x):
    for j in range(x.size):
        left = np.float32(a[j]) + np.float32(2) * np.float32(d[j]) + np.float32(g[j])
        x[j] = np.float32(c[j]) + np.float32(2) * np.float32(f[j]) + np.float32(i[j]) - left


@inner
def _derivatives_y(a, b, c, g, h, i, y):
    for j in range(y.size):
        top = np.float32(a[j]) + np.float32(2) * np.float32(b[j]) + np.float32(c[j])
        y[j] = np.float32(g[j]) + np.float32(2) * np.float32(h[j]) + np.float32(i[j]) - top


@inner
def _size(x, y, squared, size):
    if squared:
        for j in range(size.size):
            size[j] = x[j] * x[j] + y[j] * y[j]
    else:
        for j in range(size.size):
            size[j] = np.abs(x[j]) + np.abs(y[j])


@inner
def _sector(x, y, sector):
    """Say in which direction the gradient points: 0 across, 1 down, 2 falling, 3 rising."""
    for j in range(sector.size):
        wide, tall = np.abs(x[j]), np.abs(y[j])
        crossed = np.float32(3) if (x[j] < 0) != (y[j] < 0) else np.float32(2)
        steep = tall > wide * (TANGENT + np.float32(2))
        slanted = np.float32(1) if steep else crossed
        sector[j] = np.float32(0) if tall < wide * TANGENT else slanted


@inner
def _keep_ridge(sector, wanted, value, before, after, keep):
    """Keep what is greatest across the edge; ties go to the left or upper pixel."""
    for j in range(keep.size):
        ridge = (value[j] > before[j]) & (value[j] >= after[j]) & (sector[j] == wanted)
        kept = keep[j]
        keep[j] = np.float32(1) if ridge else kept


@inner
def _keep_slanted(sector, wanted, value, before, after, keep):
    for j in range(keep.size):
        ridge = (value[j] > before[j]) & (value[j] > after[j]) & (sector[j] == wanted)
        kept = keep[j]
        keep[j] = np.float32(1) if ridge else kept


@inner
def _mark(keep, value, low, high, out):
    for j in range(out.size):
        ridge = (keep[j] > 0) & (value[j] > low)
        mark = STRONG if value[j] > high else WEAK
        out[j] = mark if ridge else NOTHING


@inner
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


@inner
def _see(source, layout, height, number, squared, lines, x, y, size):
    """Find the derivatives of one row and their size, which is 0 beyond the picture."""
    if not 0 <= number < height:
        size[:] = 0
        return
    for u in range(3):
        load_row(source, layout.rows[number + u], layout, lines[u])
    _gradient(lines[0], lines[1], lines[2], squared, x, y, size)


@loop
def thin(source: array(2, "uint8", "uint16", "float32"), layout: Layout, squared: bool,
         low: Single, high: Single, begin: int, end: int, lines: array(3, "float32"),
         slopes: array(4, "float32"), sizes: array(3, "float32"), out: Marks):  # fmt: skip
    """Mark the ridges of source in the rows from begin to end: `NOTHING`, `WEAK` or `STRONG`.

    Scratch, for each part: lines (3, W + 2), slopes (2, 3, W), sizes (5, W + 2).
    """
    height, width = out.shape
    for p in prange(lines.shape[0]):
        first, last = part_of(end - begin, p, lines.shape[0])
        x, y, size = slopes[p, 0], slopes[p, 1], sizes[p, :3]
        sector, keep = sizes[p, 3, :width], sizes[p, 4, :width]
        size[:] = 0
        for r in range(begin + first - 1, begin + last + 1):
            k = (r + 3) % 3
            _see(source, layout, height, r, squared, lines[p], x[k], y[k], size[k])
            if r > begin + first:
                above, here = size[(r + 1) % 3], size[(r + 2) % 3]
                m = (r + 2) % 3
                _thin_row(x[m], y[m], above, here, size[k], low, high, sector, keep, out[r - 1])


@inner
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


@inner
def _follow_from(marks, i, j, stack):
    """Make strong what is weak and hangs together with a strong pixel."""
    width = marks.shape[1]
    count = _push(marks, i, j, stack, 0)
    while count > 0:
        count -= 1
        at = stack[count]
        count = _push(marks, at // width, at % width, stack, count)


@inner
def _count_weak(marks):
    count = 0
    for i in range(marks.shape[0]):
        row = marks[i]
        for j in range(row.size):
            count += row[j] == WEAK
    return count


@loop
def follow(marks: Marks, stacks: array(2, "int64"), weak: array(1, "int64")):
    """Make `STRONG` what is `WEAK` and hangs together with it, inside each part of the rows.

    `weak` tells how many weak pixels are left in each. Scratch, for each part: stacks
    (pixels,).
    """
    for p in prange(weak.size):
        first, last = part_of(marks.shape[0], p, weak.size)
        rows = marks[first:last]
        for i in range(rows.shape[0]):
            row = rows[i]
            for j in range(row.size):
                if row[j] == STRONG:
                    _follow_from(rows, i, j, stacks[p])
        weak[p] = _count_weak(rows)


@loop
def follow_seams(marks: Marks, strip: int, stack: array(1, "int64")):
    """Go on where an edge leaves its strip; `stack` has room for all that is weak, and one."""
    for seam in range(strip, marks.shape[0], strip):
        for i in (seam - 1, seam):
            for j in range(marks.shape[1]):
                if marks[i, j] == STRONG:
                    _follow_from(marks, i, j, stack)


@loop
def paint(marks: Marks, edge: int):
    """Put the value of an edge where a mark is strong, and 0 elsewhere."""
    for i in prange(marks.shape[0]):
        row, value = marks[i], np.uint8(edge)
        for j in range(row.size):
            row[j] = value if row[j] == STRONG else NOTHING
