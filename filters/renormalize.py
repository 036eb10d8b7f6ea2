"""Windows that hang over the edge, made up for: only what lies inside counts."""

import numpy as np

from ..images.errors import EdgewiseError
from .windows import Axis

# Where the weights inside are a smaller share of all, the result is mostly noise.
LEAST_SHARE = 1e-3


def missing_weight(rows: Axis, columns: Axis, weights: np.ndarray) -> np.ndarray:
    """Return what every result is multiplied by: the weight of all over that inside.

    Returns
    -------
    ndarray of float32, (OH, OW, 1)

    Raises
    ------
    EdgewiseError
        If the weights, or those inside at some edge, add up to 0.
    """
    whole = weights.astype(np.float64)
    total, least = check_total(whole)
    row_kinds, row_of = np.unique(_inside(rows), axis=0, return_inverse=True)
    column_kinds, column_of = np.unique(_inside(columns), axis=0, return_inverse=True)
    inside = row_kinds @ whole @ column_kinds.T
    if np.abs(inside).min() <= least:
        raise EdgewiseError(
            "border=renormalize divides by the sum of the weights inside, which is 0 at an edge; "
            "use border=reflect or edge"
        )
    factors = (total / inside).astype(np.float32)
    return factors[row_of.ravel()][:, column_of.ravel(), None]


def _inside(axis: Axis) -> np.ndarray:
    """Return, for every window and every position in it, whether it lies inside: (count, size)."""
    first = np.arange(axis.count)[:, None] * axis.stride - axis.before
    position = first + np.arange(axis.size) * axis.dilation
    return ((position >= 0) & (position < axis.length)).astype(np.float64)


def check_total(weights: np.ndarray) -> tuple[float, float]:
    """Return the sum of the weights, and up to which magnitude a sum counts as 0.

    Raises
    ------
    EdgewiseError
        If the sum is 0: there is nothing to bring back.
    """
    whole = np.asarray(weights, np.float64)
    total, least = float(whole.sum()), LEAST_SHARE * float(np.abs(whole).sum())
    if abs(total) <= least:
        raise EdgewiseError(
            "border=renormalize divides by the sum of the weights, which is 0 here; "
            "use border=reflect or edge"
        )
    return total, least
