"""Order statistics of windows, compiled.

Rows are read straight from the picture where no border is near, else from a copy; of
float32 always from a copy, as whole numbers in the same order (their "keys").

Medians of small squares run through a sorting network, all else bit by bit; both in
vector registers, by neighbouring results at a time. Windows of bytes too large for that
stand in bisection_loops.py.
"""

from typing import NamedTuple

import numpy as np

from ..compiled.kinds import array
from ..compiled.loop import emitted, inner, loop, prange
from ..compiled.views import flat
from .row_loops import part_of
from .strips import Layout
from .window_loops import copy_rows, inside, pick_row, sees_outside

Whole = ("uint8", "uint16", "uint32")
Picture = array(2, *Whole, like="number")
Row = array(1, *Whole, like="number")
Rows = array(2, *Whole, like="number")

# Results along a row that are found together: their columns stay in the first-level cache.
CHUNK = 4096
# Rows of results that share copied rows.
STRIP = 16
# Numbers beyond a buffer's row that may be read, and beyond a result that may be written.
SLACK = 64


@emitted(".llvm_ranks:find_row")
def find_row(y, y_at, x, places, taps, wanted, one, bits, length):
    """Put the value of rank `wanted` in each of a row of windows into y.

    Of all arrays only the flat order counts. Window j has the values
    x[places[k] + j] for k below `taps`, which is below the greatest number that x can
    hold. `one` is 1, and of the numbers the lower `bits` may be set.

    Found from its highest bit on: a bit is set if the window then has no more values below
    the result than the rank allows. 12 MP uint8 on two cores (Zen 5), 9x9 and 15x15: 24
    and 62 ms; comparing into mask registers 53 and 135; rows of counts in memory 60 and 140.
    """
    x = x.reshape(-1)
    seen = np.stack([x[places[k] :][:length] for k in range(taps)])
    y.reshape(-1)[y_at : y_at + length] = np.sort(seen, axis=0)[int(wanted)]


