"""Kernels that are a column times a row, found so that they can run as two passes."""

import numpy as np

# A kernel is taken as an outer product if rounding the factors to float32
# explains the difference.
TOLERANCE = 4 * np.finfo(np.float32).eps


def separate(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Write a kernel as an outer product, where two passes cost less than one.

    Parameters
    ----------
    weights : ndarray of float32, (K, L)

    Returns
    -------
    (column, row) : ndarrays of float32, (K,) and (L,), or None
        ``np.outer(column, row)`` is the kernel. None if its rank is above one,
        or if it has so few taps that one pass over them is cheaper. Factors of
        whole-number kernels are whole numbers, and so are the passes' results.
    """
    taps = np.count_nonzero(weights)
    used_rows = np.count_nonzero(weights.any(axis=1))
    used_columns = np.count_nonzero(weights.any(axis=0))
    if taps <= used_rows + used_columns + 1:
        return None
    column, row = _factors(weights.astype(np.float64))
    if np.abs(np.outer(column, row) - weights).max() > TOLERANCE * np.abs(weights).max():
        return None
    return column.astype(np.float32), row.astype(np.float32)


def _factors(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    i, j = np.unravel_index(np.abs(weights).argmax(), weights.shape)
    row = weights[i]
    if (weights == np.rint(weights)).all() and np.abs(weights).max() < 2**24:
        row = row / np.gcd.reduce(row.astype(np.int64))
    return weights[:, j] / row[j], row
