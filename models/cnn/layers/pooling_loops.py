"""The loops of the pooling layers, forward beside backward; the batch is innermost."""

import numpy as np

from ....compiled.kinds import array
from ....compiled.loop import emitted, inner, loop
from .loops import numbers

Windows = tuple[int, int, int]

# Numbers of the innermost axis that are compared at a time: one vector, or two.
BLOCK = 16


@loop
def max_pool(x: numbers(4), rows: Windows, columns: Windows, y: numbers(4),
             winners: array(4, "int32")):  # fmt: skip
    """Set y to the maximum of each window, and winners to its place in the window.

    x : (C, H, W, N); y, winners : (C, OH, OW, N); rows, columns : (size,
    stride, before). NaN wins; of equals the first.
    """
    channels, height, width, _ = x.shape
    (tall, row_step, above), (wide, column_step, left) = rows, columns
    for c in range(channels):
        for i in range(y.shape[1]):
            for j in range(y.shape[2]):
                best, which = y[c, i, j], winners[c, i, j]
                best[:] = -np.inf
                which[:] = 0
                top, side = i * row_step - above, j * column_step - left
                for a in range(max(top, 0), min(top + tall, height)):
                    for b in range(max(side, 0), min(side + wide, width)):
                        _keep_larger(x[c, a, b], (a - top) * wide + b - side, best, which)


@inner
def _keep_larger(row, place, best, which):
    place = np.int32(place)
    for n in range(len(row)):
        larger = (row[n] > best[n]) | (row[n] != row[n])
        best[n] = row[n] if larger else best[n]
        which[n] = place if larger else which[n]


@loop
def max_pool_backward(dy: numbers(4), winners: array(4, "int32"), rows: Windows,
                      columns: Windows, dx: numbers(4)):  # fmt: skip
    """Add each window's dy to dx where its maximum was."""
    channels, height, width, _ = dx.shape
    (tall, row_step, above), (wide, column_step, left) = rows, columns
    dx[:] = 0
    for c in range(channels):
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                top, side = i * row_step - above, j * column_step - left
                for a in range(max(top, 0), min(top + tall, height)):
                    for b in range(max(side, 0), min(side + wide, width)):
                        place = (a - top) * wide + b - side
                        _add_where(dy[c, i, j], winners[c, i, j], place, dx[c, a, b])


@inner
def _add_where(row, which, place, total):
    place = np.int32(place)
    for n in range(len(row)):
        value, found = row[n], which[n]
        total[n] += value if found == place else total.dtype.type(0)


@loop
def max_pool_pairs(x: numbers(4), y: numbers(4), winners: array(4, "int32")):
    """Do what `max_pool` does, for windows of 2x2 pixels side by side.

    A loop of its own because it is what networks use. 6 channels of 28x28
    pixels of 32 pictures took 163 us with `max_pool`, 85 to 150 us with loops
    over the batch, however they compared (their vector part is made for 64
    numbers and more), and 13 us with blocks of a fixed length.
    """
    for c in range(y.shape[0]):
        for i in range(y.shape[1]):
            for j in range(y.shape[2]):
                top, bottom = x[c, 2 * i, 2 * j : 2 * j + 2], x[c, 2 * i + 1, 2 * j : 2 * j + 2]
                best, which = y[c, i, j], winners[c, i, j]
                blocks = len(best) // BLOCK * BLOCK
                for n in range(0, blocks, BLOCK):
                    m = n + BLOCK
                    _largest_block(top[0, n:m], top[1, n:m], bottom[0, n:m], bottom[1, n:m],
                                   best[n:m], which[n:m])  # fmt: skip
                for n in range(blocks, len(best)):
                    _largest(top[0, n:], top[1, n:], bottom[0, n:], bottom[1, n:],
                             best[n:], which[n:], 0)  # fmt: skip


@inner
def _largest_block(first, second, third, fourth, best, which):
    for n in range(BLOCK):
        _largest(first, second, third, fourth, best, which, n)


@inner
def _largest(first, second, third, fourth, best, which, n):
    a, b, c, d = first[n], second[n], third[n], fourth[n]
    place = np.int32(0)
    larger = (b > a) | (b != b)
    a, place = b if larger else a, np.int32(1) if larger else place
    larger = (c > a) | (c != c)
    a, place = c if larger else a, np.int32(2) if larger else place
    larger = (d > a) | (d != d)
    best[n] = d if larger else a
    which[n] = np.int32(3) if larger else place


@loop
def max_pool_pairs_backward(dy: numbers(4), winners: array(4, "int32"), dx: numbers(4)):
    """Set dx to each window's dy where its maximum was, 0 elsewhere."""
    _, height, width, batch = dx.shape
    if (height % 2) | (width % 2):
        dx[:] = 0
    for c in range(dy.shape[0]):
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                at = ((c * dy.shape[1] + i) * dy.shape[2] + j) * batch
                top = ((c * height + 2 * i) * width + 2 * j) * batch
                share_out(dy, winners, at, dx, top, top + width * batch, batch)


@emitted(".llvm_pooling:share_out")
def share_out(dy, winners, at, dx, top, bottom, length):
    """Set two pixels from `top` and two from `bottom` on in dx to dy where they won, else to 0.

    Of all arrays only the flat order counts; a pixel is `length` numbers. In LLVM's terms
    because the compiler unrolls a block of 16 and does not vectorise it then: of 6 channels
    of 28x28 pixels of 32 pictures 465 us, and 28 us so.
    """
    dy, winners, dx = dy.reshape(-1), winners.reshape(-1), dx.reshape(-1)
    upper, which = dy[at : at + length], winners[at : at + length]
    for place, start in enumerate((top, top + length, bottom, bottom + length)):
        dx[start : start + length] = np.where(which == place, upper, 0)


@loop
def sum_pool(x: numbers(4), rows: Windows, columns: Windows, shares: array(2, "float64"),
             y: numbers(4)):  # fmt: skip
    """Set y to the sum of each window's pixels, times its share.

    x : (C, H, W, N); y : (C, OH, OW, N); shares : (OH, OW).
    """
    channels, height, width, _ = x.shape
    (tall, row_step, above), (wide, column_step, left) = rows, columns
    y[:] = 0
    for c in range(channels):
        for i in range(y.shape[1]):
            for j in range(y.shape[2]):
                top, side = i * row_step - above, j * column_step - left
                share = x.dtype.type(shares[i, j])
                for a in range(max(top, 0), min(top + tall, height)):
                    for b in range(max(side, 0), min(side + wide, width)):
                        _add_share(x[c, a, b], share, y[c, i, j])


@loop
def sum_pool_backward(dy: numbers(4), rows: Windows, columns: Windows,
                      shares: array(2, "float64"), dx: numbers(4)):  # fmt: skip
    """Add each window's dy, times its share, to all its pixels in dx."""
    channels, height, width, _ = dx.shape
    (tall, row_step, above), (wide, column_step, left) = rows, columns
    dx[:] = 0
    for c in range(channels):
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                top, side = i * row_step - above, j * column_step - left
                share = dx.dtype.type(shares[i, j])
                for a in range(max(top, 0), min(top + tall, height)):
                    for b in range(max(side, 0), min(side + wide, width)):
                        _add_share(dy[c, i, j], share, dx[c, a, b])


@inner
def _add_share(row, share, total):
    for n in range(len(row)):
        total[n] += share * row[n]
