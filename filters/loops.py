"""Correlation, compiled: strips of rows.

Each strip copies the source rows it needs once into a float32 buffer (the
border rule is an index map applied during this copy); every output row is then
a sum of shifted buffer rows. A tap is one window position: the row it is in, the column
it starts at, and its weight. `strips.py` lays all this out: a `Layout` says how rows and
columns are copied, `Taps` what is added up. Buffers have one entry for each part of the
rows that is worked on at the same time.

Sums are kept in registers until they are written; see compiled/weighted_rows.py. Measured
on two cores (Zen 5), 12 MP uint8 gray to uint8, 3x3 / 9x9 / 15x15: loops that add four taps
a pass to a row in memory 4.8 / 16.6 / 39.9 ms; sums of four output rows in registers,
kept, 3.6 / 10.2 / 21.7 ms. A column times a row: first the columns' sums of one output
row, then along them, for pieces of columns so narrow that all rows of a window stay in the
nearest cache. One core (AVX2), a Gaussian of sigma 1, 9 taps, 12 MP uint8 gray: 12
ms; the columns' sums straight from the source, whose pixels are turned into float32 again for
every tap, 19.6 ms.
"""

import numpy as np

from ..compiled.kinds import array
from ..compiled.loop import inner, loop, prange
from ..compiled.weighted_rows import put_row, weigh_row, weigh_window
from .row_loops import copy_pixels, load_pieces, load_strip, part_of
from .strips import Layout, Passes, Places, Taps, Weights

Pixels = array(2, "uint8", "uint16", "float32")
Buffers = array(3, "float32")
Rows = array(2, "float32")


@loop
def correlate(source: Pixels, layout: Layout, taps: Taps, offsets: Places, buffers: Buffers,
              out: Pixels):  # fmt: skip
    """Fill out (n, OW*C) with the weighted sum of every window of source (H, W*C).

    `offsets` are the places of the taps in a buffer, (depth, columns).
    """
    height, width = out.shape
    for p in prange(buffers.shape[0]):
        begin, end = part_of(height, p, buffers.shape[0])
        for start in range(begin, end, layout.strip):
            count = min(layout.strip, end - start)
            buffer = buffers[p, : (count - 1) * layout.stride + layout.span + 1]
            load_strip(source, layout, start * layout.stride, buffer)
            none, n = np.float32(0), taps.weights.size
            for i in range(count):
                at, first = (start + i) * width, i * layout.stride * buffer.shape[1]
                weigh_row(out, at, none, buffer, first, offsets, taps.weights, n, width)


@inner
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


@loop
def correlate_dense(source: Pixels, layout: Layout, weights: Weights, columns: Places,
                    buffers: Buffers, out: Pixels):  # fmt: skip
    """Like `correlate` for windows without gaps between their rows.

    weights (K*L,) are those of K rows of L places; `columns` (L,) says where these
    begin in the buffer.
    """
    height, width = out.shape
    stride, rows = layout.stride, weights.size // columns.size
    for p in prange(buffers.shape[0]):
        begin, end = part_of(height, p, buffers.shape[0])
        for start in range(begin, end, layout.strip):
            count = min(layout.strip, end - start)
            buffer = buffers[p, : (count - 1) * stride + rows]
            load_strip(source, layout, start * stride, buffer)
            i = 0
            while i < count:
                at, first = (start + i) * width, i * stride * buffer.shape[1]
                i += _weigh_some_rows(
                    buffer, first, weights, columns, stride, count - i, out, at, width
                )


