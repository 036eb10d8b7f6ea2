"""Rows as windows see them, compiled: in their own dtype, and straight from the picture inside.

A `Layout` has its columns at a stride of 1 here; of the results along a row every
pick-th pixel is kept.
"""

from ..compiled.loop import inner


@inner
def inside(layout, reach, width):
    """Return which results, from the first to before the last, see nothing beside the picture.

    `reach` is how far the window's last column is from its first.
    """
    start = min(layout.runs[0, 0], width)
    return start, max(min(layout.runs[0, 1] - reach, width), start)


@inner
def sees_outside(layout, top, depth):
    """Say whether one of some rows is made up."""
    found = False
    for r in range(top, top + depth):
        found |= layout.rows[r] < 0
    return found


@inner
def _look_up(values, columns, fill, row):
    for j in range(row.size):
        row[j] = values[columns[j]] if columns[j] >= 0 else fill


@inner
def copy_row(values, layout, start, fill, row):
    """Copy what a row of windows sees from its column `start` on."""
    first = min(max(layout.runs[0, 0] - start, 0), row.size)
    last = max(min(layout.runs[0, 1] - start, row.size), first)
    columns = layout.columns[start:]
    _look_up(values, columns, fill, row[:first])
    if last > first:
        seen, middle = values[columns[first] :], row[first:last]
        for j in range(middle.size):
            middle[j] = seen[j]
    _look_up(values, columns[last:], fill, row[last:])


@inner
def see_row(source, layout, number, start, fill, row):
    """Copy what windows see of one row from its column `start` on."""
    if layout.rows[number] < 0:
        row[:] = fill
    else:
        copy_row(source[layout.rows[number]], layout, start, fill, row)


@inner
def copy_rows(source, layout, top, depth, start, count, fill, rows, pitch):
    """Copy what windows see of some rows, `count` numbers from column `start` on.

    `rows` is flat, and a row begins every `pitch` numbers.
    """
    for u in range(depth):
        see_row(source, layout, top + u, start, fill, rows[u * pitch :][:count])


@inner
def pick_row(values, pick, channels, row):
    """Take every pick-th pixel."""
    if pick == 1:
        for j in range(row.size):
            row[j] = values[j]
    else:
        for m in range(row.size // channels):
            for c in range(channels):
                row[m * channels + c] = values[m * pick * channels + c]
