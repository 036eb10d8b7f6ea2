"""HoG, compiled: votes into histograms, histograms into normalised blocks.

A vote is not scattered into its bin. Every pixel row becomes, for each bin, a
row of weights (a difference and a clamp a pixel, 16 pixels at a time), and
these rows are added up over the rows of a unit; only the sums are then folded
over columns. Whole votes are the same with weights 0 and 1, so one set of loops
serves every preset. Narrow pictures lie side by side in one row.

Every histogram is summed by one thread in one order: the result is the same to
the last bit for any number of threads.

Measured on one core (Zen 5), 12 MP uint8 gray: skimage preset 31 ms for the
histograms and 15 ms for the blocks, dalal-triggs 47 and 5 ms; whole votes
scattered bin by bin take 57 ms on two cores. Folding one row of 64 blocks:
4.8 us as it is; 12.9 us with the weights of a cell not contiguous; 14.9 us with
the columns outermost and the blocks as lanes; 73 us with the bins as lanes.
"""

import numpy as np
from numba import prange

from ..jit import parallel_loop, serial_loop

# Rows are worked on in whole multiples of this, so that a pixel is never left
# to the scalar end of a vectorised loop, which may round otherwise.
WHOLE = 64

QUARTER = np.float32(np.pi / 2)
HALF = np.float32(np.pi)


@serial_loop
def _load_row(images, channels, task, y, start, span, rows):
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


@serial_loop
def _differences(above, here, below, level, task, start, span, width, gx, gy):
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


@serial_loop
def _keep_stronger(gx, gy, strength, best, best_x, best_y):
    """Replace the pixels where this channel's gradient is stronger, or not a number.

    The lengths are rounded to float32 from float64, so that rounding alone
    never prefers a channel: of equal ones the first is kept.
    """
    for j in range(gx.size):
        x, y = np.float64(gx[j]), np.float64(gy[j])
        strength[j] = np.sqrt(x * x + y * y)
    for j in range(gx.size):
        if strength[j] > best[j] or strength[j] != strength[j]:
            best[j], best_x[j], best_y[j] = strength[j], gx[j], gy[j]


@serial_loop
def _count_edges(gx, gy, how, lower, position):
    """Put the number of the bin that each gradient falls into into position.

    A gradient is turned into the upper half circle. There it is at or beyond
    a bin's edge if the cross product says so: no arc tangent, and exact where
    a gradient of whole numbers can lie upon an edge.
    """
    for j in range(gx.size):
        x, y = gx[j], gy[j]
        turned = y < 0 or (y == 0 and x < 0)
        gx[j], gy[j] = (-x, -y) if turned else (x, y)
        lower[j] = how.signed and turned
        position[j] = 0
    for k in range(how.edges.shape[0]):
        cosine, sine = how.edges[k, 0], how.edges[k, 1]
        if how.edges[k, 2] == 0:
            for j in range(gx.size):
                beyond = gy[j] * cosine - gx[j] * sine >= 0
                position[j] += np.float32(beyond | lower[j])
        else:
            for j in range(gx.size):
                beyond = gy[j] * cosine - gx[j] * sine >= 0
                position[j] += np.float32(beyond & lower[j])


@serial_loop
def _interpolate_angle(gx, gy, how, position):
    """Put where each gradient lies between bin centres into position, in [0, bins).

    The arc tangent is a polynomial on [0, 1], fitted for the least largest
    error: 1e-7 radians.
    """
    scale = np.float32(how.bins / (2 * np.pi if how.signed else np.pi))
    whole = np.float32(how.bins)
    for j in range(gx.size):
        x, y = np.float32(gx[j]), np.float32(gy[j])
        across, down = abs(x), abs(y)
        steep = down > across
        high, low = (down, across) if steep else (across, down)
        t = low / (high if high > 0 else np.float32(1))
        s = t * t
        angle = t * _arc_tangent(s)
        angle = QUARTER - angle if steep else angle
        angle = HALF - angle if x < 0 else angle
        if how.signed:
            angle = 2 * HALF - angle if y < 0 else angle
        else:
            angle = HALF - angle if y < 0 else angle
        at = angle * scale - np.float32(0.5)
        position[j] = at + whole if at < 0 else at


