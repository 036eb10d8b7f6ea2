"""Histograms of cells into normalised blocks, compiled."""

import numpy as np
from numba import prange

from ..jit import parallel_loop, serial_loop


@serial_loop
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


@serial_loop
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
            _normalise(out[n, i, j], how)
