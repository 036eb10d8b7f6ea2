"""The same windows in plain NumPy, for jobs too small to earn back loading Numba.

One whole-image operation per tap. The results agree with the loops to float32
rounding.
"""

from collections.abc import Iterator

import numpy as np

from .borders import OUTSIDE, border_index
from .windows import Axis


def pad(image: np.ndarray, rows: Axis, columns: Axis, border: str, fill: float) -> np.ndarray:
    """Return the image (H, W, C) as float32 with its borders filled in."""
    row_index = border_index(*rows.padded, border)
    column_index = border_index(*columns.padded, border)
    result = image[row_index][:, column_index].astype(np.float32)
    result[row_index == OUTSIDE] = fill
    result[:, column_index == OUTSIDE] = fill
    return result


def taps(padded: np.ndarray, rows: Axis, columns: Axis) -> Iterator[tuple[int, int, np.ndarray]]:
    """Yield (u, v, what every window sees there) for each position in the window."""
    for u in range(rows.size):
        row = padded[u * rows.dilation :][:: rows.stride][: rows.count]
        for v in range(columns.size):
            yield u, v, row[:, v * columns.dilation :][:, :: columns.stride][:, : columns.count]


def correlate(padded: np.ndarray, rows: Axis, columns: Axis, weights: np.ndarray) -> np.ndarray:
    """Return the weighted sum of every window, (OH, OW, C) float32."""
    total = np.zeros((rows.count, columns.count, padded.shape[2]), np.float32)
    for u, v, seen in taps(padded, rows, columns):
        weight = weights[u, v]
        if weight == 1:
            total += seen
        elif weight == -1:
            total -= seen
        elif weight:
            total += weight * seen
    return total
