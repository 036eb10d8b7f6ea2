"""The loops of the layers, forward beside backward.

All arrays have the batch innermost, (C, H, W, N), so that a line of an image
over the whole batch is one contiguous row of W*N numbers, and a window's tap is
that row, shifted. These loops run on one thread each; the batch is shared out
above them.
"""

import numpy as np

from ....filters.tiles import multiply_rows, weigh_rows
from ....jit import serial_loop


@serial_loop
def convolve(x, padded, before, taps, weight, bias, groups, y):
    """Set y to bias plus the weighted sums of every window of x.

    x : (C, H, W, N); padded : (C, H, S, Q, N), filled here with x's columns by
    their remainder by the stride S, zeros at the sides, and needed by
    `convolve_backward`; before : columns of zeros on the left, -1 if padded is
    x itself; taps : Taps; weight : flat; bias : (F,); y : (F, OH, OW * N).
    """
    if before >= 0:
        _spread_columns(x, padded, before)
    for g in range(groups):
        own = slice(g * len(y) // groups, (g + 1) * len(y) // groups)
        part = slice(g * len(x) // groups, (g + 1) * len(x) // groups)
        first = own.start * taps.step
        _weigh(padded[part].reshape(-1), taps, weight[first:], bias[own], y[own])


@serial_loop
def _spread_columns(x, padded, before):
    stride, apart = padded.shape[2], padded.shape[3]
    for c in range(x.shape[0]):
        for i in range(x.shape[1]):
            for j in range(x.shape[2]):
                place = j + before
                if place < stride * apart:
                    padded[c, i, place % stride, place // stride] = x[c, i, j]


@serial_loop
def _weigh(x, taps, weight, start, y):
    """Set each line of y to start plus a weighted sum of shifted rows of x."""
    filters, count, length = y.shape
    for i in range(count):
        weigh_rows(y.reshape(-1), i * length, count * length, start, x, taps.lines[i],
                   taps.offsets, taps.firsts[i], taps.lasts[i], weight, taps.places, taps.step,
                   filters, length)  # fmt: skip


@serial_loop
def convolve_backward(dy, padded, taps, row_step, tops, bottoms, groups, dweight, dbias):
    """Add to dweight and dbias what dy says of them.

    dy : (F, OH, OW * N); padded : as `convolve` left it; row_step : of the
    windows; kernel row u meets lines tops[u] to bottoms[u] of dy; dweight :
    flat; dbias : (F,).
    """
    filters, count, length = len(dy) // groups, dy.shape[1], dy.shape[2]
    channels, x_line = len(padded) // groups, padded[0, 0].size * row_step
    group = len(taps.offsets) // len(tops)
    for f in range(len(dy)):
        total = dbias[f]
        for i in range(count):
            row = dy[f, i]
            for j in range(length):
                total += row[j]
        dbias[f] = total
    for g in range(groups):
        x = padded[g * channels : (g + 1) * channels].reshape(-1)
        upper = dy[g * filters : (g + 1) * filters].reshape(-1)
        for u in range(len(tops)):
            top = tops[u]
            multiply_rows(dweight[g * filters * taps.step :], taps.step, upper, top * length,
                          count * length, length, x, taps.lines[top], x_line, taps.offsets,
                          taps.places, u * group, (u + 1) * group, filters, bottoms[u] - top,
                          length)  # fmt: skip


@serial_loop
def convolve_input_gradient(dy, spread, strides, left, taps, weight, zeros, groups, dx):
    """Set dx to the weighted sums of the windows that saw each pixel.

    dy : (F, OH, OW, N); spread : (F, SH, SW, N), filled here with dy, zeros
    between its pixels and at the sides; strides : of the windows; left : columns
    of zeros, -1 if spread is dy itself; taps : Taps; weight : flat; zeros : (C,);
    dx : (C, H, W * N).
    """
    if left >= 0:
        for f in range(dy.shape[0]):
            for i in range(dy.shape[1]):
                for j in range(dy.shape[2]):
                    spread[f, i * strides[0], left + j * strides[1]] = dy[f, i, j]
    filters = len(dy) // groups
    for g in range(groups):
        own = slice(g * len(dx) // groups, (g + 1) * len(dx) // groups)
        source = spread[g * filters : (g + 1) * filters].reshape(-1)
        # Weights of this group: a filter has (channels of a group) * step of them.
        first = own.start * taps.step * filters
        _weigh(source, taps, weight[first:], zeros[own], dx[own])


@serial_loop
def dense(x, weight, bias, y):
    """Set y (O, N) to bias (O,) plus weight (O, I) times x (I, N)."""
    _product(weight.reshape(-1), weight.shape[1], 1, x, bias, y)


@serial_loop
def _product(a, row, place, b, start, out):
    """Set out to start plus the sum over k of a[r*row + k*place] * b[k]."""
    taps = np.arange(len(b))
    weigh_rows(out.reshape(-1), 0, out.shape[1], start, b.reshape(-1), 0, taps * b.shape[1],
               0, len(b), a, taps * place, row, out.shape[0], out.shape[1])  # fmt: skip


@serial_loop
def dense_backward(dy, x, weight, dweight, dbias, across, product, zeros, dx):
    """Add to dweight (O, I) and dbias (O,), and set dx (I, N), which may be empty.

    across : (N, I) and product : (O, I) are scratch, zeros : (max(O, I),).
    """
    for o in range(dy.shape[0]):
        total = dbias[o]
        for n in range(dy.shape[1]):
            total += dy[o, n]
        dbias[o] = total
    # The rows of dweight sum the rows of x turned, one for each picture.
    across[:] = x.T
    _product(dy.reshape(-1), dy.shape[1], 1, across, zeros, product)
    old, new = dweight.reshape(-1), product.reshape(-1)
    for k in range(len(old)):
        old[k] += new[k]
    if len(dx):
        _product(weight.reshape(-1), 1, weight.shape[1], dy, zeros, dx)


@serial_loop
def rectify_backward(dy, y, dx):
    """Set dx to dy where y is above 0, else to 0; all flat."""
    for n in range(len(dy)):
        upper, value = dy[n], y[n]
        dx[n] = upper if value > 0 else dy.dtype.type(0)


@serial_loop
def batch_norm(x, weight, bias, epsilon, mean, variance, y):
    """Set mean and variance of each channel, and y to the channels made standard.

    x, y : (C, M); the others (C,).
    """
    count = x.shape[1]
    for c in range(len(x)):
        row, out = x[c], y[c]
        total = x.dtype.type(0)
        for m in range(count):
            total += row[m]
        centre = total / count
        total = x.dtype.type(0)
        for m in range(count):
            total += (row[m] - centre) * (row[m] - centre)
        mean[c], variance[c] = centre, total / count
        scale = weight[c] / np.sqrt(variance[c] + epsilon)
        for m in range(count):
            out[m] = (row[m] - centre) * scale + bias[c]


@serial_loop
def batch_norm_backward(dy, x, weight, epsilon, mean, variance, dweight, dbias, dx):
    """Add to dweight and dbias, and set dx, through mean and variance as well."""
    count = x.shape[1]
    for c in range(len(x)):
        row, upper, out, centre = x[c], dy[c], dx[c], mean[c]
        inverse = 1 / np.sqrt(variance[c] + epsilon)
        plain, along = x.dtype.type(0), x.dtype.type(0)
        for m in range(count):
            plain += upper[m]
            along += upper[m] * (row[m] - centre)
        dbias[c] += plain
        dweight[c] += along * inverse
        scale = weight[c] * inverse
        shift, slope = plain / count, along * inverse * inverse / count
        for m in range(count):
            out[m] = scale * (upper[m] - shift - (row[m] - centre) * slope)
