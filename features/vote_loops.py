"""One row of gradients into the histograms of the units it is part of, compiled."""

import numpy as np

from ..jit import borrowing_loop

QUARTER = np.float32(np.pi / 2)
HALF = np.float32(np.pi)

# Rows that are added to the sums at once.
GROUP = 4


@borrowing_loop
def _count_edges(gx, gy, how, lower, position):
    """Put the number of the bin that each gradient falls into into position.

    A gradient is turned into the upper half circle. There it is at or beyond
    a bin's edge if the cross product says so: no arc tangent, and exact where
    a gradient of whole numbers can lie upon an edge.
    """
    # Numbers, not truth values: one size in all lanes is twice as fast.
    nothing, one = np.float32(0), np.float32(1)
    signed = one if how.signed else nothing
    least = how.least[0]
    for j in range(gx.size):
        x, y = gx[j], gy[j]
        turned = (y < 0) | ((y == 0) & (x < 0))
        sign = -one if turned else one
        gx[j], gy[j] = sign * x, sign * y
        lower[j] = signed if turned else nothing
        position[j] = nothing
    for k in range(how.edges.shape[0]):
        cosine, sine = how.edges[k, 0], how.edges[k, 1]
        if how.edges[k, 2] == 0:
            for j in range(gx.size):
                position[j] += one if gy[j] * cosine - gx[j] * sine >= least else lower[j]
        else:
            for j in range(gx.size):
                position[j] += lower[j] if gy[j] * cosine - gx[j] * sine >= least else nothing
    if how.edges.shape[0] == how.bins:
        # The first bin's centre is at 0: beyond the last edge it begins again.
        for j in range(gx.size):
            position[j] = nothing if position[j] >= np.float32(how.bins) else position[j]


@borrowing_loop
def _interpolate_angle(gx, gy, how, position):
    """Put where each gradient lies between bin centres into position, in [0, bins)."""
    scale = np.float32(how.bins / (2 * np.pi if how.signed else np.pi))
    whole = np.float32(how.bins)
    coefficients = how.arc_tangent
    for j in range(gx.size):
        x, y = np.float32(gx[j]), np.float32(gy[j])
        across, down = abs(x), abs(y)
        steep = down > across
        high, low = (down, across) if steep else (across, down)
        t = low / (high if high > 0 else np.float32(1))
        s = t * t
        angle = t * _arc_tangent(s, coefficients)
        angle = QUARTER - angle if steep else angle
        angle = HALF - angle if x < 0 else angle
        if how.signed:
            angle = 2 * HALF - angle if y < 0 else angle
        else:
            angle = HALF - angle if y < 0 else angle
        at = angle * scale - how.first
        position[j] = at + whole if at < 0 else at


@borrowing_loop
def _arc_tangent(s, coefficients):
    """Return arctan(t) / t for s = t * t in [0, 1]; the coefficients lie in registers."""
    total = coefficients[0]
    for k in range(1, 8):
        total = total * s + coefficients[k]
    return total


@borrowing_loop
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


@borrowing_loop
def _add(weight, vote, total):
    for j in range(total.size):
        total[j] += weight * vote[j]


@borrowing_loop
def _add_four(weights, first, second, third, fourth, total):
    """Add four rows at once: each sum is loaded and stored once instead of four times."""
    a, b, c, d = weights[0], weights[1], weights[2], weights[3]
    for j in range(total.size):
        total[j] += (a * first[j] + b * second[j]) + (c * third[j] + d * fourth[j])


@borrowing_loop
def _fold(sums, how, task, i, span, places, out):
    """Sum the finished rows of unit row i over the columns of each unit, and clear them."""
    cells, unit_columns = how.column_weights.shape
    for n in range(task[0], task[1]):
        base = (n - task[0]) * (span + 2) + 1
        for j in range(task[4], task[5]):
            at = base + (j - task[4]) * how.step[1]
            for r in range(sums.shape[0]):
                place = i * places[0] + j * places[1] + r * places[2]
                for b in range(how.bins):
                    row = sums[r, b, at : at + unit_columns]
                    for c in range(cells):
                        weights = how.column_weights[c]
                        total = np.float32(0)
                        for v in range(unit_columns):
                            total += weights[v] * row[v]
                        out[n, place + c * places[3] + b] = total
    sums[:] = 0


@borrowing_loop
def measure(gx, gy, magnitude):
    """Put the length of each gradient into magnitude."""
    for j in range(magnitude.size):
        x, y = np.float32(gx[j]), np.float32(gy[j])
        magnitude[j] = np.sqrt(x * x + y * y)


@borrowing_loop
def locate(gx, gy, how, lower, position):
    """Put the place of each gradient among the bins into position."""
    if how.soft:
        _interpolate_angle(gx, gy, how, position)
    else:
        _count_edges(gx, gy, how, lower, position)


@borrowing_loop
def slot(row, how):
    """Return the place of a row of the units in its group of `GROUP` rows.

    A group begins wherever a unit begins or ends, so that all of its rows
    are part of the same units.
    """
    step, length = how.step[0], how.row_weights.shape[1]
    since = row % step
    if row >= length:
        since = min(since, (row - length) % step)
    return since % GROUP


@borrowing_loop
def rows_of_votes(position, magnitude, vote, how, task, y, span, sums, places, out):
    """Add the group of rows that row y ends, if it does; fold the units that it ends."""
    step, length, row = how.step[0], how.row_weights.shape[1], y - how.origin[0]
    last_slot = slot(row, how)
    if slot(row + 1, how) > 0:
        return
    first = max(task[2], (row - length) // step + 1)
    last = min(task[3], row // step + 1)
    if first >= last:
        return
    _vote(position, magnitude, how, row - last_slot, last_slot + 1, first, last, vote, sums)
    if row == first * step + length - 1:
        _fold(sums[first % sums.shape[0]], how, task, first, span, places, out)


@borrowing_loop
def _vote(position, magnitude, how, row, held, first, last, vote, sums):
    """Add the held rows, from row on, to the open units [first, last) that they are part of."""
    size = held * sums.shape[3]
    for b in range(how.bins):
        _weights(position[:size], magnitude[:size], b, how.bins, vote[:size])
        for i in range(first, last):
            at = row - i * how.step[0]
            for r in range(how.row_weights.shape[0]):
                weights = how.row_weights[r, at : at + held]
                _add_rows(weights, vote, sums[i % sums.shape[0], r, b])


@borrowing_loop
def _add_rows(weights, vote, total):
    """Add weighted rows; those of weight 0 are never read, for they may hold a NaN."""
    size = total.size
    if weights.size == GROUP and weights[0] * weights[1] * weights[2] * weights[3] > 0:
        _add_four(
            weights, vote[:size], vote[size : 2 * size], vote[2 * size : 3 * size],
            vote[3 * size :], total,
        )  # fmt: skip
        return
    for k in range(weights.size):
        if weights[k] > 0:
            _add(weights[k], vote[k * size : (k + 1) * size], total)
