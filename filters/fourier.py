"""Correlation with large kernels by the Fourier transform, tile by tile."""

from typing import Any

import numpy as np

from .borders import OUTSIDE, border_index
from .windows import Axis

# Tiles this many times as long as the kernel: larger ones waste less at their
# edges, smaller ones stay in the cache.
TILE, LEAST_TILE = 4, 512


def correlate(
    planes: np.ndarray,
    weights: np.ndarray,
    rows: Axis,
    columns: Axis,
    border: str,
    fill: float,
    *,
    whole: bool,
) -> np.ndarray:
    """Correlate without stride and dilation.

    Parameters
    ----------
    planes : ndarray, (H, W, C)
    weights : ndarray of float32, (K, L)
    rows, columns : Axis
    border : str
    fill : float
    whole : bool
        Pixels and weights are whole numbers: transform in float64 and round,
        so that the result is exact.

    Returns
    -------
    ndarray of float32, (OH, OW, C)
    """
    from scipy import fft

    dtype: Any = np.float64 if whole else np.float32
    out = np.empty((rows.count, columns.count, planes.shape[2]), np.float32)
    sizes = _tile(rows), _tile(columns)
    tall, wide = sizes[0] - rows.size + 1, sizes[1] - columns.size + 1
    transform: Any = fft.rfft2(weights.astype(dtype), sizes)
    spectrum = np.conj(transform)
    for channel in range(planes.shape[2]):
        padded = _padded(planes[:, :, channel], rows, columns, border, fill)
        # Around their middle, values lose less to rounding.
        middle = dtype(0) if whole else dtype(padded.mean(dtype=np.float64))
        for i in range(0, rows.count, tall):
            for j in range(0, columns.count, wide):
                tile = padded[i : i + sizes[0], j : j + sizes[1]].astype(dtype) - middle
                product = fft.rfft2(tile, sizes, workers=-1) * spectrum
                found: Any = fft.irfft2(product, sizes, workers=-1)
                target = out[i : i + tall, j : j + wide, channel]
                part = found[: target.shape[0], : target.shape[1]]
                target[:] = np.rint(part) if whole else part + middle * weights.sum(dtype=dtype)
    return out


def _tile(axis: Axis) -> int:
    from scipy import fft

    wanted = min(max(LEAST_TILE, TILE * axis.size), axis.count + axis.size - 1)
    return int(fft.next_fast_len(wanted, True) or wanted)


def _padded(image: np.ndarray, rows: Axis, columns: Axis, border: str, fill: float) -> np.ndarray:
    """Return a plane (H, W) as float32 with its borders filled in."""
    row_index = border_index(*rows.padded, border)
    column_index = border_index(*columns.padded, border)
    result = image[row_index][:, column_index].astype(np.float32)
    result[row_index == OUTSIDE] = fill
    result[:, column_index == OUTSIDE] = fill
    return result
