"""Medians of 3x3 and 5x5 pixels by sorting networks, compiled.

The four loops over columns are written by `networks.loop_source`, which a test
compares with what stands here.
"""

import numpy as np
from numba import prange

from ..jit import parallel_loop, serial_loop

# Values in a row of a buffer, and how many windows are worked on at a time.
PITCH, CHUNK = 4160, 4096
# Rows of results that share the rows they are made of.
STRIP = 16


@serial_loop
def _sort_columns_3(rows, count, ordered):
    """Sort the 3 values of every column."""
    for j in range(np.uint64(count)):
        v0 = rows[np.uint64(0 * PITCH) + j]
        v1 = rows[np.uint64(1 * PITCH) + j]
        v2 = rows[np.uint64(2 * PITCH) + j]
        v0, v1 = (v0 if v0 < v1 else v1), (v1 if v0 < v1 else v0)
        v0, v2 = (v0 if v0 < v2 else v2), (v2 if v0 < v2 else v0)
        v1, v2 = (v1 if v1 < v2 else v2), (v2 if v1 < v2 else v1)
        ordered[np.uint64(0 * PITCH) + j] = v0
        ordered[np.uint64(1 * PITCH) + j] = v1
        ordered[np.uint64(2 * PITCH) + j] = v2


@serial_loop
def _median_3(ordered, channels, out):
    """Find the median of 3 sorted columns."""
    for j in range(np.uint64(out.size)):
        v0 = ordered[np.uint64(0 * PITCH) + j]
        v1 = ordered[np.uint64(0 * PITCH) + j + np.uint64(1) * channels]
        v2 = ordered[np.uint64(0 * PITCH) + j + np.uint64(2) * channels]
        v3 = ordered[np.uint64(1 * PITCH) + j]
        v4 = ordered[np.uint64(1 * PITCH) + j + np.uint64(1) * channels]
        v5 = ordered[np.uint64(1 * PITCH) + j + np.uint64(2) * channels]
        v6 = ordered[np.uint64(2 * PITCH) + j]
        v7 = ordered[np.uint64(2 * PITCH) + j + np.uint64(1) * channels]
        v8 = ordered[np.uint64(2 * PITCH) + j + np.uint64(2) * channels]
        v0, v1 = (v0 if v0 < v1 else v1), (v1 if v0 < v1 else v0)
        v2 = v2 if v0 < v2 else v0
        v2 = v2 if v1 < v2 else v1
        v3, v4 = (v3 if v3 < v4 else v4), (v4 if v3 < v4 else v3)
        v5 = v5 if v3 < v5 else v3
        v4 = v4 if v4 < v5 else v5
        v6 = v6 if v6 < v7 else v7
        v6 = v6 if v6 < v8 else v8
        v2, v4 = (v2 if v2 < v4 else v4), (v4 if v2 < v4 else v2)
        v6 = v6 if v2 < v6 else v2
        v4 = v4 if v4 < v6 else v6
        out[j] = v4


@serial_loop
def _sort_columns_5(rows, count, ordered):
    """Sort the 5 values of every column."""
    for j in range(np.uint64(count)):
        v0 = rows[np.uint64(0 * PITCH) + j]
        v1 = rows[np.uint64(1 * PITCH) + j]
        v2 = rows[np.uint64(2 * PITCH) + j]
        v3 = rows[np.uint64(3 * PITCH) + j]
        v4 = rows[np.uint64(4 * PITCH) + j]
        v0, v1 = (v0 if v0 < v1 else v1), (v1 if v0 < v1 else v0)
        v2, v3 = (v2 if v2 < v3 else v3), (v3 if v2 < v3 else v2)
        v0, v2 = (v0 if v0 < v2 else v2), (v2 if v0 < v2 else v0)
        v1, v3 = (v1 if v1 < v3 else v3), (v3 if v1 < v3 else v1)
        v1, v2 = (v1 if v1 < v2 else v2), (v2 if v1 < v2 else v1)
        v0, v4 = (v0 if v0 < v4 else v4), (v4 if v0 < v4 else v0)
        v2, v4 = (v2 if v2 < v4 else v4), (v4 if v2 < v4 else v2)
        v1, v2 = (v1 if v1 < v2 else v2), (v2 if v1 < v2 else v1)
        v3, v4 = (v3 if v3 < v4 else v4), (v4 if v3 < v4 else v3)
        ordered[np.uint64(0 * PITCH) + j] = v0
        ordered[np.uint64(1 * PITCH) + j] = v1
        ordered[np.uint64(2 * PITCH) + j] = v2
        ordered[np.uint64(3 * PITCH) + j] = v3
        ordered[np.uint64(4 * PITCH) + j] = v4


