"""Source rows copied into float32 buffers, compiled: borders filled in, strides sorted by phase."""

import numpy as np

from ..compiled.loop import inner
from ..compiled.views import bits_of, table, twice_as_wide
from ..compiled.weighted_rows import put_row

LITTLE_ENDIAN = bool(np.array([1], np.uint16).view(np.uint8)[0])


@inner
def load_row(source, position, layout, row):
    """Copy one source row into the buffer, or the fill value where it lies outside."""
    if position < 0:
        row[:] = layout.fill
        return
    load_values(source[position], layout, layout.fill, row)


@inner
def load_values(values, layout, fill, row):
    """Copy a row of values, with what windows see beside it."""
    end = 0
    for start, stop, first in layout.runs:
        load_border(values, layout, fill, end, start, row)
        copy_pixels(values[first:], layout.step, layout.channels, row[start:stop])
        end = stop
    load_border(values, layout, fill, end, row.size, row)


@inner
def load_border(values, layout, fill, start, stop, row):
    """Look up what a row holds from `start` to `stop`."""
    for j in range(start, stop):
        row[j] = values[layout.columns[j]] if layout.columns[j] >= 0 else fill


@inner
def copy_pixels(values, step, channels, row):
    """Copy every step-th pixel; `row` holds whole pixels, and `values` the last of them."""
    if step == 1:
        for j in range(row.size):
            row[j] = values[j]
    elif step == 2 and channels == 1 and LITTLE_ENDIAN and row.size > 0:
        _copy_every_second(values, row)
    elif step == 2 and channels == 3 and row.size > 0:
        _copy_every_second_rgb(values, row)
    elif channels == 1:
        every = values[::step]
        for j in range(row.size):
            row[j] = every[j]
    else:
        spread, pixels = table(values, channels)[::step], table(row, channels)
        for m in range(pixels.shape[0]):
            for c in range(channels):
                pixels[m, c] = spread[m, c]


@inner
def _copy_every_second(values, row):
    """Copy every second number: the lower half of a number twice as wide.

    Vectorised, where a strided slice is not: 12 MP uint8 on one core 0.35 ms,
    not 2.4; float32 0.65, not 3.2.
    """
    last = row.size - 1
    if values.itemsize == 1:
        pairs = twice_as_wide(values[: 2 * last])
        for j in range(last):
            row[j] = pairs[j] & np.uint16(0xFF)
    elif values.itemsize == 2:
        words = twice_as_wide(values[: 2 * last])
        for j in range(last):
            row[j] = words[j] & np.uint32(0xFFFF)
    else:
        doubles, bits = twice_as_wide(values[: 2 * last]), bits_of(row)
        for j in range(last):
            bits[j] = doubles[j]
    row[last] = values[2 * last]


@inner
def _copy_every_second_rgb(values, row):
    """Copy every second pixel of three: 12 MP uint8 on one core 6.1 ms, not 17.5."""
    last = row.size // 3 - 1
    pairs, pixels = table(values[: 6 * last], 6), table(row, 3)
    for m in range(last):
        pixels[m, 0] = pairs[m, 0]
        pixels[m, 1] = pairs[m, 1]
        pixels[m, 2] = pairs[m, 2]
    for c in range(3):
        row[3 * last + c] = values[6 * last + c]


@inner
def load_strip(source, layout, first, buffer):
    """Load the padded rows [first, first + len(buffer)) that any tap reads."""
    for r in range(buffer.shape[0]):
        if layout.used[r % layout.stride]:
            load_row(source, layout.rows[first + r], layout, buffer[r])


@inner
def part_of(height, part, parts):
    """Return the first row of a part of an image, and the row after its last."""
    return height * part // parts, height * (part + 1) // parts


@inner
def load_pieces(source, layout, first, left, count, buffer):
    """Load columns `left` to `left + count` of padded rows, as many as the buffer has.

    Only layouts of one run have more than one piece.
    """
    for r in range(buffer.shape[0]):
        position, row = layout.rows[first + r], buffer[r, :count]
        if not layout.used[r % layout.stride]:
            continue
        if position < 0:
            row[:] = layout.fill
        elif layout.step > 1:
            load_values(source[position], layout, layout.fill, row)
        else:
            _load_piece(source[position], layout, left, row)


@inner
def _load_piece(values, layout, left, row):
    start, stop, first = layout.runs[0, 0], layout.runs[0, 1], layout.runs[0, 2]
    begin = min(max(start - left, 0), row.size)
    end = max(min(stop - left, row.size), begin)
    for j in range(begin):
        row[j] = values[layout.columns[left + j]] if layout.columns[left + j] >= 0 else layout.fill
    put_row(row, begin, values, first + left + begin - start, end - begin)
    for j in range(end, row.size):
        row[j] = values[layout.columns[left + j]] if layout.columns[left + j] >= 0 else layout.fill