@serial_loop
def _arc_tangent(s):
    """Return arctan(t) / t for s = t * t in [0, 1]."""
    sum_ = np.float32(-0.004054564051330090)
    sum_ = sum_ * s + np.float32(0.021862946450710297)
    sum_ = sum_ * s + np.float32(-0.055912312120199203)
    sum_ = sum_ * s + np.float32(0.096421964466571810)
    sum_ = sum_ * s + np.float32(-0.139086291193962100)
    sum_ = sum_ * s + np.float32(0.199465662240982060)
    sum_ = sum_ * s + np.float32(-0.333298593759536740)
    return sum_ * s + np.float32(0.999999344348907500)


@serial_loop
def _weights(position, magnitude, b, bins, vote):
    """Put what each pixel gives to bin b into vote."""
    one = np.float32(1)
    if b == 0:
        # Beyond the last bin's centre comes the first bin again.
        last = np.float32(bins - 1)
        for j in range(vote.size):
            at = position[j]
            share = max(one - at, at - last)
            vote[j] = magnitude[j] * (share if share > 0 else np.float32(0))
    else:
        centre = np.float32(b)
        for j in range(vote.size):
            share = one - abs(position[j] - centre)
            vote[j] = magnitude[j] * (share if share > 0 else np.float32(0))


@serial_loop
def _add(weight, vote, total):
    for j in range(total.size):
        total[j] += weight * vote[j]


@serial_loop
def _fold(sums, how, task, i, span, out):
    """Sum the finished rows of unit row i over the columns of each unit, and clear them."""
    cells, unit_columns = how.column_weights.shape
    for n in range(task[0], task[1]):
        base = (n - task[0]) * (span + 2) + 1
        for j in range(task[4], task[5]):
            at = base + (j - task[4]) * how.step[1]
            for r in range(sums.shape[0]):
                for b in range(how.bins):
                    row = sums[r, b, at : at + unit_columns]
                    for c in range(cells):
                        weights = how.column_weights[c]
                        total = np.float32(0)
                        for v in range(unit_columns):
                            total += weights[v] * row[v]
                        out[n, i, j, r, c, b] = total
    sums[:] = 0


