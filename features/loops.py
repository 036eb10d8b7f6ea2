"""HoG, compiled: pictures, or their gradients, into the histograms of cells or blocks.

A vote is not scattered into its bin. The rows of a picture are worked on in bands, as
high as the step from one unit of histograms to the next, and a band in lanes, as wide
as such a step: what one lane gives to its units, all lanes give with the same weights,
8 or 16 at a time. For each bin, every pixel becomes a weight, which is added up over the
columns of the lane, the sums over the rows of the band, all in registers; only these
are added to the histograms of the units that are open. Whole votes are the same with
weights 0 and 1, so one set of loops serves every preset. Narrow pictures lie side by side.
Blocks that share no cells are normalised where they are added up, all lanes at once.

Every histogram is summed by one thread in one order: the result is the same to the
last bit for any number of threads.

Measured on one core that others used too (AVX2), ms for 512x512 in colour, preset
skimage: the strongest channel chosen in place by a compiled loop 7.0 (masked stores; in
another array 7.3, number by number), in LLVM's terms 3.8. 100 windows of 64x128, share of
the time: reading the columns of lanes with a step 30 %, by turning whole vectors 8 %.
Rows of a band a power of two apart drive each other out of the cache.
"""

from ..compiled.kinds import array
from ..compiled.loop import inner, loop, prange
from .block_loops import finish
from .gradient_loops import (
    differences,
    flatten_borders,
    keep_stronger,
    load_field,
    load_row,
    strengths,
    strengths_of_bytes,
)
from .layout import Blocks, Votes, Work
from .vote_loops import add_band, locate, measure


@inner
def _extent(task, how):
    """Return a piece's lanes a picture, first column, first row, and row after the last."""
    lanes = task[5] - task[4] + how.columns.reach - 1
    start = how.origin[1] + task[4] * how.columns.step
    top = how.origin[0] + task[2] * how.rows.step
    bottom = top + (task[3] - task[2] - 1) * how.rows.step + how.rows.length
    return lanes, start, top, bottom


@inner
def _end_band(band, held, task, how, blocks, work, places, out):
    """Add the votes of a band, and write the row of units that ends with it."""
    units = task[3] - task[2]
    add_band(work.position, work.magnitude, held, band, units, how, work)
    done = band - how.rows.reach + 1
    if done >= 0:
        size = how.rows.cells * how.columns.cells * how.bins
        begin = done % how.rows.reach * size
        values = work.sums[begin : begin + size]
        finish(values, task, task[2] + done, how, blocks, places, work.totals, out)


@inner
def _gradient_row(images, channels, task, y, edges, how, rows, gradient, work, u):
    """Put the lengths of the strongest gradients of row y, and their bins, into row u of a band."""
    lanes, start, _, _ = _extent(task, how)
    height, width = images.shape[1], images.shape[2] // channels
    level = y == 0 or y == height - 1
    best_x, best_y, best = gradient[0], gradient[1], work.strength[0]
    for turn in range(channels):
        c = channels - 1 - turn if how.last else turn
        k = 0 if turn == 0 else 1
        gx, gy, strength = gradient[2 * k], gradient[2 * k + 1], work.strength[k]
        above, here, below = rows[(y + 2) % 3, c], rows[y % 3, c], rows[(y + 1) % 3, c]
        differences(above, here, below, level, gx, gy)
        flatten_borders(task, start, width, how.columns.step, lanes, gx)
        if channels > 1 and images.itemsize == 1:
            strengths_of_bytes(gx, gy, strength)
        elif channels > 1:
            strengths(gx, gy, not how.last, strength)
        if turn > 0:
            keep_stronger(gx, gy, strength, best_x, best_y, best)
    measure(best_x, best_y, work.magnitude[u, : best_x.size])
    locate(best_x, best_y, edges, how, work.position[u, : best_x.size])


@inner
def _piece(images, channels, task, edges, how, blocks, places, rows, gradient, work, out):
    """Fill the histograms of some pictures' units, given by task."""
    lanes, start, top, bottom = _extent(task, how)
    step = how.columns.step
    ahead = max(top - 1, 0)
    work.sums[:] = 0
    for band in range(task[3] - task[2] + how.rows.reach - 1):
        begin = top + band * how.rows.step
        held = min(how.rows.step, how.rows.length, bottom - begin)
        for u in range(held):
            while ahead <= min(begin + u + 1, images.shape[1] - 1):
                load_row(images, channels, task, ahead, start, step, lanes, rows[ahead % 3])
                ahead += 1
            _gradient_row(images, channels, task, begin + u, edges, how, rows, gradient, work, u)
        _end_band(band, held, task, how, blocks, work, places, out)


