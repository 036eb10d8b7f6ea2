"""Kernels that are one or a few products of a column and a row, so that they run as passes."""

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


def low_rank(weights: np.ndarray, most: int, extra: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Write a kernel as a sum of a few outer products, where that costs less.

    Parameters
    ----------
    weights : ndarray of float32, (K, L)
    most : int
        What the passes may cost, in taps.
    extra : int
        What each product costs beyond its taps.

    Returns
    -------
    (columns, rows) : ndarrays of float32, (R, K) and (R, L), or None
        ``columns.T @ rows`` is the kernel to float32 rounding. None if it takes
        more than `most`.
    """
    rank_allowed = most // (sum(weights.shape) + extra)
    if rank_allowed < 2 or min(weights.shape) < 4:
        return None
    left, sizes, right = np.linalg.svd(weights.astype(np.float64), full_matrices=False)
    rank = rank_of(sizes)
    if rank > rank_allowed:
        return None
    root = np.sqrt(sizes[:rank])
    columns, rows = left.T[:rank] * root[:, None], right[:rank] * root[:, None]
    return columns.astype(np.float32), rows.astype(np.float32)


def rank_of(sizes: np.ndarray) -> int:
    """Return how many singular values are more than the rounding of float32 weights."""
    return int(np.count_nonzero(sizes > 2 * TOLERANCE * sizes[0])) if sizes[0] else 0
