"""Weighted sums of shifted rows of pixels, their sums kept in vector registers.

For compiled loops: `weigh_row` for one row of windows, `weigh_window` for several rows at
once, which share what they read, and `put_row` for a row as it is. Pixels of any
dtype are turned into float32 as they are read, and results are rounded and
saturated as they are written, so that nothing in between goes out to memory.

Spelled in LLVM's terms, as in tiles.py and for its reason: of a loop over taps
inside a loop along the row, the compiler vectorises neither well.
"""

import numpy as np

from .loop import emitted


@emitted(".llvm_rows:weigh_row")
def weigh_row(y, y_at, start, x, x_at, offsets, w, taps, length):
    """Compute one row of weighted sums of shifted rows.

    Of all arrays only the flat order counts. For j below `length`

        y[y_at + j] = start + sum over k below `taps` of w[k] * x[x_at + offsets[k] + j]

    in float32, rounded half to even and saturated where y holds whole numbers.
    """
    total = np.full(length, start, np.float32)
    for k in range(taps):
        begin = x_at + offsets[k]
        total += w[k] * x.reshape(-1)[begin : begin + length].astype(np.float32)
    _put(y, y_at, total)


@emitted(".llvm_rows:put_row")
def put_row(y, y_at, x, x_at, length):
    """Copy a row of numbers, rounded half to even and saturated where y holds whole numbers.

    Of all arrays only the flat order counts. NaN becomes 0 there.
    """
    _put(y, y_at, x.reshape(-1)[x_at : x_at + length].astype(np.float32))


@emitted(".llvm_rows:sum_row")
def sum_row(y, y_at, x, x_at, step, taps, weight, length):
    """Compute one row of weighted sums of whole numbers.

    Of all arrays only the flat order counts. For j below `length`

        y[y_at + j] = weight * sum over k below `taps` of x[x_at + k*step + j]

    with the sums in x's dtype, which holds them; rounded and saturated as by `put_row`.
    """
    seen = [x.reshape(-1)[x_at + k * step :][:length] for k in range(taps)]
    _put(y, y_at, np.sum(seen, axis=0, dtype=x.dtype).astype(np.float32) * weight)


@emitted(".llvm_rows:slide_sums")
def slide_sums(sums, at, new, new_at, old, old_at, length):
    """Add the pixels of one row to sums, which hold them, and take those of another away.

    Of all arrays only the flat order counts.
    """
    total = sums.reshape(-1)[at : at + length]
    total += new.reshape(-1)[new_at : new_at + length]
    total -= old.reshape(-1)[old_at : old_at + length]


def _put(y: np.ndarray, at: int, total: np.ndarray) -> None:
    if y.dtype.kind == "u":
        most = np.float32(np.iinfo(y.dtype).max)
        total = np.rint(total)
        total = np.where(total > 0, np.minimum(total, most), 0)
    y.reshape(-1)[at : at + total.size] = total


@emitted(".llvm_rows:weigh_window")
def weigh_window(y, y_at, y_pitch, x, x_at, x_pitch,
                          w, height, offsets, width, stride, length, rows):  # fmt: skip
    """Compute 1, 2 or 4 rows of weighted sums over a window of height x width places.

    Of all arrays only the flat order counts. For r below `rows` and j below `length`

        y[y_at + r*y_pitch + j] = sum over u below `height` and v below `width` of
            w[u*width + v] * x[x_at + (r*stride + u)*x_pitch + offsets[v] + j]

    in float32, rounded half to even and saturated where y holds whole numbers.
    All rows see one input row at least: (rows - 1)*stride is at most the height.
    """
    for r in range(rows):
        total = np.zeros(length, np.float32)
        for u in range(height):
            for v in range(width):
                begin = x_at + (r * stride + u) * x_pitch + offsets[v]
                total += w[u * width + v] * x.reshape(-1)[begin : begin + length]
        _put(y, y_at + r * y_pitch, total)