@loop
def correlate_picked(source: Pixels, layout: Layout, weights: Weights, columns: Places,
                     pick: int, buffers: Buffers, wide: Buffers, out: Pixels):  # fmt: skip
    """Like `correlate_dense`, at every column of the layout; out gets every pick-th result.

    For small windows and strides, where sorting the columns by phase costs more than the
    results that nobody asked for. wide (parts, 5, width) holds the results at every column,
    and those that are picked.
    """
    height, channels = out.shape[0], layout.channels
    width = wide.shape[2]
    stride, rows = layout.stride, weights.size // columns.size
    for p in prange(buffers.shape[0]):
        begin, end = part_of(height, p, buffers.shape[0])
        results, picked = wide[p, :4], wide[p, 4, : out.shape[1]]
        for start in range(begin, end, layout.strip):
            count = min(layout.strip, end - start)
            buffer = buffers[p, : (count - 1) * stride + rows]
            load_strip(source, layout, start * stride, buffer)
            i = 0
            while i < count:
                first = i * stride * buffer.shape[1]
                done = _weigh_some_rows(
                    buffer, first, weights, columns, stride, count - i, results, 0, width
                )
                for r in range(done):
                    copy_pixels(results[r], pick, channels, picked)
                    put_row(out, (start + i + r) * picked.size, picked, 0, picked.size)
                i += done


@loop
def correlate_separable(source: Pixels, layout: Layout, along: Taps, across: Taps, strip: int,
                        piece: int, buffers: Buffers, padded: Rows, out: Pixels):  # fmt: skip
    """Like `correlate` for an outer product: taps across rows, then along the sums.

    `across.rows` are the places of the taps in a buffer. `strip` rows and `piece` columns are
    computed at a time. Scratch, for each part: buffers (depth, piece + the windows' width)
    and padded, one row of these.
    """
    height, width = out.shape
    pitch, none = buffers.shape[2], np.float32(0)
    for p in prange(buffers.shape[0]):
        begin, end = part_of(height, p, buffers.shape[0])
        for start in range(begin, end, strip):
            count = min(strip, end - start)
            depth = (count - 1) * layout.stride + layout.span + 1
            for left in range(0, width, piece):
                n = min(piece, width - left)
                seen = min(pitch, layout.columns.size - left)
                load_pieces(source, layout, start * layout.stride, left, seen,
                            buffers[p, :depth])  # fmt: skip
                for i in range(count):
                    weigh_row(padded, p * pitch, none, buffers[p], i * layout.stride * pitch,
                              across.rows, across.weights, across.weights.size, seen)  # fmt: skip
                    weigh_row(out, (start + i) * width + left, none, padded, p * pitch,
                              along.columns, along.weights, along.weights.size, n)  # fmt: skip


@inner
def _add_row(total, a):
    for j in range(total.size):
        total[j] += a[j]


@loop
def correlate_low_rank(source: Pixels, layout: Layout, along: Passes, across: Passes,
                       strip: int, piece: int, buffers: Buffers, padded: Rows, sums: Buffers,
                       out: Pixels):  # fmt: skip
    """Like `correlate_separable` for a sum of outer products; sums is (parts, 2, piece)."""
    height, width = out.shape
    pitch, none = buffers.shape[2], np.float32(0)
    for p in prange(buffers.shape[0]):
        begin, end = part_of(height, p, buffers.shape[0])
        for start in range(begin, end, strip):
            count = min(strip, end - start)
            depth = (count - 1) * layout.stride + layout.span + 1
            for left in range(0, width, piece):
                n = min(piece, width - left)
                seen = min(pitch, layout.columns.size - left)
                part, total = sums[p, 0, :n], sums[p, 1, :n]
                load_pieces(source, layout, start * layout.stride, left, seen,
                            buffers[p, :depth])  # fmt: skip
                for i in range(count):
                    total[:] = 0
                    for k in range(along.weights.shape[0]):
                        weigh_row(padded, p * pitch, none, buffers[p],
                                  i * layout.stride * pitch, across.rows, across.weights[k],
                                  across.rows.size, seen)  # fmt: skip
                        weigh_row(part, 0, none, padded, p * pitch, along.columns,
                                  along.weights[k], along.columns.size, n)  # fmt: skip
                        _add_row(total, part)
                    put_row(out, (start + i) * width + left, total, 0, n)
