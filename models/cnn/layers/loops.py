"""The loops of the layers, forward beside backward.

All arrays have the batch innermost, (C, H, W, N), so that a line of an image
over the whole batch is one contiguous row of W*N numbers, and a window's tap is
that row, shifted. These loops run on one thread each; the batch is shared out
above them.
"""

from typing import NamedTuple

import numpy as np

from ....compiled.kinds import array
from ....compiled.loop import inner, loop
from ....compiled.tiles import multiply_rows, weigh_rows

# The side of the squares in which a matrix is turned: lines of them fit the nearest cache.
SQUARE = 16


def numbers(dimensions: int):
    """Return the kind of an array of a network's numbers: float64 is for checking gradients."""
    return array(dimensions, "float32", "float64", like="numbers")


class Taps(NamedTuple):
    """The rows of a weighted sum.

    Output line i begins at lines[i] of the source and takes taps firsts[i] to
    lasts[i]; tap k is offsets[k] further, its weight at places[k] of an output
    channel's weights, which are `step` apart.
    """

    lines: array(1, "int64")
    firsts: array(1, "int64")
    lasts: array(1, "int64")
    offsets: array(1, "int64")
    places: array(1, "int64")
    step: int


@loop
def spread_columns(x: numbers(4), before: int, padded: numbers(5)):
    """Set padded (C, H, S, Q, N) to x (C, H, W, N), its columns by their remainder by S.

    `before` columns on the left, and what is left on the right, stay as they are.
    """
    stride, apart = padded.shape[2], padded.shape[3]
    for c in range(x.shape[0]):
        for i in range(x.shape[1]):
            for j in range(x.shape[2]):
                place = j + before
                if place < stride * apart:
                    _copy(x[c, i, j], padded[c, i, place % stride, place // stride])


@loop
def spread_pixels(dy: numbers(4), strides: tuple[int, int], left: int, spread: numbers(4)):
    """Put the pixels of dy (F, OH, OW, N) into spread (F, SH, SW, N), strides apart.

    What lies between them, and `left` columns on the left, stays as it is.
    """
    for f in range(dy.shape[0]):
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                _copy(dy[f, i, j], spread[f, i * strides[0], left + j * strides[1]])


@inner
def _copy(row, out):
    for n in range(len(row)):
        out[n] = row[n]


@loop
def weigh(x: numbers(1), taps: Taps, weight: numbers(1), bias: numbers(1), groups: int,
          y: numbers(3)):  # fmt: skip
    """Set each line of y (F, lines, length) to bias plus a weighted sum of shifted rows of x.

    x, weight : flat, one part for each group of channels; bias : (F,) or longer.
    What convolutions and dense layers do forward, and back to their input, is this one
    loop with other taps. It takes seconds to compile, so there is one.
    """
    filters, count, length = y.shape[0] // groups, y.shape[1], y.shape[2]
    for g in range(groups):
        first, source = g * filters, g * (x.size // groups)
        own, begin = weight[g * (weight.size // groups) :], bias[first:]
        for i in range(count):
            weigh_rows(y, (first * count + i) * length, count * length, begin, x,
                       source + taps.lines[i], taps.offsets, taps.firsts[i], taps.lasts[i], own,
                       taps.places, taps.step, filters, length)  # fmt: skip


@loop
def multiply(dy: numbers(3), x: numbers(1), x_line: int, taps: Taps, tops: array(1, "int64"),
             bottoms: array(1, "int64"), groups: int, dweight: numbers(1)):  # fmt: skip
    """Add to dweight what dy says of it: the gradient of `weigh`.

    dy : (F, OH, OW * N); x, dweight : flat; x_line : from one line of windows to
    the next; kernel row u meets lines tops[u] to bottoms[u] of dy.
    """
    filters, count, length = dy.shape[0] // groups, dy.shape[1], dy.shape[2]
    taps_a_row = len(taps.offsets) // len(tops)
    for g in range(groups):
        source = g * (x.size // groups)
        own = dweight[g * filters * taps.step :]
        for u in range(len(tops)):
            top = tops[u]
            multiply_rows(own, taps.step, dy, (g * filters * count + top) * length,
                          count * length, length, x, source + taps.lines[top], x_line,
                          taps.offsets, taps.places, u * taps_a_row, (u + 1) * taps_a_row,
                          filters, bottoms[u] - top, length)  # fmt: skip


@loop
def add_lines(dy: numbers(3), dbias: numbers(1)):
    """Add all numbers of each channel of dy (F, lines, length) to dbias (F,)."""
    for f in range(dy.shape[0]):
        total = dbias[f]
        for i in range(dy.shape[1]):
            row = dy[f, i]
            for j in range(dy.shape[2]):
                total += row[j]
        dbias[f] = total


@loop
def turn(x: numbers(2), across: numbers(2)):
    """Set across to x with rows and columns exchanged."""
    rows, columns = x.shape
    for top in range(0, rows, SQUARE):
        for left in range(0, columns, SQUARE):
            for j in range(left, min(left + SQUARE, columns)):
                for i in range(top, min(top + SQUARE, rows)):
                    across[j, i] = x[i, j]


@loop
def add(x: numbers(1), total: numbers(1)):
    """Add x to total."""
    for k in range(len(x)):
        total[k] += x[k]


@loop
def rectify(x: numbers(1), y: numbers(1)):
    """Set y to x where it is above 0, else to 0; NaN stays."""
    for n in range(len(x)):
        value = x[n]
        y[n] = x.dtype.type(0) if value <= 0 else value


@loop
def rectify_backward(dy: numbers(1), y: numbers(1), dx: numbers(1)):
    """Set dx to dy where y is above 0, else to 0; all flat."""
    for n in range(len(dy)):
        upper, value = dy[n], y[n]
        dx[n] = upper if value > 0 else dy.dtype.type(0)


@loop
def batch_norm(x: numbers(2), weight: numbers(1), bias: numbers(1), epsilon: float,
               mean: numbers(1), variance: numbers(1), y: numbers(2)):  # fmt: skip
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


@loop
def batch_norm_backward(dy: numbers(2), x: numbers(2), weight: numbers(1), epsilon: float,
                        mean: numbers(1), variance: numbers(1), dweight: numbers(1),
                        dbias: numbers(1), dx: numbers(2)):  # fmt: skip
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