@emitted(".llvm_ranks:median_row")
def median_row(y, y_at, x, places, ordered, pitch, channels, size, length):
    """Put the median of each of a row of windows of size x size pixels into y.

    Of all arrays only the flat order counts. Window j has the pixels
    x[places[size * u] + v * channels + j]. `ordered` is scratch: `size` rows, a pitch
    apart. A vector is the least that is read and written.
    """
    x = x.reshape(-1)
    seen = np.stack([x[place:][:length] for place in places[: size * size]])
    y.reshape(-1)[y_at : y_at + length] = np.sort(seen, axis=0)[size * size // 2]


@inner
def _median(y, y_at, x, places, ordered, pitch, channels, size, length):
    if size == 3:
        median_row(y, y_at, x, places, ordered, pitch, channels, 3, length)
    elif size == 5:
        median_row(y, y_at, x, places, ordered, pitch, channels, 5, length)
    elif size == 7:
        median_row(y, y_at, x, places, ordered, pitch, channels, 7, length)
    else:
        median_row(y, y_at, x, places, ordered, pitch, channels, 9, length)


class Window(NamedTuple):
    """What is found: `network` is its size where it is a median that a network finds, else 0.

    `bits` are those of a number, and `keyed` says that they are of a float32. Of the results
    along a row every pick-th pixel is kept.
    """

    rows: int
    columns: int
    network: int
    bits: int
    keyed: bool
    pick: int


@inner
def _to_keys(rows):
    """Turn the bits of float32 numbers into whole numbers in the same order."""
    for j in range(rows.size):
        bits = rows[j]
        rows[j] = bits ^ (np.uint32(0x80000000) | (np.uint32(0) - (bits >> np.uint32(31))))


@inner
def _from_keys(row):
    for j in range(row.size):
        key = row[j]
        row[j] = key ^ (np.uint32(0x80000000) | ((key >> np.uint32(31)) - np.uint32(1)))


@inner
def _places_inside(layout, top, left, pitch, window, places):
    """List where the pixels lie in the source that the window at a row and a column sees."""
    first = layout.runs[0, 2] + left - layout.runs[0, 0]
    for u in range(window.rows):
        begin = layout.rows[top + u] * pitch + first
        for v in range(window.columns):
            places[u * window.columns + v] = begin + v * layout.channels


@inner
def _places_copied(first, channels, pitch, window, places):
    for u in range(window.rows):
        for v in range(window.columns):
            places[u * window.columns + v] = (first + u) * pitch + v * channels


@inner
def _find(y, y_at, x, places, window, channels, wanted, ordered, length):
    """Put one row of order statistics into y: by a network of a size, or without one by bits."""
    if window.network > 0:
        pitch = ordered.size // window.network
        _median(y, y_at, x, places, ordered, pitch, channels, window.network, length)
    else:
        find_row(y, y_at, x, places, places.size, wanted[0], wanted[1], window.bits, length)


@inner
def _find_rows(source, layout, window, wanted, start, count, left, n, copied, places, seen,
               ordered, line, out):  # fmt: skip
    """Find `count` rows of `n` results, from row `start` and column `left` on."""
    channels, unit = layout.channels, window.pick * layout.channels
    at, kept = left // unit * channels, (n + unit - 1) // unit * channels
    x = seen if copied else flat(source)
    for i in range(count):
        if copied:
            pitch = n + (window.columns - 1) * channels
            _places_copied(i * layout.stride, channels, pitch, window, places)
        else:
            _places_inside(
                layout, (start + i) * layout.stride, left, source.shape[1], window, places
            )
        straight = unit == channels and n >= SLACK and not window.keyed
        y, place = (flat(out), (start + i) * out.shape[1] + at) if straight else (line, 0)
        _find(y, place, x, places, window, channels, wanted, ordered, n)
        if window.keyed:
            _from_keys(line[:n])
        if not straight:
            pick_row(line, window.pick, channels, out[start + i, at : at + kept])


@inner
def _copy(source, layout, window, outside, top, count, left, n, seen):
    """Copy what `count` rows of `n` results see."""
    depth = (count - 1) * layout.stride + window.rows
    length = n + (window.columns - 1) * layout.channels
    copy_rows(source, layout, top, depth, left, length, outside, seen, length)
    if window.keyed:
        _to_keys(seen[: depth * length])


@loop
def rank(source: Picture, layout: Layout, window: Window, wanted: Row, outside: Row,
         places: array(2, "int64"), seen: Rows, ordered: Rows, line: Rows,
         out: Picture):  # fmt: skip
    """Fill out (n, OW*C) with the value of rank `wanted` in every window of source (H, W*C).

    `wanted` has two items, the rank and 1, `outside` one, what lies beyond a constant
    border. Scratch, for each part: places (pixels of a window,), seen (what a strip of
    results sees of `line`'s width,), ordered (rows of a network * line,), line (a chunk,).
    """
    unit = window.pick * layout.channels
    width = (out.shape[1] // layout.channels - 1) * unit + layout.channels
    chunk = max(CHUNK // unit, 1) * unit
    begin, end = _direct(layout, window, width, unit)
    for p in prange(seen.shape[0]):
        first, last = part_of(out.shape[0], p, seen.shape[0])
        for start in range(first, last, layout.strip):
            count, top = min(layout.strip, last - start), start * layout.stride
            made_up = sees_outside(layout, top, (count - 1) * layout.stride + window.rows)
            left = np.int64(0)  # a literal would have all compiled twice
            while left < width:
                n = _next(left, begin, end, width, chunk, unit)
                copied = made_up or left < begin or left >= end
                if copied:
                    _copy(source, layout, window, outside[0], top, count, left, n, seen[p])
                _find_rows(source, layout, window, wanted, start, count, left, n, copied,
                           places[p], seen[p], ordered[p], line[p], out)  # fmt: skip
                left += n


@inner
def _direct(layout, window, width, unit):
    """Return which results are found from the source itself: from the first to before the last."""
    begin, end = inside(layout, (window.columns - 1) * layout.channels, width)
    begin = (begin + unit - 1) // unit * unit
    end = begin + max(end - begin, 0) // unit * unit
    if window.keyed or unit > CHUNK // 4 or end - begin < SLACK:
        return width, width
    return begin, end


@inner
def _next(left, begin, end, width, chunk, unit):
    """Return how many results are found next: a chunk, or up to where a border begins or ends.

    Nothing is left that would be less than a vector.
    """
    stop = begin if left < begin else end if left < end else width
    n = stop - left
    if n <= chunk:
        return n
    return chunk if n - chunk >= SLACK or n < 2 * unit else n // 2 // unit * unit