@serial_loop
def _median_5(ordered, channels, out):
    """Find the median of 5 sorted columns."""
    for j in range(np.uint64(out.size)):
        v0 = ordered[np.uint64(0 * PITCH) + j]
        v1 = ordered[np.uint64(0 * PITCH) + j + np.uint64(1) * channels]
        v2 = ordered[np.uint64(0 * PITCH) + j + np.uint64(2) * channels]
        v3 = ordered[np.uint64(0 * PITCH) + j + np.uint64(3) * channels]
        v4 = ordered[np.uint64(0 * PITCH) + j + np.uint64(4) * channels]
        v5 = ordered[np.uint64(1 * PITCH) + j]
        v6 = ordered[np.uint64(1 * PITCH) + j + np.uint64(1) * channels]
        v7 = ordered[np.uint64(1 * PITCH) + j + np.uint64(2) * channels]
        v8 = ordered[np.uint64(1 * PITCH) + j + np.uint64(3) * channels]
        v9 = ordered[np.uint64(1 * PITCH) + j + np.uint64(4) * channels]
        v10 = ordered[np.uint64(2 * PITCH) + j]
        v11 = ordered[np.uint64(2 * PITCH) + j + np.uint64(1) * channels]
        v12 = ordered[np.uint64(2 * PITCH) + j + np.uint64(2) * channels]
        v13 = ordered[np.uint64(2 * PITCH) + j + np.uint64(3) * channels]
        v14 = ordered[np.uint64(2 * PITCH) + j + np.uint64(4) * channels]
        v15 = ordered[np.uint64(3 * PITCH) + j]
        v16 = ordered[np.uint64(3 * PITCH) + j + np.uint64(1) * channels]
        v17 = ordered[np.uint64(3 * PITCH) + j + np.uint64(2) * channels]
        v18 = ordered[np.uint64(3 * PITCH) + j + np.uint64(3) * channels]
        v19 = ordered[np.uint64(3 * PITCH) + j + np.uint64(4) * channels]
        v20 = ordered[np.uint64(4 * PITCH) + j]
        v21 = ordered[np.uint64(4 * PITCH) + j + np.uint64(1) * channels]
        v22 = ordered[np.uint64(4 * PITCH) + j + np.uint64(2) * channels]
        v23 = ordered[np.uint64(4 * PITCH) + j + np.uint64(3) * channels]
        v24 = ordered[np.uint64(4 * PITCH) + j + np.uint64(4) * channels]
        v0, v1 = (v0 if v0 < v1 else v1), (v1 if v0 < v1 else v0)
        v2, v3 = (v2 if v2 < v3 else v3), (v3 if v2 < v3 else v2)
        v0, v2 = (v0 if v0 < v2 else v2), (v2 if v0 < v2 else v0)
        v1, v3 = (v1 if v1 < v3 else v3), (v3 if v1 < v3 else v1)
        v2 = v2 if v1 < v2 else v1
        v4 = v4 if v0 < v4 else v0
        v4 = v4 if v2 < v4 else v2
        v3, v4 = (v3 if v3 < v4 else v4), (v4 if v3 < v4 else v3)
        v5, v6 = (v5 if v5 < v6 else v6), (v6 if v5 < v6 else v5)
        v7, v8 = (v7 if v7 < v8 else v8), (v8 if v7 < v8 else v7)
        v5, v7 = (v5 if v5 < v7 else v7), (v7 if v5 < v7 else v5)
        v6, v8 = (v6 if v6 < v8 else v8), (v8 if v6 < v8 else v6)
        v6, v7 = (v6 if v6 < v7 else v7), (v7 if v6 < v7 else v6)
        v9 = v9 if v5 < v9 else v5
        v7, v9 = (v7 if v7 < v9 else v9), (v9 if v7 < v9 else v7)
        v7 = v7 if v6 < v7 else v6
        v8, v9 = (v8 if v8 < v9 else v9), (v9 if v8 < v9 else v8)
        v10, v11 = (v10 if v10 < v11 else v11), (v11 if v10 < v11 else v10)
        v12, v13 = (v12 if v12 < v13 else v13), (v13 if v12 < v13 else v12)
        v10, v12 = (v10 if v10 < v12 else v12), (v12 if v10 < v12 else v10)
        v11, v13 = (v11 if v11 < v13 else v13), (v13 if v11 < v13 else v11)
        v11, v12 = (v11 if v11 < v12 else v12), (v12 if v11 < v12 else v11)
        v14 = v14 if v10 < v14 else v10
        v12, v14 = (v12 if v12 < v14 else v14), (v14 if v12 < v14 else v12)
        v11, v12 = (v11 if v11 < v12 else v12), (v12 if v11 < v12 else v11)
        v13 = v13 if v13 < v14 else v14
        v15, v16 = (v15 if v15 < v16 else v16), (v16 if v15 < v16 else v15)
        v17, v18 = (v17 if v17 < v18 else v18), (v18 if v17 < v18 else v17)
        v15, v17 = (v15 if v15 < v17 else v17), (v17 if v15 < v17 else v15)
        v16 = v16 if v16 < v18 else v18
        v16, v17 = (v16 if v16 < v17 else v17), (v17 if v16 < v17 else v16)
        v15, v19 = (v15 if v15 < v19 else v19), (v19 if v15 < v19 else v15)
        v17 = v17 if v17 < v19 else v19
        v16, v17 = (v16 if v16 < v17 else v17), (v17 if v16 < v17 else v16)
        v20, v21 = (v20 if v20 < v21 else v21), (v21 if v20 < v21 else v20)
        v22, v23 = (v22 if v22 < v23 else v23), (v23 if v22 < v23 else v22)
        v20, v22 = (v20 if v20 < v22 else v22), (v22 if v20 < v22 else v20)
        v21 = v21 if v21 < v23 else v23
        v21, v22 = (v21 if v21 < v22 else v22), (v22 if v21 < v22 else v21)
        v20, v24 = (v20 if v20 < v24 else v24), (v24 if v20 < v24 else v20)
        v22 = v22 if v22 < v24 else v24
        v21 = v21 if v21 < v22 else v22
        v3, v4 = (v3 if v3 < v4 else v4), (v4 if v3 < v4 else v3)
        v7, v8 = (v7 if v7 < v8 else v8), (v8 if v7 < v8 else v7)
        v9, v11 = (v9 if v9 < v11 else v11), (v11 if v9 < v11 else v9)
        v12, v13 = (v12 if v12 < v13 else v13), (v13 if v12 < v13 else v12)
        v15, v16 = (v15 if v15 < v16 else v16), (v16 if v15 < v16 else v15)
        v17, v20 = (v17 if v17 < v20 else v20), (v20 if v17 < v20 else v17)
        v3, v7 = (v3 if v3 < v7 else v7), (v7 if v3 < v7 else v3)
        v4, v8 = (v4 if v4 < v8 else v8), (v8 if v4 < v8 else v4)
        v9, v12 = (v9 if v9 < v12 else v12), (v12 if v9 < v12 else v9)
        v11, v13 = (v11 if v11 < v13 else v13), (v13 if v11 < v13 else v11)
        v15, v17 = (v15 if v15 < v17 else v17), (v17 if v15 < v17 else v15)
        v16, v20 = (v16 if v16 < v20 else v20), (v20 if v16 < v20 else v16)
        v4, v7 = (v4 if v4 < v7 else v7), (v7 if v4 < v7 else v4)
        v11, v12 = (v11 if v11 < v12 else v12), (v12 if v11 < v12 else v11)
        v16, v17 = (v16 if v16 < v17 else v17), (v17 if v16 < v17 else v16)
        v3, v9 = (v3 if v3 < v9 else v9), (v9 if v3 < v9 else v3)
        v4, v11 = (v4 if v4 < v11 else v11), (v11 if v4 < v11 else v4)
        v7, v12 = (v7 if v7 < v12 else v12), (v12 if v7 < v12 else v7)
        v8 = v8 if v8 < v13 else v13
        v15, v21 = (v15 if v15 < v21 else v21), (v21 if v15 < v21 else v15)
        v7, v9 = (v7 if v7 < v9 else v9), (v9 if v7 < v9 else v7)
        v8, v11 = (v8 if v8 < v11 else v11), (v11 if v8 < v11 else v8)
        v17, v21 = (v17 if v17 < v21 else v21), (v21 if v17 < v21 else v17)
        v4, v7 = (v4 if v4 < v7 else v7), (v7 if v4 < v7 else v4)
        v8, v9 = (v8 if v8 < v9 else v9), (v9 if v8 < v9 else v8)
        v11, v12 = (v11 if v11 < v12 else v12), (v12 if v11 < v12 else v11)
        v16, v17 = (v16 if v16 < v17 else v17), (v17 if v16 < v17 else v16)
        v20, v21 = (v20 if v20 < v21 else v21), (v21 if v20 < v21 else v20)
        v15 = v15 if v3 < v15 else v3
        v16 = v16 if v4 < v16 else v4
        v17 = v17 if v7 < v17 else v7
        v8 = v8 if v8 < v20 else v20
        v9 = v9 if v9 < v21 else v21
        v15 = v15 if v9 < v15 else v9
        v11 = v11 if v11 < v16 else v16
        v12 = v12 if v12 < v17 else v17
        v11 = v11 if v8 < v11 else v8
        v12 = v12 if v12 < v15 else v15
        v12 = v12 if v11 < v12 else v11
        out[j] = v12


