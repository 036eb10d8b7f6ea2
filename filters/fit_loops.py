"""Results fitted to what a picture of whole numbers holds, and counted, compiled."""

import numpy as np

from ..compiled.kinds import Single, array
from ..compiled.loop import inner, loop, prange
from ..compiled.weighted_rows import put_row
from .row_loops import part_of


@inner
def _move(values, absolute, scale, shift, factor, row):
    for j in range(row.size):
        value = values[j] * scale
        value = np.abs(value) if absolute else value
        row[j] = (value + shift) * factor


@inner
def _count(row, high, counts):
    """Add what lies below 0, above the greatest number, and what is no number."""
    half = np.float32(0.5)
    below, above, broken = np.int32(0), np.int32(0), np.int32(0)
    for j in range(row.size):
        value = row[j]
        below += np.int32(value < -half)
        above += np.int32(value > high + half)
        broken += np.int32(value != value)
    counts[0] += below
    counts[1] += above
    counts[2] += broken


@loop
def fit(values: array(2, "float32"), absolute: bool, scale: Single, shift: Single, factor: Single,
        high: Single, rows: array(2, "float32"), counts: array(2, "int64"),
        out: array(2, "uint8", "uint16")):  # fmt: skip
    """Fill out (n, W*C) with (values * scale + shift) * factor, rounded and saturated.

    With `absolute` the shift is added to a magnitude. counts (n, 3) gets how many of each row
    lie below 0 and above `high`, and are no number. rows (parts, W*C) is scratch.
    """
    for p in prange(rows.shape[0]):
        begin, end = part_of(values.shape[0], p, rows.shape[0])
        for i in range(begin, end):
            _move(values[i], absolute, scale, shift, factor, rows[p])
            counts[i, :] = 0
            _count(rows[p], high, counts[i])
            put_row(out, i * rows.shape[1], rows[p], 0, rows.shape[1])
