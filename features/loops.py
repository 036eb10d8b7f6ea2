"""HoG, compiled: votes into histograms, histograms into normalised blocks.

A vote is not scattered into its bin. Every pixel row becomes, for each bin, a
row of weights (a difference and a clamp a pixel, 16 pixels at a time), and
these rows are added up over the rows of a unit; only the sums are then folded
over columns. Whole votes are the same with weights 0 and 1, so one set of loops
serves every preset. Narrow pictures lie side by side in one row.

Every histogram is summed by one thread in one order: the result is the same to
the last bit for any number of threads.

Measured on one core of two that others used too (Zen 5), dalal-triggs, 12 MP
gray, ms: 72 with every row added to the sums by itself and pieces of 512 lanes
and 64 rows; 62 with four rows added at once and slices whose references are not
counted (see `jit.borrowing_loop`); 43 with pieces of 1024 lanes and 128 rows,
which begin and overlap less often; 2048 lanes the same, 256 lanes 106. 512x512
pixels: 1.5 ms, 1.1, 1.1. Weighing a vote and adding it in one pass instead of two
makes no difference for whole votes and costs 5 % for shared ones, whose weights
are then computed once a cell row. Folding one row of 64 blocks: 4.8 us as it is;
12.9 us with the weights of a cell not contiguous; 14.9 us with the columns
outermost and the blocks as lanes; 73 us with the bins as lanes.
"""

import numpy as np
from numba import prange

from ..jit import borrowing_loop, parallel_loop, serial_loop
from .gradient_loops import differences, keep_stronger, keep_stronger_squares, load_field, load_row
from .vote_loops import GROUP, locate, measure, rows_of_votes, slot

# Rows are worked on in whole multiples of this, so that a pixel is never left
# to the scalar end of a vectorised loop, which may round otherwise.
WHOLE = 64


@borrowing_loop
def _extent(task, how):
    """Return a piece's first column, columns, first row, row after the last, and padded row size.

    Of each picture's row the piece holds a column more on either side.
    """
    span = (task[5] - task[4] - 1) * how.step[1] + how.column_weights.shape[1]
    start = how.origin[1] + task[4] * how.step[1]
    top = how.origin[0] + task[2] * how.step[0]
    bottom = how.origin[0] + (task[3] - 1) * how.step[0] + how.row_weights.shape[1]
    size = -(-(task[1] - task[0]) * (span + 2) // WHOLE) * WHOLE
    return start, span, top, bottom, size


@serial_loop
def _open_sums(how, size):
    """Return zeros for as many units as share a pixel row."""
    cells, length = how.row_weights.shape
    return np.zeros((-(-length // how.step[0]), cells, how.bins, size), np.float32)


@serial_loop
def _piece(images, channels, task, how, places, out):
    """Fill the histograms of some pictures' units, given by task."""
    size = _extent(task, how)[4]
    rows = np.zeros((3, channels, size + 2), how.edges.dtype)
    gradient = np.empty((4, size), how.edges.dtype)
    held = np.empty((3, GROUP * size), np.float32)
    lower = np.empty(size, np.float32)
    sums = _open_sums(how, size)
    _fill(images, channels, task, how, places, rows, gradient, held, lower, sums, out)


@borrowing_loop
def _fill(images, channels, task, how, places, rows, gradient, held, lower, sums, out):
    """Go through the rows of a piece; all arrays from rows to sums are its working memory."""
    start, span, top, bottom, size = _extent(task, how)
    height, width = images.shape[1], images.shape[2] // channels
    for ahead in range(max(top - 1, 0), bottom + 1):
        if ahead < height:
            load_row(images, channels, task, ahead, start, span, rows[ahead % 3])
        y = ahead - 1
        if y < top:
            continue
        level = y == 0 or y == height - 1
        for turn in range(channels):
            c = channels - 1 - turn if how.last else turn
            gx, gy = gradient[0 if turn == 0 else 2], gradient[1 if turn == 0 else 3]
            above, here, below = rows[(y + 2) % 3, c], rows[y % 3, c], rows[ahead % 3, c]
            differences(above, here, below, level, task, start, span, width, gx, gy)
            if turn > 0 and how.last:
                keep_stronger_squares(gx, gy, gradient[0], gradient[1])
            elif turn > 0:
                keep_stronger(gx, gy, gradient[0], gradient[1])
        at = size * slot(y - how.origin[0], how)
        measure(gradient[0], gradient[1], held[0, at : at + size])
        locate(gradient[0], gradient[1], how, lower, held[1, at : at + size])
        rows_of_votes(held[1], held[0], held[2], how, task, y, span, sums, places, out)


@serial_loop
def _piece_of_fields(fields, task, how, places, out):
    """As `_piece`, from gradients and what they count."""
    size = _extent(task, how)[4]
    gradient = np.zeros((2, size), fields.dtype)
    held = np.zeros((3, GROUP * size), np.float32)
    lower = np.empty(size, np.float32)
    _fill_from_fields(fields, task, how, places, gradient, held, lower, _open_sums(how, size), out)


@borrowing_loop
def _fill_from_fields(fields, task, how, places, gradient, held, lower, sums, out):
    """As `_fill`."""
    start, span, top, bottom, size = _extent(task, how)
    for y in range(top, bottom):
        at = size * slot(y - how.origin[0], how)
        magnitude = held[0, at : at + size]
        if 0 <= y < fields.shape[2]:
            load_field(fields[0], task, y, start, span, gradient[0])
            load_field(fields[1], task, y, start, span, gradient[1])
            load_field(fields[2], task, y, start, span, magnitude)
        else:
            magnitude[:] = 0
        locate(gradient[0], gradient[1], how, lower, held[1, at : at + size])
        rows_of_votes(held[1], held[0], held[2], how, task, y, span, sums, places, out)


@parallel_loop
def histograms(images, channels, tasks, how, places, out):
    """Fill the histograms of all units.

    Parameters
    ----------
    images : ndarray, (N, H, W * C)
    channels : int
        C.
    tasks : ndarray, (pieces, 6) int64
    how : Votes
    places : ndarray, (4,) int64
        How far apart unit rows, unit columns, cell rows and cell columns
        stand in out; bins stand next to each other.
    out : ndarray, (N, values) float32
    """
    for t in prange(len(tasks)):
        _piece(images, channels, tasks[t], how, places, out)


@parallel_loop
def histograms_of_fields(fields, tasks, how, places, out):
    """Fill the histograms of all units from gradients.

    Parameters
    ----------
    fields : ndarray, (3, N, H, W)
        Of every pixel the gradient along rows (x) and columns (y), and what
        it counts.
    tasks, how, places, out
        As for `histograms`.
    """
    for t in prange(len(tasks)):
        _piece_of_fields(fields, tasks[t], how, places, out)
