"""Means and sums of boxes of whole numbers, compiled, in a time that hardly grows with them.

A column's sum gains a pixel below and loses one above. Along the row, sums of 2, 4, 8
... neighbours are each made of two of the half before, and added up by the binary
digits of the box's width: a running sum would need every number before the next, and
these are whole vectors. Whole numbers of 16 or 32 bits, so nothing is rounded on the way.
"""

import numpy as np
from numba import prange

from ..jit import parallel_loop, serial_loop
from .row_loops import _load_border
from .vector_loops import weigh_row


@serial_loop
def _enter(new, sums):
    for j in range(sums.size):
        sums[j] += new[j]


@serial_loop
def _leave(old, sums):
    for j in range(sums.size):
        sums[j] -= old[j]


@serial_loop
def _enter_and_leave(new, old, sums):
    for j in range(sums.size):
        sums[j] = sums[j] + new[j] - old[j]


@serial_loop
def _add(a, b, out):
    for j in range(out.size):
        out[j] = a[j] + b[j]


@serial_loop
def _copy(values, row):
    # Assigning to a slice is not vectorised and took five times as long as all sums.
    for j in range(row.size):
        row[j] = values[j]


@serial_loop
def _change(source, layout, row, enters, fill, sums):
    """Let a row enter or leave the columns' sums."""
    position = layout.rows[row]
    if position < 0 and enters:
        sums[:] += fill
    elif position < 0:
        sums[:] -= fill
    elif enters:
        _enter(source[position], sums)
    else:
        _leave(source[position], sums)


@serial_loop
def _move(source, layout, top, rows, fill, sums):
    """Move the columns' sums down to the rows that begin at `top`."""
    new, old = layout.rows[top + rows - 1], layout.rows[top - 1]
    if new >= 0 and old >= 0:
        _enter_and_leave(source[new], source[old], sums)
    else:
        _change(source, layout, top + rows - 1, True, fill, sums)
        _change(source, layout, top - 1, False, fill, sums)


@serial_loop
def _along(row, spare, columns, step, total):
    """Put the sums of `columns` neighbours, `step` apart, into total; row is used up."""
    width, reach, done = total.size, 1, 0
    left, n = columns, row.size
    while True:
        if left & 1:
            part = row[done * step :][:width]
            if done:
                _enter(part, total)
            else:
                _copy(part, total)
            done += reach
        left >>= 1
        if left == 0:
            break
        n -= reach * step
        _add(row[:n], row[reach * step :][:n], spare[:n])
        row, spare = spare, row
        reach *= 2


@parallel_loop
def box(source, layout, rows, columns, fill, weight, out):
    """Fill out (OH, OW*C) with weight times the sum of rows x columns pixels of source.

    `fill` is a number of the dtype that holds every sum; weight has one item, float32.
    """
    height, width = out.shape
    for s in prange((height + layout.strip - 1) // layout.strip):
        top = s * layout.strip
        sums = np.zeros(source.shape[1], fill.dtype)
        padded = np.empty(layout.columns.size, fill.dtype)
        spare, total = np.empty_like(padded), np.empty(width, fill.dtype)
        start, stop, _ = layout.runs[0]
        one, none, outside = np.zeros(1, np.int64), np.float32(0), fill[0] * rows
        for u in range(rows):
            _change(source, layout, top + u, True, fill[0], sums)
        for i in range(top, min(top + layout.strip, height)):
            if i > top:
                _move(source, layout, i, rows, fill[0], sums)
            _copy(sums, padded[start:stop])
            _load_border(sums, layout, outside, 0, start, padded)
            _load_border(sums, layout, outside, stop, padded.size, padded)
            _along(padded, spare, columns, layout.channels, total)
            weigh_row(out, i * width, none, total, 0, one, weight, 1, width)
