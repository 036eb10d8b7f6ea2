"""PNG's row filters undone, compiled: every byte needs the one before."""

from ..jit import serial_loop


@serial_loop
def _paeth(left, above, corner):
    guess = left + above - corner
    a, b, c = abs(guess - left), abs(guess - above), abs(guess - corner)
    if a <= b and a <= c:
        return left
    return above if b <= c else corner


@serial_loop
def unfilter(kinds, rows, step):
    """Undo the filter of every row in place; `step` is the bytes of a pixel."""
    height, width = rows.shape
    for i in range(height):
        kind = kinds[i]
        if kind == 0:
            continue
        for j in range(width):
            left = int(rows[i, j - step]) if j >= step else 0
            above = int(rows[i - 1, j]) if i > 0 else 0
            corner = int(rows[i - 1, j - step]) if i > 0 and j >= step else 0
            if kind == 1:
                guess = left
            elif kind == 2:
                guess = above
            elif kind == 3:
                guess = (left + above) // 2
            else:
                guess = _paeth(left, above, corner)
            rows[i, j] = (int(rows[i, j]) + guess) & 255