@serial_loop
def _look_up(values, columns, fill, row):
    for j in range(row.size):
        row[j] = values[columns[j]] if columns[j] >= 0 else fill


@serial_loop
def _copy_row(values, layout, start, fill, row):
    """Copy what a row of windows sees from its column `start` on."""
    first = min(max(layout.runs[0, 0] - start, 0), row.size)
    last = max(min(layout.runs[0, 1] - start, row.size), first)
    columns = layout.columns[start:]
    _look_up(values, columns, fill, row[:first])
    inside, middle = values[columns[first] :], row[first:last]
    for j in range(middle.size):
        middle[j] = inside[j]
    _look_up(values, columns[last:], fill, row[last:])


@serial_loop
def _copy_rows(source, layout, top, start, size, count, fill, rows):
    for u in range(size):
        row, position = rows[u * PITCH :][:count], layout.rows[top + u]
        if position < 0:
            row[:] = fill
            continue
        _copy_row(source[position], layout, start, fill, row)


@parallel_loop
def median(source, layout, size, fill, out):
    """Fill out (OH, OW*C) with the median of size x size pixels of source, any unsigned dtype.

    The size is 3 or 5; the channels are few enough for two pixels on each side. `fill`
    has one item, of the dtype of source.
    """
    height, width = out.shape
    channels = layout.channels
    reach = (size - 1) * channels
    for s in prange((height + STRIP - 1) // STRIP):
        top = s * STRIP
        depth = min(STRIP, height - top) + size - 1
        rows = np.empty((STRIP + size - 1) * PITCH, source.dtype)
        ordered = np.empty(size * PITCH, source.dtype)
        for start in range(0, width, CHUNK):
            n = min(CHUNK, width - start)
            _copy_rows(source, layout, top, start, depth, n + reach, fill[0], rows)
            for i in range(depth - size + 1):
                seen, found = rows[i * PITCH :], out[top + i, start : start + n]
                if size == 3:
                    _sort_columns_3(seen, n + reach, ordered)
                    _median_3(ordered, np.uint64(channels), found)
                else:
                    _sort_columns_5(seen, n + reach, ordered)
                    _median_5(ordered, np.uint64(channels), found)
