"""Loops that put pictures together into batches, and that move the parameters."""

import numpy as np

from ....compiled.kinds import array
from ....compiled.loop import loop
from ..layers.loops import numbers


@loop
def gather(images: array(4, "uint8"), picks: array(1, "int64"), shifts: array(2, "int64"),
           flips: array(1, "bool"), factor: array(1, "float32"), offset: array(1, "float32"),
           x: array(4, "float32")):  # fmt: skip
    """Set x[c, :, :, n] to picture picks[n], shifted, flipped and normalised.

    images : (M, H, W, C) uint8; shifts : (N, 2), rows and columns; flips : (N,)
    bool; factor, offset : (C,); x : (C, H, W, N). Outside a picture its edge goes on.
    """
    channels, height, width, count = x.shape
    # Line by line, so that what is written stays in the nearest cache.
    for i in range(height):
        for n in range(count):
            line, right = min(max(i - shifts[n, 0], 0), height - 1), shifts[n, 1]
            # The columns that lie inside the picture; beside them its edge goes on.
            low, high = min(max(right, 0), width), max(min(width + right, width), 0)
            last, step = (width - 1, -1) if flips[n] else (0, 1)
            for c in range(channels):
                row, out = images[picks[n], line, :, c], x[c, i, :, n]
                for j in range(low):
                    out[j] = row[last] * factor[c] + offset[c]
                for j in range(low, high):
                    out[j] = row[last + step * (j - right)] * factor[c] + offset[c]
                for j in range(max(low, high), width):
                    out[j] = row[last + step * (width - 1)] * factor[c] + offset[c]


@loop
def gather_warped(images: array(4, "uint8"), picks: array(1, "int64"),
                  warps: array(3, "float32"), factor: array(1, "float32"),
                  offset: array(1, "float32"), x: array(4, "float32")):  # fmt: skip
    """Set x[c, :, :, n] to picture picks[n], warped, interpolated and normalised.

    warps : (N, 2, 3); pixel (i, j) shows the picture at warps[n] @ (i, j, 1),
    between pixels linearly. Outside a picture its edge goes on.
    """
    channels, height, width, count = x.shape
    for n in range(count):
        image, warp = images[picks[n]], warps[n]
        for i in range(height):
            for j in range(width):
                a = warp[0, 0] * i + warp[0, 1] * j + warp[0, 2]
                b = warp[1, 0] * i + warp[1, 1] * j + warp[1, 2]
                a = min(max(a, np.float32(0)), np.float32(height - 1))
                b = min(max(b, np.float32(0)), np.float32(width - 1))
                top, left = int(a), int(b)
                low, side = min(top + 1, height - 1), min(left + 1, width - 1)
                a, b = a - top, b - left
                for c in range(channels):
                    upper = image[top, left, c] * (1 - b) + image[top, side, c] * b
                    lower = image[low, left, c] * (1 - b) + image[low, side, c] * b
                    x[c, i, j, n] = (upper * (1 - a) + lower * a) * factor[c] + offset[c]


@loop
def count_levels(images: array(4, "uint8"), counts: array(2, "int64")):
    """Add to counts (C, 256) how often each value stands in a channel of images (M, H, W, C)."""
    count, height, width, channels = images.shape
    for m in range(count):
        for i in range(height):
            for j in range(width):
                for c in range(channels):
                    counts[c, images[m, i, j, c]] += 1


@loop
def descend(vector: numbers(1), gradient: numbers(1), velocity: numbers(1), decay: numbers(1),
            factors: numbers(1), nesterov: bool):  # fmt: skip
    """One step of stochastic gradient descent, all in one pass; see `Sgd`.

    factors : rate and momentum.
    """
    rate, momentum = factors[0], factors[1]
    for k in range(len(vector)):
        slope = gradient[k] + decay[k] * vector[k]
        velocity[k] = momentum * velocity[k] + slope
        vector[k] -= rate * (slope + momentum * velocity[k] if nesterov else velocity[k])


@loop
def descend_adaptively(vector: numbers(1), gradient: numbers(1), first: numbers(1),
                       second: numbers(1), decay: numbers(1), factors: numbers(1)):  # fmt: skip
    """One step of AdamW, all in one pass; see `AdamW`.

    factors : rate, both betas, what makes up for the averages' beginning, and epsilon.
    """
    rate, keep_first, keep_second = factors[0], factors[1], factors[2]
    size, scale, epsilon = factors[3], factors[4], factors[5]
    for k in range(len(vector)):
        slope = gradient[k]
        first[k] += (1 - keep_first) * (slope - first[k])
        second[k] += (1 - keep_second) * (slope * slope - second[k])
        root = np.sqrt(second[k]) * scale + epsilon
        vector[k] -= rate * decay[k] * vector[k] + rate * size * first[k] / root
