"""Point operations, compiled: every value by itself, or with the value of another picture."""

import numpy as np

from ..compiled.kinds import Single, array
from ..compiled.loop import inner, loop, prange
from ..compiled.weighted_rows import put_row
from .row_loops import part_of

Pixels = array(2, "uint8", "uint16", "float32")
Rows = array(2, "float32")

COPY, ABSOLUTE, RECTIFY, ADD, THRESHOLD = 0, 1, 2, 3, 4


@inner
def _change(kind, a, b, c, row):
    if kind == ABSOLUTE:
        for j in range(row.size):
            row[j] = np.abs(row[j])
    elif kind == RECTIFY:
        for j in range(row.size):
            # NaN stays: it is not below 0.
            row[j] = np.float32(0) if row[j] < 0 else row[j]
    elif kind == ADD:
        for j in range(row.size):
            row[j] += a
    elif kind == THRESHOLD:
        for j in range(row.size):
            value = b if row[j] > a else c
            row[j] = value if row[j] == row[j] else row[j]


@loop
def change(values: Pixels, kind: int, a: Single, b: Single, c: Single, rows: Rows, out: Pixels):
    """Fill out (n, W*C) with values (n, W*C) changed one by one.

    By `kind`: as they are; their magnitudes; 0 for what is negative; plus `a`; `b` above `a`
    and `c` elsewhere. rows (parts, W*C) is scratch.
    """
    width = out.shape[1]
    for p in prange(rows.shape[0]):
        begin, end = part_of(out.shape[0], p, rows.shape[0])
        row = rows[p]
        for i in range(begin, end):
            if kind == COPY:
                put_row(out, i * width, values, i * width, width)
            else:
                put_row(row, 0, values, i * width, width)
                _change(kind, a, b, c, row)
                put_row(out, i * width, row, 0, width)


@inner
def _add_detail(pixels, blurred, keep, amount, least, row):
    for j in range(row.size):
        detail = pixels[j] - blurred[j]
        detail = np.float32(0) if np.abs(detail) < least else detail
        row[j] = keep * pixels[j] + amount * detail


@loop
def sharpen(pixels: Pixels, blurred: Rows, keep: Single, amount: Single, least: Single,
            rows: Rows, out: Pixels):  # fmt: skip
    """Fill out (n, W*C) with keep * pixels + amount * (pixels - blurred).

    Differences below `least` are 0. rows (parts, W*C) is scratch.
    """
    width = out.shape[1]
    for p in prange(rows.shape[0]):
        begin, end = part_of(out.shape[0], p, rows.shape[0])
        for i in range(begin, end):
            _add_detail(pixels[i], blurred[i], keep, amount, least, rows[p])
            put_row(out, i * width, rows[p], 0, width)
