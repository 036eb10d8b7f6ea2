"""The gradient of pictures, row by row, compiled.

A row of a piece is held as `step` rows of lanes: number v of lane l is column
``l * step + v`` of the piece. So whatever happens alike to every unit of histograms
happens alike to every lane. Before the first such row stand the columns just left of
each lane's, and after the last those just right.
"""

import numpy as np

from ..compiled.loop import emitted, inner


@inner
def load_row(images, channels, task, y, start, step, lanes, rows):
    """Copy what a piece sees of one row of each picture, channel by channel.

    Parameters
    ----------
    images : ndarray, (N, H, W * C)
    channels : int
        C.
    task : ndarray, (6,) int64
    y : int
        The row.
    start : int
        The piece's first column.
    step, lanes : int
        Columns of a lane, and lanes of a picture.
    rows : ndarray, (C, (step + 2) * all lanes)
    """
    width, pitch = images.shape[2] // channels, rows.shape[1] // (step + 2)
    count = min(lanes * step, width - start)
    for n in range(task[0], task[1]):
        begin = ((n * images.shape[1] + y) * width + start) * channels
        spread(rows, (n - task[0]) * lanes, pitch, images, begin, step, channels, count)
    for c in range(channels):
        row = rows[c]
        before, first = row[:pitch], row[pitch : 2 * pitch]
        last, after = row[step * pitch : (step + 1) * pitch], row[(step + 1) * pitch :]
        for j in range(pitch - 1):
            before[j + 1] = last[j]
            after[j] = first[j + 1]
        for n in range(task[0], task[1]):
            # A picture's first and last lane have their neighbours in the picture.
            at, end = (n - task[0]) * lanes, start + lanes * step
            if start > 0:
                before[at] = images[n, y, (start - 1) * channels + c]
            if end < width:
                after[at + lanes - 1] = images[n, y, end * channels + c]


@emitted(".llvm_lanes:spread")
def spread(rows, at, pitch, images, begin, step, channels, count):
    """Write some columns of a row of a picture lane by lane, and channel by channel.

    Of both arrays only the flat order counts. For channel c and column x below `count`

        rows[(c*(step + 2) + x % step + 1)*pitch + at + x // step] =
            images[begin + x*channels + c]

    In LLVM's terms, because it is a transposition, which takes shuffled vectors.
    """
    x = np.arange(count)
    for c in range(channels):
        places = (c * (step + 2) + x % step + 1) * pitch + at + x // step
        rows.reshape(-1)[places] = images.reshape(-1)[begin + x * channels + c]


@inner
def differences(above, here, below, level, gx, gy):
    """Put the gradient of one channel into gx and gy, all of them flat rows."""
    lanes = (here.size - gx.size) // 2
    left, right = here[: gx.size], here[2 * lanes : 2 * lanes + gx.size]
    for j in range(gx.size):
        gx[j] = right[j] - left[j]
    if level:
        gy[:] = 0
    else:
        up, down = above[lanes : lanes + gy.size], below[lanes : lanes + gy.size]
        for j in range(gy.size):
            gy[j] = down[j] - up[j]


@inner
def flatten_borders(task, start, width, step, lanes, gx):
    """Make the gradient across the pictures' left and right borders 0."""
    last, pitch = width - 1 - start, gx.size // step
    for n in range(task[1] - task[0]):
        if start == 0:
            gx[n * lanes] = 0
        if last < lanes * step:
            gx[last % step * pitch + n * lanes + last // step] = 0


@inner
def strengths(gx, gy, root, strength):
    """Put what channels are compared by into strength: lengths, or their squares, as OpenCV.

    They are rounded to float32 from float64, so that rounding alone never prefers a
    channel: of equal ones the first is kept.
    """
    if root:
        for j in range(gx.size):
            x, y = np.float64(gx[j]), np.float64(gy[j])
            strength[j] = np.float32(np.sqrt(x * x + y * y))
    else:
        for j in range(gx.size):
            x, y = np.float64(gx[j]), np.float64(gy[j])
            strength[j] = np.float32(x * x + y * y)


@inner
def strengths_of_bytes(gx, gy, strength):
    """As `strengths`: the squares of what 8 bits hold are exact, and no two roots equal."""
    for j in range(gx.size):
        x, y = np.float32(gx[j]), np.float32(gy[j])
        strength[j] = x * x + y * y


@emitted(".llvm_edges:keep_stronger")
def keep_stronger(gx, gy, strength, best_x, best_y, best):
    """Replace the pixels where this channel's gradient is stronger, or not a number.

    The size of the arrays is a multiple of a vector's. In LLVM's terms, because a compiler
    writes with masked stores, or number by number: both take longer than all else.
    """
    stronger = (strength > best) | np.isnan(strength)
    for new, kept in ((gx, best_x), (gy, best_y), (strength, best)):
        kept[stronger] = new[stronger]


@inner
def load_field(field, task, y, start, step, lanes, row):
    """Copy what a piece sees of one row of each picture's gradients.

    What lies beyond the picture is left as it is, and counts nothing: zero at first.
    """
    low, high = max(start, 0), min(start + lanes * step, field.shape[2])
    pitch = row.size // step
    for n in range(task[0], task[1]):
        at = (n - task[0]) * lanes
        source = field[n, y]
        for x in range(low, high):
            row[(x - start) % step * pitch + at + (x - start) // step] = source[x]
