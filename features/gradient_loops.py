"""The gradient of pictures, row by row, compiled."""

import numpy as np

from ..jit import borrowing_loop


@borrowing_loop
def load_row(images, channels, task, y, start, span, rows):
    """Copy columns start - 1 ... start + span of one row of each picture, channel by channel."""
    width = images.shape[2] // channels
    low, high = max(start - 1, 0), min(start + span + 1, width)
    for n in range(task[0], task[1]):
        at = (n - task[0]) * (span + 2) + 2 + low - start
        for c in range(channels):
            target = rows[c, at : at + high - low]
            if channels == 1:
                source = images[n, y, low:high]
                for j in range(target.size):
                    target[j] = source[j]
            else:
                spread = images[n, y, low * channels + c : high * channels : channels]
                for j in range(target.size):
                    target[j] = spread[j]


@borrowing_loop
def differences(above, here, below, level, task, start, span, width, gx, gy):
    """Put the gradient of one channel into gx and gy; across the picture's border it is 0."""
    left, right = here[: gx.size], here[2 : 2 + gx.size]
    for j in range(gx.size):
        gx[j] = right[j] - left[j]
    for p in range(task[1] - task[0]):
        at = p * (span + 2) + 1
        if start == 0:
            gx[at] = 0
        if start + span == width:
            gx[at + span - 1] = 0
    if level:
        gy[:] = 0
    else:
        up, down = above[1 : 1 + gy.size], below[1 : 1 + gy.size]
        for j in range(gy.size):
            gy[j] = down[j] - up[j]


@borrowing_loop
def keep_stronger(gx, gy, best_x, best_y):
    """Replace the pixels where this channel's gradient is stronger, or not a number.

    The lengths are rounded to float32 from float64, so that rounding alone
    never prefers a channel: of equal ones the first is kept.
    """
    for j in range(gx.size):
        x, y = np.float64(gx[j]), np.float64(gy[j])
        u, v = np.float64(best_x[j]), np.float64(best_y[j])
        here, best = np.float32(np.sqrt(x * x + y * y)), np.float32(np.sqrt(u * u + v * v))
        if here > best or here != here:
            best_x[j], best_y[j] = gx[j], gy[j]


@borrowing_loop
def keep_stronger_squares(gx, gy, best_x, best_y):
    """As `keep_stronger`, with the squares of lengths, as OpenCV compares them."""
    for j in range(gx.size):
        x, y = np.float64(gx[j]), np.float64(gy[j])
        u, v = np.float64(best_x[j]), np.float64(best_y[j])
        here, best = np.float32(x * x + y * y), np.float32(u * u + v * v)
        if here > best or here != here:
            best_x[j], best_y[j] = gx[j], gy[j]


@borrowing_loop
def load_field(field, task, y, start, span, row):
    """Copy columns start ... start + span - 1 of one row of each picture's gradients.

    What lies beyond the picture is left as it is, and counts nothing: zero at first.
    """
    low, high = max(start, 0), min(start + span, field.shape[2])
    for n in range(task[0], task[1]):
        at = (n - task[0]) * (span + 2) + 1 + low - start
        source = field[n, y, low:high]
        target = row[at : at + source.size]
        for j in range(target.size):
            target[j] = source[j]