@serial_loop
def _piece(images, channels, task, how, out):
    """Fill the histograms of some pictures' units, given by task."""
    cell_rows, unit_rows = how.row_weights.shape
    height, width = images.shape[1], images.shape[2] // channels
    start = task[4] * how.step[1]
    span = (task[5] - task[4] - 1) * how.step[1] + how.column_weights.shape[1]
    first = task[2] * how.step[0]
    last = (task[3] - 1) * how.step[0] + unit_rows
    size = -(-(task[1] - task[0]) * (span + 2) // WHOLE) * WHOLE

    exact = how.edges.dtype
    rows = np.zeros((3, channels, size + 2), exact)
    gx, gy = np.empty(size, exact), np.empty(size, exact)
    best_x, best_y = np.empty(size, exact), np.empty(size, exact)
    best = np.empty(size, np.float32)
    lower = np.empty(size, np.bool_)
    position = np.empty(size, np.float32)
    magnitude = np.empty(size, np.float32)
    vote = np.empty(size, np.float32)
    open_units = -(-unit_rows // how.step[0])
    sums = np.zeros((open_units, cell_rows, how.bins, size), np.float32)

    _load_row(images, channels, task, max(first - 1, 0), start, span, rows[(first - 1) % 3])
    _load_row(images, channels, task, first, start, span, rows[first % 3])
    for y in range(first, last):
        _load_row(images, channels, task, min(y + 1, height - 1), start, span, rows[(y + 1) % 3])
        above, here, below = rows[(y - 1) % 3], rows[y % 3], rows[(y + 1) % 3]
        level = y == 0 or y == height - 1
        if channels == 1:
            _differences(
                above[0], here[0], below[0], level, task, start, span, width, best_x, best_y
            )
        else:
            best[:] = -1
            for c in range(channels):
                _differences(above[c], here[c], below[c], level, task, start, span, width, gx, gy)
                _keep_stronger(gx, gy, magnitude, best, best_x, best_y)
        for j in range(size):
            x, y2 = np.float32(best_x[j]), np.float32(best_y[j])
            magnitude[j] = np.sqrt(x * x + y2 * y2)
        if how.soft:
            _interpolate_angle(best_x, best_y, how, position)
        else:
            _count_edges(best_x, best_y, how, lower, position)
        lowest = max(task[2], (y - unit_rows) // how.step[0] + 1)
        highest = min(task[3] - 1, y // how.step[0])
        if highest < lowest:
            continue
        for b in range(how.bins):
            _weights(position, magnitude, b, how.bins, vote)
            for i in range(lowest, highest + 1):
                for r in range(cell_rows):
                    weight = how.row_weights[r, y - i * how.step[0]]
                    if weight > 0:
                        _add(weight, vote, sums[i % open_units, r, b])
        if y == lowest * how.step[0] + unit_rows - 1:
            _fold(sums[lowest % open_units], how, task, lowest, span, out)


@parallel_loop
def histograms(images, channels, tasks, how, out):
    """Fill the histograms of all units.

    Parameters
    ----------
    images : ndarray, (N, H, W * C)
    channels : int
        C.
    tasks : ndarray, (pieces, 6) int64
    how : Votes
    out : ndarray, (N, unit rows, unit columns, cell rows, cell columns, bins) float32
    """
    for t in prange(len(tasks)):
        _piece(images, channels, tasks[t], how, out)


@serial_loop
def _normalise(values, norm, clip, epsilon):
    """Normalise one block in place: 0 none, 1 L1, 2 L1-sqrt, 3 L2, 4 L2-Hys."""
    if norm == 0:
        return
    total = np.float32(0)
    if norm <= 2:
        for k in range(values.size):
            total += abs(values[k])
        scale = np.float32(1) / (total + epsilon)
    else:
        for k in range(values.size):
            total += values[k] * values[k]
        scale = np.float32(1) / np.sqrt(total + epsilon * epsilon)
    for k in range(values.size):
        values[k] *= scale
    if norm == 2:
        for k in range(values.size):
            values[k] = np.sqrt(values[k])
    if norm == 4:
        total = np.float32(0)
        for k in range(values.size):
            value = clip if values[k] > clip else values[k]
            values[k] = value
            total += value * value
        scale = np.float32(1) / np.sqrt(total + epsilon * epsilon)
        for k in range(values.size):
            values[k] *= scale


@serial_loop
def _gather(cells, how, i, j, width, block):
    """Copy the histograms of a block's cells into it; each row of cells lies in one piece."""
    for r in range(how.block[0]):
        start = j * how.stride[1] * how.bins
        source = cells[i * how.stride[0] + r, start : start + width]
        target = block[r * width : (r + 1) * width]
        for k in range(target.size):
            target[k] = source[k]


@parallel_loop
def normalise(cells, how, out):
    """Normalise every block, after gathering its cells if blocks share them.

    Parameters
    ----------
    cells : ndarray, (N, cell rows, cell columns * bins) float32
        Used only if blocks share their cells; otherwise `out` holds the
        histograms already.
    how : Blocks
    out : ndarray, (N, block rows, block columns, block values) float32
    """
    width = how.block[1] * how.bins
    for t in prange(out.shape[0] * out.shape[1]):
        n, i = t // out.shape[1], t % out.shape[1]
        for j in range(out.shape[2]):
            if how.shared:
                _gather(cells[n], how, i, j, width, out[n, i, j])
            _normalise(out[n, i, j], how.norm, how.clip, how.epsilon)
