"""The loops of the pooling layers, forward beside backward; the batch is innermost."""

import numpy as np

from ....jit import serial_loop

# Numbers of the innermost axis that are compared at a time: one vector, or two.
BLOCK = 16


@serial_loop
def max_pool(x, rows, columns, y, winners):
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


@serial_loop
def _keep_larger(row, place, best, which):
    place = np.int32(place)
    for n in range(len(row)):
        larger = (row[n] > best[n]) | (row[n] != row[n])
        best[n] = row[n] if larger else best[n]
        which[n] = place if larger else which[n]


@serial_loop
def max_pool_backward(dy, winners, rows, columns, dx):
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


@serial_loop
def _add_where(row, which, place, total):
    place = np.int32(place)
    for n in range(len(row)):
        value, found = row[n], which[n]
        total[n] += value if found == place else total.dtype.type(0)


@serial_loop
def max_pool_pairs(x, y, winners):
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


@serial_loop
def _largest_block(first, second, third, fourth, best, which):
    for n in range(BLOCK):
        _largest(first, second, third, fourth, best, which, n)


@serial_loop
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


@serial_loop
def max_pool_pairs_backward(dy, winners, dx):
    """Set dx to each window's dy where its maximum was, 0 elsewhere."""
    if (dx.shape[1] % 2) | (dx.shape[2] % 2):
        dx[:] = 0
    for c in range(dy.shape[0]):
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                top, bottom = dx[c, 2 * i, 2 * j : 2 * j + 2], dx[c, 2 * i + 1, 2 * j : 2 * j + 2]
                _share_out(dy[c, i, j], winners[c, i, j], np.int32(0), top[0])
                _share_out(dy[c, i, j], winners[c, i, j], np.int32(1), top[1])
                _share_out(dy[c, i, j], winners[c, i, j], np.int32(2), bottom[0])
                _share_out(dy[c, i, j], winners[c, i, j], np.int32(3), bottom[1])


@serial_loop
def _share_out(upper, which, place, out):
    blocks = len(upper) // BLOCK * BLOCK
    for n in range(0, blocks, BLOCK):
        m = n + BLOCK
        _share_block(upper[n:m], which[n:m], place, out[n:m])
    for n in range(blocks, len(upper)):
        out[n] = upper[n] if which[n] == place else 0


@serial_loop
def _share_block(upper, which, place, out):
    for n in range(BLOCK):
        # Read before it is known whether it is wanted, so that there is no branch.
        value, found = upper[n], which[n]
        out[n] = value if found == place else out.dtype.type(0)


@serial_loop
def sum_pool(x, rows, columns, shares, y):
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


@serial_loop
def sum_pool_backward(dy, rows, columns, shares, dx):
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


@serial_loop
def _add_share(row, share, total):
    for n in range(len(row)):
        total[n] += share * row[n]
