"""Compass operators, compiled: the strongest of eight turned masks."""

import numpy as np

from ..compiled.kinds import array
from ..compiled.loop import inner, loop, prange
from .row_loops import load_row, part_of
from .strips import Layout, Weights
from .window_loops import pick_row


@inner
def _copy(values, row):
    for j in range(row.size):
        row[j] = values[j]


@inner
def _ring(above, here, below, channels, ring):
    """List the eight neighbours of every pixel, from the right against the clock."""
    last = 2 * channels
    _copy(here[last:], ring[0])
    _copy(above[last:], ring[1])
    _copy(above[channels:], ring[2])
    _copy(above, ring[3])
    _copy(here, ring[4])
    _copy(below, ring[5])
    _copy(below[channels:], ring[6])
    _copy(below[last:], ring[7])


@inner
def _strongest(ring, weights, best, direction):
    """Take the greatest of the eight responses, and the first direction that has it."""
    n = best.size
    for k in range(8):
        a, b, c, d = ring[k], ring[(k + 1) % 8], ring[(k + 2) % 8], ring[(k + 3) % 8]
        e, f, g, h = ring[(k + 4) % 8], ring[(k + 5) % 8], ring[(k + 6) % 8], ring[(k + 7) % 8]
        for j in range(n):
            value = weights[0] * a[j] + weights[1] * b[j] + weights[2] * c[j] + weights[3] * d[j]
            value += weights[4] * e[j] + weights[5] * f[j] + weights[6] * g[j] + weights[7] * h[j]
            before, known = best[j], direction[j]
            better = (k == 0) | (value > before) | (value != value)
            best[j] = value if better else before
            direction[j] = np.float32(k) if better else known


@loop
def compass(source: array(2, "uint8", "uint16", "float32"), layout: Layout, weights: Weights,
            want_direction: bool, pick: int, buffers: array(3, "float32"),
            rings: array(3, "float32"), out: array(2, "float32")):  # fmt: skip
    """Fill out (n, OW*C) with the greatest of eight turned masks, or which one it is.

    Scratch, for each part: buffers (3, columns of the layout), rings (10, results at every
    column).
    """
    for p in prange(buffers.shape[0]):
        begin, end = part_of(out.shape[0], p, buffers.shape[0])
        ring, best, direction = rings[p, :8], rings[p, 8], rings[p, 9]
        for i in range(begin, end):
            first = i * layout.stride
            for r in range(first, first + 3):
                # The last two rows are there already, with a stride of 1.
                if i == begin or layout.stride > 1 or r == first + 2:
                    load_row(source, layout.rows[r], layout, buffers[p, r % 3])
            above, here = buffers[p, first % 3], buffers[p, (first + 1) % 3]
            _ring(above, here, buffers[p, (first + 2) % 3], layout.channels, ring)
            direction[:] = 0
            _strongest(ring, weights, best, direction)
            pick_row(direction if want_direction else best, pick, layout.channels, out[i])
