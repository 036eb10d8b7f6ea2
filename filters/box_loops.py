"""Means and sums of boxes of whole numbers, compiled, in a time that hardly grows with them.

A column's sum gains a pixel below and loses one above. Along the row neighbours are added
up one by one, in registers, or by eights: a running sum would need every number before the
next, and these are whole vectors. Whole numbers of 16 or 32 bits, so nothing is rounded on
the way.
"""

from ..compiled.kinds import Single, array
from ..compiled.loop import inner, loop, prange
from ..compiled.weighted_rows import slide_sums, sum_row
from .row_loops import part_of
from .strips import Layout

# Neighbours that are added up one by one; of twice as many, sums of so many.
MANY = 8


@inner
def _change(source, layout, row, enters, fill, sums):
    """Let a row enter or leave the columns' sums."""
    position = layout.rows[row]
    if position < 0:
        for j in range(sums.size):
            sums[j] = sums[j] + fill if enters else sums[j] - fill
    elif enters:
        values = source[position]
        for j in range(sums.size):
            sums[j] += values[j]
    else:
        values = source[position]
        for j in range(sums.size):
            sums[j] -= values[j]


@inner
def _move(source, layout, top, rows, fill, sums):
    """Move the columns' sums down to the rows that begin at `top`."""
    new, old = layout.rows[top + rows - 1], layout.rows[top - 1]
    if new >= 0 and old >= 0:
        pitch = source.shape[1]
        slide_sums(sums, 0, source, new * pitch, source, old * pitch, sums.size)
    else:
        _change(source, layout, top + rows - 1, True, fill, sums)
        _change(source, layout, top - 1, False, fill, sums)


@inner
def _pairs(a, b, out):
    for j in range(out.size):
        out[j] = a[j] + b[j]


@inner
def _along(padded, spare, columns, step, weight, out, at, width):
    """Write weight times the sums of `columns` neighbours, `step` apart.

    Of many neighbours first sums of MANY, by sums of 2, 4 and 8, and then of these.
    """
    whole = columns // MANY
    if whole < 2:
        sum_row(out, at, padded, 0, step, columns, weight, width)
        return
    n = padded.size - step
    a, b = spare[0], spare[1]
    _pairs(padded[:n], padded[step:], a[:n])
    n -= 2 * step
    _pairs(a[:n], a[2 * step :], b[:n])
    n -= 4 * step
    _pairs(b[:n], b[4 * step :], a[:n])
    total = spare[2, :width]
    for j in range(width):
        total[j] = a[j]
    for k in range(1, whole):
        part = a[k * MANY * step :]
        for j in range(width):
            total[j] += part[j]
    for k in range(whole * MANY, columns):
        part = padded[k * step :]
        for j in range(width):
            total[j] += part[j]
    sum_row(out, at, total, 0, 0, 1, weight, width)


@loop
def box(source: array(2, "uint8", "uint16"), layout: Layout, rows: int, columns: int,
        fill: array(1, "uint16", "int32", like="sums"), weight: Single,
        sums: array(3, "uint16", "int32", like="sums"),
        out: array(2, "uint8", "uint16", "float32")):  # fmt: skip
    """Fill out (n, OW*C) with weight times the sum of rows x columns pixels of source.

    `fill` is a number of the dtype that holds every sum. sums (parts, 4, columns of the
    layout) is scratch.
    """
    height, width = out.shape
    for p in prange(sums.shape[0]):
        begin, end = part_of(height, p, sums.shape[0])
        start, stop = layout.runs[0, 0], layout.runs[0, 1]
        padded, spare = sums[p, 0], sums[p, 1:]
        first, outside = layout.runs[0, 2], fill[0] * rows
        down = padded[start:stop]
        down[:] = 0
        for u in range(rows):
            _change(source, layout, begin + u, True, fill[0], down)
        for i in range(begin, end):
            if i > begin:
                _move(source, layout, i, rows, fill[0], down)
            _load_sides(down, layout, first, outside, padded)
            _along(padded, spare, columns, layout.channels, weight, out, i * width, width)


@inner
def _load_sides(down, layout, first, outside, padded):
    """Look up what windows see beside the columns' sums, which stand in the middle."""
    start, stop = layout.runs[0, 0], layout.runs[0, 1]
    for j in range(start):
        padded[j] = down[layout.columns[j] - first] if layout.columns[j] >= 0 else outside
    for j in range(stop, padded.size):
        padded[j] = down[layout.columns[j] - first] if layout.columns[j] >= 0 else outside
