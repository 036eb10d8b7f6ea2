"""The least and the greatest value of windows, compiled.

Of two neighbours, then of two such pairs, and so on: along every row first, then down.
"""

from ..compiled.kinds import array
from ..compiled.loop import inner, loop, prange
from .row_loops import part_of
from .strips import Layout
from .window_loops import pick_row, see_row

Numbers = ("uint8", "uint16", "float32")
Picture = array(2, *Numbers, like="number")
Row = array(1, *Numbers, like="number")
Buffers = array(3, *Numbers, like="number")

# Columns worked on at a time.
CHUNK = 2048


@inner
def _greater(a, b, out):
    for j in range(out.size):
        # A NaN is unequal to itself: it is taken, and then stays.
        x, y = a[j], b[j]
        out[j] = x if (x > y) | (x != x) else y


@inner
def _lesser(a, b, out):
    for j in range(out.size):
        x, y = a[j], b[j]
        out[j] = x if (x < y) | (x != x) else y


@inner
def _better(a, b, greatest, out):
    if greatest:
        _greater(a, b, out)
    else:
        _lesser(a, b, out)


@inner
def _extreme_along(row, spare, size, channels, greatest, out):
    """Put the extreme of `size` neighbours along a row into out; the row is used up."""
    reach, n = 1, row.size
    while 2 * reach <= size:
        n -= reach * channels
        _better(row[:n], row[reach * channels :][:n], greatest, spare[:n])
        row, spare = spare, row
        reach *= 2
    n = out.size
    _better(row[:n], row[(size - reach) * channels :][:n], greatest, out)


@inner
def _extreme_down(buffer, depth, size, greatest):
    """Let every row be the extreme of the rows from it on; return of how many."""
    reach = 1
    while 2 * reach <= size:
        depth -= reach
        for r in range(depth):
            _better(buffer[r], buffer[r + reach], greatest, buffer[r])
        reach *= 2
    return reach


@loop
def extreme(source: Picture, layout: Layout, rows: int, columns: int, greatest: bool, pick: int,
            outside: Row, buffers: Buffers, lines: Buffers, out: Picture):  # fmt: skip
    """Fill out (n, OW*C) with the greatest or the least value of every window of source.

    Scratch, for each part: buffers (rows that a strip sees, columns of a chunk), lines (2,
    columns that a chunk sees).
    """
    channels, unit = layout.channels, pick * layout.channels
    width = (out.shape[1] // channels - 1) * unit + channels
    chunk = max(CHUNK // unit, 1) * unit
    for p in prange(buffers.shape[0]):
        first, last = part_of(out.shape[0], p, buffers.shape[0])
        for start in range(first, last, layout.strip):
            count = min(layout.strip, last - start)
            depth = (count - 1) * layout.stride + rows
            for left in range(0, width, chunk):
                n = min(chunk, width - left)
                buffer, seen = buffers[p, :, :n], n + (columns - 1) * channels
                row, spare = lines[p, 0, :seen], lines[p, 1, :seen]
                for r in range(depth):
                    see_row(source, layout, start * layout.stride + r, left, outside[0], row)
                    _extreme_along(row, spare, columns, channels, greatest, buffer[r])
                reach = _extreme_down(buffer, depth, rows, greatest)
                at, kept = left // unit * channels, (n + unit - 1) // unit * channels
                for i in range(count):
                    a = buffer[i * layout.stride]
                    b = buffer[i * layout.stride + rows - reach]
                    _better(a, b, greatest, a)
                    pick_row(a, pick, channels, out[start + i, at : at + kept])
