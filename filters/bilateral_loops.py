"""The bilateral filter, compiled: a window of weights that depend on the pixels.

The range weight exp(-x) is (1 - y + y^2/2 - y^3/6)^64 with y = x / 64: off by less
than 8e-7 of 1, and nothing but multiply-adds, so that it is vectorised. A pixel's sums
stay in registers, spelled in LLVM's terms as in vector_loops.py: RGB takes 0.8 of
OpenCV's time so, and took 1.7 with a loop along the row for each place of the window.
"""

import numpy as np

from ..compiled.kinds import Single, array
from ..compiled.loop import emitted, inner, loop, prange
from ..compiled.views import table
from .row_loops import load_row, part_of
from .strips import Layout, Places, Weights


@emitted(".llvm_bilateral:blur_row")
def blur_row(y, y_pitch, x, x_pitch, centre, offsets, near, taps, decay, length,
                      channels, squared):  # fmt: skip
    """Blur one row of pixels in planes, `x_pitch` apart; `centre` is the first pixel's place.

    y gets `channels` planes, `y_pitch` apart. `offsets` and `near` are the places of the
    window, counted from its middle, and their weights; `decay` is 1 / (128 sigma^2) of
    the range.
    """
    x, y = x.reshape(-1), y.reshape(-1)
    begins = centre + x_pitch * np.arange(channels)
    middle = np.stack([x[at : at + length] for at in begins])
    total, weights = np.zeros_like(middle), np.zeros(length, np.float32)
    for k in range(taps):
        seen = np.stack([x[at + offsets[k] :][:length] for at in begins])
        apart = np.abs(seen - middle)
        distance = (apart**2).sum(axis=0) if squared else apart.sum(axis=0) ** 2
        weight = near[k] * np.exp(-64 * np.float32(decay) * distance)
        weights += weight
        total += weight * seen
    for c in range(channels):
        y[c * y_pitch : c * y_pitch + length] = total[c] / weights


@inner
def _exp_of(x):
    """Return exp(-64 x) as the loops in registers do."""
    y = min(x, np.float32(1))
    power = np.float32(0.5) - y * np.float32(1 / 6)
    power = np.float32(1) - y * power
    power = np.float32(1) - y * power
    for _ in range(6):
        power *= power
    return power


@inner
def _blur_any(result, planes, pitch, centre, offsets, near, decay, squared):
    """Blur a row of pixels of any number of channels, one after the other."""
    n, none = result.shape[0], np.float32(0)
    for j in range(result.shape[1]):
        weights = none
        for c in range(n):
            result[c, j] = 0
        for k in range(near.size):
            distance = none
            for c in range(n):
                at = c * pitch + centre + j
                apart = planes[at + offsets[k]] - planes[at]
                distance += apart * apart if squared else abs(apart)
            distance = distance if squared else distance * distance
            weight = near[k] * _exp_of(decay * distance)
            weights += weight
            for c in range(n):
                result[c, j] += weight * planes[c * pitch + centre + j + offsets[k]]
        for c in range(n):
            result[c, j] /= weights


@inner
def _split(row, channels, planes, pitch, at):
    """Copy an interleaved row to a place in a plane for each channel."""
    n = row.size // channels
    if channels == 1:
        to = planes[at : at + n]
        for j in range(n):
            to[j] = row[j]
    elif channels == 3:
        pixels = table(row, 3)
        first, second = planes[at : at + n], planes[pitch + at : pitch + at + n]
        third = planes[2 * pitch + at : 2 * pitch + at + n]
        for j in range(n):
            first[j], second[j], third[j] = pixels[j, 0], pixels[j, 1], pixels[j, 2]
    else:
        for c in range(channels):
            for j in range(n):
                planes[c * pitch + at + j] = row[j * channels + c]


@inner
def _join(planes, pick, out):
    channels = planes.shape[0]
    pixels = table(out, channels)
    for c in range(channels):
        given = planes[c, ::pick]
        for j in range(pixels.shape[0]):
            pixels[j, c] = given[j]


@inner
def _blur(result, planes, pitch, centre, offsets, near, decay, squared):
    """Blur a row by the loop for its channels and its distance."""
    n, width, taps = result.shape[0], result.shape[1], near.size
    if n == 1:
        blur_row(result, width, planes, pitch, centre, offsets, near, taps, decay, width, 1, 1)
    elif n == 3 and squared:
        blur_row(result, width, planes, pitch, centre, offsets, near, taps, decay, width, 3, 1)
    elif n == 3:
        blur_row(result, width, planes, pitch, centre, offsets, near, taps, decay, width, 3, 0)
    else:
        _blur_any(result, planes, pitch, centre, offsets, near, decay, squared)


@loop
def bilateral(source: array(2, "uint8", "uint16", "float32"), layout: Layout, offsets: Places,
              near: Weights, decay: Single, squared: bool, size: int, pick: int,
              rows: array(2, "float32"), planes: array(2, "float32"),
              results: array(3, "float32"), out: array(2, "float32")):  # fmt: skip
    """Fill out (n, OW*C) with windows of size x size pixels of source, smoothed.

    `offsets` and `near` list the window's places, counted from its middle in a plane, and
    their weights; `decay` is 1 / (128 sigma^2) of the range. All channels share a pixel's
    weights. Scratch, for each part: rows (columns of the layout,), planes (channels * what
    a strip sees of one,), results (channels, results at every column).
    """
    channels, radius = layout.channels, size // 2
    width = layout.columns.size // channels
    for p in prange(planes.shape[0]):
        first, last = part_of(out.shape[0], p, planes.shape[0])
        pitch = planes.shape[1] // channels
        for start in range(first, last, layout.strip):
            count = min(layout.strip, last - start)
            for r in range((count - 1) * layout.stride + size):
                load_row(source, layout.rows[start * layout.stride + r], layout, rows[p])
                _split(rows[p], channels, planes[p], pitch, r * width)
            for i in range(count):
                centre = (i * layout.stride + radius) * width + radius
                _blur(results[p], planes[p], pitch, centre, offsets, near, decay, squared)
                _join(results[p], pick, out[start + i])
