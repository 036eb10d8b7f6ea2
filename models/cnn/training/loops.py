"""Loops that put pictures together into batches, and that move the parameters."""

import numpy as np

from ....jit import serial_loop


@serial_loop
def gather(images, picks, shifts, flips, factor, offset, x):
    """Set x[c, :, :, n] to picture picks[n], shifted, flipped and normalised.

    images : (M, H, W, C) uint8; shifts : (N, 2), rows and columns; flips : (N,)
    bool; factor, offset : (C,); x : (C, H, W, N). Outside a picture its edge goes on.
    """
    channels, height, width, count = x.shape
    # Line by line, so that what is written stays in the nearest cache.
    for i in range(height):
        for n in range(count):
            down, right, flip = shifts[n, 0], shifts[n, 1], flips[n]
            row = images[picks[n], min(max(i - down, 0), height - 1)]
            for j in range(width):
                place = min(max(j - right, 0), width - 1)
                place = width - 1 - place if flip else place
                for c in range(channels):
                    x[c, i, j, n] = row[place, c] * factor[c] + offset[c]


@serial_loop
def gather_warped(images, picks, warps, factor, offset, x):
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


@serial_loop
def count_levels(images, counts):
    """Add to counts (C, 256) how often each value stands in a channel of images (M, H, W, C)."""
    for image in images:
        for row in image:
            for pixel in row:
                for c in range(len(pixel)):
                    counts[c, pixel[c]] += 1


@serial_loop
def descend(vector, gradient, velocity, rate, decay, momentum, nesterov):
    """One step of stochastic gradient descent, all in one pass; see `Sgd`."""
    for k in range(len(vector)):
        slope = gradient[k] + decay[k] * vector[k]
        velocity[k] = momentum * velocity[k] + slope
        vector[k] -= rate * (slope + momentum * velocity[k] if nesterov else velocity[k])


@serial_loop
def descend_adaptively(vector, gradient, first, second, rate, decay, betas, corrections, epsilon):
    """One step of AdamW, all in one pass; see `AdamW`."""
    (keep_first, keep_second), (size, scale) = betas, corrections
    for k in range(len(vector)):
        slope = gradient[k]
        first[k] += (1 - keep_first) * (slope - first[k])
        second[k] += (1 - keep_second) * (slope * slope - second[k])
        root = np.sqrt(second[k]) * scale + epsilon
        vector[k] -= rate * decay[k] * vector[k] + rate * size * first[k] / root
