"""Where gradients lie among the bins, and their votes, compiled."""

import numpy as np

from ..compiled.loop import emitted, inner

QUARTER = np.float32(np.pi / 2)
HALF = np.float32(np.pi)
WHOLE = np.float32(2 * np.pi)


@inner
def _find_bins(gx, gy, edges, how, position):
    """Put the number of the bin that each gradient falls into into position."""
    count_edges(gx, gy, edges, 1 if how.signed else 0, position)
    if edges.shape[0] == how.bins:
        # The first bin's centre is at 0: beyond the last edge it begins again.
        nothing, bins = np.float32(0), np.float32(how.bins)
        for j in range(gx.size):
            position[j] = nothing if position[j] >= bins else position[j]


@emitted(".llvm_edges:count_edges")
def count_edges(gx, gy, edges, signed, position):
    """Put the number of bin edges that each gradient is at or beyond into position.

    A gradient is turned into the upper half circle. There it is at or beyond
    a bin's edge if the cross product says so: no arc tangent, and exact where
    a gradient of whole numbers can lie upon an edge. The size of the arrays is a multiple
    of a vector's.

    In LLVM's terms, because a compiler would count in memory, edge by edge.
    """
    turned = (gy < 0) | ((gy == 0) & (gx < 0))
    x, y = np.where(turned, -gx, gx), np.where(turned, -gy, gy)
    lower = turned & bool(signed)
    position[:] = 0
    for cosine, sine, half, least in edges:
        beyond = y * cosine - x * sine >= least
        position += (beyond & lower) if half else (beyond | lower)


@inner
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
            angle = WHOLE - angle if y < 0 else angle
        else:
            angle = HALF - angle if y < 0 else angle
        at = angle * scale - how.first
        position[j] = at + whole if at < 0 else at


@inner
def _arc_tangent(s, coefficients):
    """Return arctan(t) / t for s = t * t in [0, 1]; the coefficients lie in registers."""
    total = coefficients[0]
    for k in range(1, 8):
        total = total * s + coefficients[k]
    return total


@inner
def measure(gx, gy, magnitude):
    """Put the length of each gradient into magnitude."""
    for j in range(magnitude.size):
        x, y = np.float32(gx[j]), np.float32(gy[j])
        magnitude[j] = np.sqrt(x * x + y * y)


@inner
def locate(gx, gy, edges, how, position):
    """Put the place of each gradient among the bins into position."""
    if how.soft:
        _interpolate_angle(gx, gy, how, position)
    else:
        _find_bins(gx, gy, edges, how, position)


@emitted(".llvm_votes:add_votes")
def add_votes(sums, places, position, magnitude, top, bottom, left, right, down, across,
              bins, line, lanes, types):  # fmt: skip
    """Add the votes of some rows and columns of a band, weighted by each pair of types.

    For row u from `top` to `bottom`, column v from `left` to `right`, bin b, types d of the
    row and a of the column, and lane l

        sums[places[d*types + a] + b*pitch + l] += down[d, u] * across[a, v] * vote

    where the vote is ``magnitude[u, v, l]`` times the share of bin b, which falls from 1 at
    its centre to 0 at the next one's; beyond the last bin comes the first again. The pitch
    is the length of a row of `sums`; `line` is memory to work with.

    In LLVM's terms, because a compiler would not keep the sums over v in registers.
    """
    step, pitch = across.shape[1], sums.shape[1]
    p, m = (x[top:bottom, : step * lanes].reshape(-1, step, lanes)[:, left:right]
            for x in (position, magnitude))  # fmt: skip
    for b in range(bins):
        share = 1 - np.abs(p - np.float32(b))
        if b == 0:
            share = np.maximum(1 - p, p - np.float32(bins - 1))
        votes = m * np.maximum(share, np.float32(0))
        found = np.einsum("du,av,uvl->dal", down[:, top:bottom], across[:, left:right], votes)
        for place, total in zip(places, found.reshape(-1, lanes), strict=False):
            begin = place + b * pitch
            sums.reshape(-1)[begin : begin + lanes] += total


@inner
def add_band(position, magnitude, held, band, units, how, work):
    """Add the votes of the held rows of a band to the units that are open.

    Parameters
    ----------
    position, magnitude : ndarray, (rows, columns of a lane * lanes and some)
    held : int
        Rows of the band that there are.
    band, units : int
        Which band of the piece, and how many rows of units the piece has.
    how : Votes
    work : Work
    """
    rows, columns = how.rows, how.columns
    for g in range(rows.first.size):
        last = min(rows.last[g], held)
        if rows.first[g] >= last:
            continue
        for h in range(columns.first.size):
            _find_places(g, h, band, units, how, work)
            _add_types(position, magnitude, rows.first[g], last, g, h, how, work)


@inner
def _find_places(g, h, band, units, how, work):
    """Find where each pair of a row's and a column's type is added up, in the flat sums."""
    rows, columns, pitch = how.rows, how.columns, work.sums.shape[1]
    values = rows.cells * columns.cells * how.bins
    for a in range(how.types):
        unit = band - rows.unit[g, a]
        for e in range(how.types):
            # What nobody asks for is added up beyond the last unit.
            line, back = rows.reach * values, np.int64(0)
            if rows.cell[g, a] >= 0 and columns.cell[h, e] >= 0 and 0 <= unit < units:
                cell = rows.cell[g, a] * columns.cells + columns.cell[h, e]
                line = unit % rows.reach * values + cell * how.bins
                back = columns.unit[h, e]
            work.places[a * how.types + e] = line * pitch + how.head - back


@inner
def _add_types(position, magnitude, top, bottom, g, h, how, work):
    down, across = how.rows.weights[g], how.columns.weights[h]
    left, right, lanes = how.columns.first[h], how.columns.last[h], work.totals.size
    # The number of types has to be known as the loop is compiled.
    if how.types == 1:
        add_votes(work.sums, work.places, position, magnitude, top, bottom, left, right,
                  down, across, how.bins, work.line, lanes, 1)  # fmt: skip
    elif how.types == 2:
        add_votes(work.sums, work.places, position, magnitude, top, bottom, left, right,
                  down, across, how.bins, work.line, lanes, 2)  # fmt: skip
    else:
        add_votes(work.sums, work.places, position, magnitude, top, bottom, left, right,
                  down, across, how.bins, work.line, lanes, 4)  # fmt: skip
