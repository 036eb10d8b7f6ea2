"""Weighted sums of rows, kept in vector registers: the step that every CNN layer rests on.

Two functions for compiled loops, `weigh_rows` and `multiply_rows`. Both cut
their work into tiles, a few output rows by a few vectors of numbers, whose sums
stay in registers while all taps are added: each output number is written once,
and each input vector serves several rows.

Why they are spelled in LLVM's terms and not as loops: the compiler vectorises
the innermost loop only, which has to be the one along the row, so that the sums
go out to memory and back after every few taps. Measured on one AVX-512 core
that can multiply and add 120e9 times a second, 5x5 taps over 6 channels:

    loops over rows, 4 rows by 5 taps a pass     17 to 46e9 a second
    OpenBLAS on rows copied side by side         50e9, the copying not counted
    tiles of 4 rows by 4 vectors                 99e9
    tiles of 6 rows by 4 vectors                107 to 112e9
    tiles of 8 rows by 2 vectors                 96 to 114e9
"""

import numpy as np

from .loop import emitted


@emitted(".llvm_tiles:weigh_rows")
def weigh_rows(y, y_at, y_step, start, x, x_at,
                        offsets, first, last, w, places, w_step, rows, length):  # fmt: skip
    """Compute rows of weighted sums of shifted rows.

    Of all arrays only the flat order counts. For row r below `rows` and j below `length`

        y[y_at + r*y_step + j] = start[r] + sum over taps k, first <= k < last, of
            w[r*w_step + places[k]] * x[x_at + offsets[k] + j]
    """
    x, y = x.reshape(-1), y.reshape(-1)
    for r in range(rows):
        total = np.full(length, start[r], y.dtype)
        for k in range(first, last):
            begin = x_at + offsets[k]
            total += w[r * w_step + places[k]] * x[begin : begin + length]
        begin = y_at + r * y_step
        y[begin : begin + length] = total


@emitted(".llvm_tiles:multiply_rows")
def multiply_rows(sums, sums_step, dy, dy_at, dy_step, dy_line, x, x_at, x_line,
                           offsets, places, first, last, rows, lines, length):  # fmt: skip
    """Multiply rows with shifted rows, number by number, and add up.

    Of all arrays only the flat order counts. For row r below `rows` and tap k, first <= k < last

        sums[r*sums_step + places[k]] += sum over i below `lines` and j below `length` of
            dy[dy_at + r*dy_step + i*dy_line + j] * x[x_at + offsets[k] + i*x_line + j]
    """
    x, dy = x.reshape(-1), dy.reshape(-1)
    for r in range(rows):
        for k in range(first, last):
            for i in range(lines):
                a = dy_at + r * dy_step + i * dy_line
                b = x_at + offsets[k] + i * x_line
                sums[r * sums_step + places[k]] += dy[a : a + length] @ x[b : b + length]
