"""Order statistics of large windows of bytes by histograms that slide along, compiled.

A column's histogram loses a pixel above and gains one below, and the window's loses a
column on the left and gains one on the right, so that the time does not grow with the
window (Perreault and Hebert 2007). Counts are running: of values up to 15, up to 31, ...,
and within each sixteen up to the first, the second, ... So a value is found by comparing
sixteen counts at a time, and a pixel comes or goes by adding a row of a table. Of the
window's counts within a sixteen those are brought up to date that are asked for.

The columns are taken in chunks, so that their histograms stay in the cache.
"""

from ..compiled.kinds import array
from ..compiled.loop import emitted, inner, loop, prange
from .row_loops import part_of
from .strips import Layout
from .window_loops import see_row

# Pixels along a row whose columns' histograms, 272 bytes each, are held at a time.
CHUNK = 448
NEVER = -(1 << 40)


@emitted(".llvm_ranks:move_counts")
def move_counts(counts, at, x, new, old):
    """Add sixteen numbers of x, and take others away: from `new` and from `old` on."""
    counts[at : at + 16] += x[new : new + 16]
    counts[at : at + 16] -= x[old : old + 16]


@emitted(".llvm_ranks:count_up_to")
def count_up_to(counts, at, most):
    """Return how many of sixteen counts are at most a number."""
    return int((counts[at : at + 16] <= most).sum())


@inner
def _enter_and_leave(columns, column, steps, new, old):
    """Let one pixel enter a column's histogram and another leave it."""
    at = column * 272
    move_counts(columns, at, steps, (new >> 4) * 16, (old >> 4) * 16)
    move_counts(columns, at + 16 + (new & 240), steps, (new & 15) * 16, 256)
    move_counts(columns, at + 16 + (old & 240), steps, 256, (old & 15) * 16)


@inner
def _fill_columns(source, layout, first, rows, left, fill, row, channel, steps, columns):
    """Make the columns' histograms of some rows."""
    columns[:] = 0
    for u in range(rows):
        see_row(source, layout, first + u, left, fill, row)
        for j in range(row.size // layout.channels):
            value, at = int(row[j * layout.channels + channel]), j * 272
            move_counts(columns, at, steps, (value >> 4) * 16, 256)
            move_counts(columns, at + 16 + (value & 240), steps, (value & 15) * 16, 256)


@inner
def _update(high, j, width, columns, window, seen, nothing):
    """Bring the window's counts within a sixteen up to date."""
    at, last = 16 + high * 16, seen[high]
    if j - last >= width:
        window[at : at + 16] = 0
        for v in range(j, j + width):
            move_counts(window, at, columns, v * 272 + at, nothing)
    else:
        for v in range(last, j):
            move_counts(window, at, columns, (v + width) * 272 + at, v * 272 + at)
    seen[high] = j


@inner
def _find_row(columns, width, wanted, window, seen, nothing, pick, channels, out):
    """Find one row of values of one channel; `out` begins at the channel's first."""
    window[:16] = 0
    seen[:] = NEVER
    for v in range(width - 1):
        move_counts(window, 0, columns, v * 272, nothing)
    for m in range((out.size + channels - 1) // channels):
        j = m * pick
        if m == 0:
            move_counts(window, 0, columns, (width - 1) * 272, nothing)
        else:
            for v in range(j - pick, j):
                move_counts(window, 0, columns, (v + width) * 272, v * 272)
        high = count_up_to(window, 0, wanted)
        below = int(window[high - 1]) if high else 0
        _update(high, j, width, columns, window, seen, nothing)
        out[m * channels] = high * 16 + count_up_to(window, 16 + high * 16, wanted - below)


@loop
def rank_of_bytes(
    source: array(2, "uint8"), layout: Layout, rows: int, width: int, wanted: int, pick: int,
    outside: array(1, "uint8"), steps: array(1, "uint8"), lines: array(3, "uint8"),
    columns: array(2, "uint8"), window: array(2, "uint16"), seen: array(2, "int64"),
    out: array(2, "uint8"),
):  # fmt: skip
    """Fill out (n, OW*C) with the value of rank `wanted` in windows of rows x width pixels.

    `steps` (17 * 16,) is what a value of 0 to 15 adds to running counts, and nothing.
    Scratch, for each part: lines (2, what a chunk sees,), columns (272 for each of its
    pixels and nothing), window (272,), seen (16,).
    """
    channels = layout.channels
    pixels, chunk = out.shape[1] // channels, max(CHUNK // pick, 1)
    for p in prange(lines.shape[0]):
        first, last = part_of(out.shape[0], p, lines.shape[0])
        for left in range(0, pixels, chunk):
            n = min(chunk, pixels - left)
            length = (n - 1) * pick + width
            begin = left * pick * channels
            new, old = lines[p, 0, : length * channels], lines[p, 1, : length * channels]
            for channel in range(channels):
                held = columns[p, : length * 272]
                _fill_columns(source, layout, first * layout.stride, rows, begin, outside[0], new,
                              channel, steps, held)  # fmt: skip
                for i in range(first, last):
                    if i > first:
                        for r in range((i - 1) * layout.stride, i * layout.stride):
                            see_row(source, layout, r + rows, begin, outside[0], new)
                            see_row(source, layout, r, begin, outside[0], old)
                            _slide(new, old, channel, channels, steps, held)
                    found = out[i, left * channels + channel : (left + n) * channels]
                    nothing = columns.shape[1] - 16
                    _find_row(columns[p], width, wanted, window[p], seen[p], nothing, pick,
                              channels, found)  # fmt: skip


@inner
def _slide(new, old, channel, channels, steps, columns):
    """Move all columns' histograms down by a row."""
    for j in range(new.size // channels):
        at = j * channels + channel
        _enter_and_leave(columns, j, steps, int(new[at]), int(old[at]))
