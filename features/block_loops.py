"""Histograms into normalised blocks, compiled."""

import numpy as np

from ..compiled.kinds import array
from ..compiled.loop import inner, loop, prange
from .layout import Blocks


@inner
def _normalise(values, how):
    """Normalise one block in place: 0 none, 1 L1, 2 L1-sqrt, 3 L2, 4 L2-Hys."""
    if how.norm == 0:
        return
    if how.norm <= 2:
        total = np.float32(0)
        for k in range(values.size):
            total += abs(values[k])
        scale = np.float32(1) / (total + how.epsilon)
        for k in range(values.size):
            values[k] *= scale
    else:
        _to_unit_length(values, how.epsilon, how.quadrature)
    if how.norm == 2:
        for k in range(values.size):
            values[k] = np.sqrt(values[k])
    if how.norm == 4:
        for k in range(values.size):
            values[k] = how.clip if values[k] > how.clip else values[k]
        _to_unit_length(values, how.again, how.quadrature)


@inner
def _to_unit_length(values, epsilon, quadrature):
    total = np.float32(0)
    for k in range(values.size):
        total += values[k] * values[k]
    if quadrature:
        scale = np.float32(1) / np.sqrt(total + epsilon * epsilon)
    else:
        scale = np.float32(1) / (np.sqrt(total) + epsilon)
    for k in range(values.size):
        values[k] *= scale


@inner
def _gather(cells, how, i, j, width, block):
    """Copy the histograms of a block's cells into it; each row of cells lies in one piece."""
    for r in range(how.block[0]):
        start = j * how.stride[1] * how.bins
        source = cells[i * how.stride[0] + r, start : start + width]
        target = block[r * width : (r + 1) * width]
        for k in range(target.size):
            target[k] = source[k]


@loop
def normalise(
    cells: array(3, "float32"),
    first: int,
    block_rows: int,
    how: Blocks,
    out: array(3, "float32"),
) -> None:
    """Gather the cells of some rows of blocks, and normalise them.

    Parameters
    ----------
    cells : ndarray, (N, cell rows, cell columns * bins) float32
    first : int
        The number of the first row of blocks, counted through all pictures.
    block_rows : int
        Rows of blocks of a picture.
    how : Blocks
    out : ndarray, (rows, block columns, block values) float32
    """
    width = how.block[1] * how.bins
    for t in prange(out.shape[0]):
        n, i = (first + t) // block_rows, (first + t) % block_rows
        for j in range(out.shape[1]):
            _gather(cells[n], how, i, j, width, out[t, j])
            _normalise(out[t, j], how)


@inner
def scale_lanes(values, how, totals):
    """Normalise blocks side by side, (values, lanes), but for the scales left in totals.

    As `_normalise`, with all lanes at once.
    """
    if how.norm == 0:
        totals[:] = 1
    elif how.norm <= 2:
        totals[:] = how.epsilon
        for k in range(values.shape[0]):
            row = values[k]
            for j in range(totals.size):
                totals[j] += abs(row[j])
        for j in range(totals.size):
            totals[j] = np.float32(1) / totals[j]
    else:
        totals[:] = 0
        for k in range(values.shape[0]):
            row = values[k]
            for j in range(totals.size):
                totals[j] += row[j] * row[j]
        _invert(totals, how.epsilon, how.quadrature)
    if how.norm == 2:
        for k in range(values.shape[0]):
            row = values[k]
            for j in range(totals.size):
                row[j] = np.sqrt(row[j] * totals[j])
        totals[:] = 1
    if how.norm == 4:
        _clip(values, how.clip, totals)
        _invert(totals, how.again, how.quadrature)


@inner
def _invert(totals, epsilon, quadrature):
    """Turn sums of squares into what values are multiplied by."""
    if quadrature:
        for j in range(totals.size):
            totals[j] = np.float32(1) / np.sqrt(totals[j] + epsilon * epsilon)
    else:
        for j in range(totals.size):
            totals[j] = np.float32(1) / (np.sqrt(totals[j]) + epsilon)


@inner
def _clip(values, clip, totals):
    """Scale and clip all values, and replace the scales by the sums of their squares."""
    for k in range(values.shape[0] - 1, -1, -1):
        row = values[k]
        for j in range(totals.size):
            value = row[j] * totals[j]
            row[j] = clip if value > clip else value
    totals[:] = 0
    for k in range(values.shape[0]):
        row = values[k]
        for j in range(totals.size):
            totals[j] += row[j] * row[j]


@inner
def finish(values, task, i, how, blocks, places, totals, out):
    """Normalise row i of the units of a piece, unless they are cells, write it and clear it.

    Parameters
    ----------
    values : ndarray, (values of a unit, lanes) float32
    """
    lanes = task[5] - task[4] + how.columns.reach - 1
    totals[:] = 1
    if not blocks.shared:
        scale_lanes(values[:, how.head :], blocks, totals)
    down, across, bins = how.rows.cells, how.columns.cells, how.bins
    for n in range(task[0], task[1]):
        for j in range(task[4], task[5]):
            lane = (n - task[0]) * lanes + j - task[4]
            scale = totals[lane]
            for r in range(down):
                for c in range(across):
                    place = i * places[0] + j * places[1] + r * places[2] + c * places[3]
                    target = out[n, place : place + bins]
                    first = (r * across + c) * bins
                    for b in range(bins):
                        target[b] = values[first + b, how.head + lane] * scale
    values[:] = 0
