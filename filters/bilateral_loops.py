"""The bilateral filter, compiled: a window of weights that depend on the pixels.

The range weight exp(-x) is (1 - y + y^2/2 - y^3/6)^64 with y = x / 64: off by less
than 2e-7 of 1, and nothing but multiply-adds, so that it is vectorised.
"""

import numpy as np
from numba import prange

from ..jit import parallel_loop, serial_loop


@serial_loop
def _fall(x):
    """Return exp(-64 x)."""
    y = min(x, np.float32(1))
    power = np.float32(1) - y * (np.float32(1) - y * (np.float32(0.5) - y * np.float32(1 / 6)))
    power *= power
    power *= power
    power *= power
    power *= power
    power *= power
    return power * power


@serial_loop
def _weigh_gray(centre, seen, near, decay, total, weights):
    for j in range(total.size):
        difference = seen[j] - centre[j]
        weight = near * _fall(decay * difference * difference)
        weights[j] += weight
        total[j] += weight * seen[j]


@serial_loop
def _add_absolute(centre, seen, distance):
    for j in range(distance.size):
        distance[j] += np.abs(seen[j] - centre[j])


@serial_loop
def _add_squared(centre, seen, distance):
    for j in range(distance.size):
        difference = seen[j] - centre[j]
        distance[j] += difference * difference


@serial_loop
def _weights_of(distance, squared, near, decay, weight, weights):
    for j in range(weight.size):
        x = distance[j] if squared else distance[j] * distance[j]
        weight[j] = near * _fall(decay * x)
        weights[j] += weight[j]


@serial_loop
def _add_weighted(weight, seen, total):
    for j in range(total.size):
        total[j] += weight[j] * seen[j]


@serial_loop
def _divide(total, weights, out):
    for j in range(out.size):
        out[j] = total[j] / weights[j]


@serial_loop
def _split(frame, channels, planes):
    """Copy interleaved rows to a plane for each channel."""
    for r in range(frame.shape[0]):
        for c in range(channels):
            source, row = frame[r, c::channels], planes[c, r]
            for j in range(row.size):
                row[j] = source[j]


@serial_loop
def _join(total, weights, channels, out):
    for c in range(channels):
        row, given = out[c::channels], total[c]
        for j in range(weights.size):
            row[j] = given[j] / weights[j]


@parallel_loop
def bilateral_gray(frame, rows, columns, near, decay, radius, strip, out):
    """Fill out (OH, OW) from frame (OH + 2 radius, OW + 2 radius).

    `rows`, `columns` and `near` list the window's positions and spatial weights;
    `decay` is 1 / (128 sigma^2) of the range.
    """
    height, width = out.shape
    for s in prange((height + strip - 1) // strip):
        start = s * strip
        count = min(strip, height - start)
        planes = np.empty((1, count + 2 * radius, frame.shape[1]), np.float32)
        total, weights = np.empty(width, np.float32), np.empty(width, np.float32)
        _split(frame[start : start + count + 2 * radius], 1, planes)
        for i in range(count):
            total[:] = 0
            weights[:] = 0
            centre = planes[0, i + radius, radius : radius + width]
            for t in range(near.size):
                seen = planes[0, i + rows[t], columns[t] : columns[t] + width]
                _weigh_gray(centre, seen, near[t], decay, total, weights)
            _divide(total, weights, out[start + i])


@parallel_loop
def bilateral_colour(frame, channels, rows, columns, near, decay, squared, radius, strip, out):
    """Like `bilateral_gray`; all channels of out (OH, OW*C) share a pixel's weights."""
    height, width = out.shape[0], out.shape[1] // channels
    for s in prange((height + strip - 1) // strip):
        start = s * strip
        count = min(strip, height - start)
        planes = np.empty((channels, count + 2 * radius, frame.shape[1] // channels), np.float32)
        total, weights = np.empty((channels, width), np.float32), np.empty(width, np.float32)
        distance, weight = np.empty(width, np.float32), np.empty(width, np.float32)
        _split(frame[start : start + count + 2 * radius], channels, planes)
        for i in range(count):
            total[:] = 0
            weights[:] = 0
            for t in range(near.size):
                distance[:] = 0
                for c in range(channels):
                    centre = planes[c, i + radius, radius : radius + width]
                    seen = planes[c, i + rows[t], columns[t] : columns[t] + width]
                    if squared:
                        _add_squared(centre, seen, distance)
                    else:
                        _add_absolute(centre, seen, distance)
                _weights_of(distance, squared, near[t], decay, weight, weights)
                for c in range(channels):
                    seen = planes[c, i + rows[t], columns[t] : columns[t] + width]
                    _add_weighted(weight, seen, total[c])
            _join(total, weights, channels, out[start + i])