@inner
def _piece_of_fields(fields, task, edges, how, blocks, places, gradient, work, out):
    """As `_piece`, from gradients and what they count."""
    lanes, start, top, bottom = _extent(task, how)
    step, size = how.columns.step, gradient.shape[1]
    work.sums[:] = 0
    gradient[:] = 0
    work.magnitude[:] = 0
    for band in range(task[3] - task[2] + how.rows.reach - 1):
        begin = top + band * how.rows.step
        held = min(how.rows.step, how.rows.length, bottom - begin)
        for u in range(held):
            y, magnitude = begin + u, work.magnitude[u, :size]
            if 0 <= y < fields.shape[2]:
                for k in range(2):
                    load_field(fields[k], task, y, start, step, lanes, gradient[k])
                load_field(fields[2], task, y, start, step, lanes, magnitude)
            else:
                magnitude[:] = 0
            locate(gradient[0], gradient[1], edges, how, work.position[u, :size])
        _end_band(band, held, task, how, blocks, work, places, out)


@inner
def _work_of(work, p):
    """Return the working memory of one share."""
    return Work(
        work.position[p], work.magnitude[p], work.strength[p], work.sums[p],
        work.totals[p], work.line[p], work.places[p],
    )  # fmt: skip


@loop
def histograms(
    images: array(3, "uint8", "uint16", "float32"),
    channels: int,
    shares: array(2, "int64"),
    tasks: array(2, "int64"),
    edges: array(2, "float32"),
    how: Votes,
    blocks: Blocks,
    places: array(1, "int64"),
    rows: array(4, "float32"),
    gradient: array(3, "float32"),
    work: Work,
    out: array(2, "float32"),
) -> None:
    """Fill the histograms of all units, and normalise those that are blocks.

    Parameters
    ----------
    images : ndarray, (N, H, W * C)
    channels : int
        C.
    shares : ndarray, (shares, 2) int64
        First and last of the tasks that use the same memory to work with.
    tasks : ndarray, (pieces, 6) int64
    edges : ndarray, (edges, 4)
        As `layout.bin_edges` gives them.
    how : Votes
    blocks : Blocks
    places : ndarray, (4,) int64
        How far apart unit rows, unit columns, cell rows and cell columns
        stand in out; bins stand next to each other.
    rows : ndarray, (shares, 3, C, (columns of a lane + 2) * lanes)
    gradient : ndarray, (shares, 4, columns of a lane * lanes)
    work : Work
        Memory to work with, as rows and gradient are.
    out : ndarray, (N, values) float32
    """
    for p in prange(shares.shape[0]):
        for t in range(shares[p, 0], shares[p, 1]):
            _piece(
                images, channels, tasks[t], edges, how, blocks, places, rows[p], gradient[p],
                _work_of(work, p), out,
            )  # fmt: skip


@loop
def histograms_of_doubles(
    images: array(3, "float64"),
    channels: int,
    shares: array(2, "int64"),
    tasks: array(2, "int64"),
    edges: array(2, "float64"),
    how: Votes,
    blocks: Blocks,
    places: array(1, "int64"),
    rows: array(4, "float64"),
    gradient: array(3, "float64"),
    work: Work,
    out: array(2, "float32"),
) -> None:
    """As `histograms`, with gradients in float64."""
    for p in prange(shares.shape[0]):
        for t in range(shares[p, 0], shares[p, 1]):
            _piece(
                images, channels, tasks[t], edges, how, blocks, places, rows[p], gradient[p],
                _work_of(work, p), out,
            )  # fmt: skip


@loop
def histograms_of_fields(
    fields: array(4, "float32", "float64", like="gradient"),
    shares: array(2, "int64"),
    tasks: array(2, "int64"),
    edges: array(2, "float32", "float64", like="gradient"),
    how: Votes,
    blocks: Blocks,
    places: array(1, "int64"),
    gradient: array(3, "float32", "float64", like="gradient"),
    work: Work,
    out: array(2, "float32"),
) -> None:
    """As `histograms`, from gradients.

    Parameters
    ----------
    fields : ndarray, (3, N, H, W)
        Of every pixel the gradient along rows (x) and columns (y), and what
        it counts.
    """
    for p in prange(shares.shape[0]):
        for t in range(shares[p, 0], shares[p, 1]):
            _piece_of_fields(
                fields, tasks[t], edges, how, blocks, places, gradient[p], _work_of(work, p), out
            )
