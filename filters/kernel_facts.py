"""What can be said of a kernel: its sum, its rank, and which waves it lets through."""

import numpy as np

from .correlation import as_kernel
from .kernel_settings import is_zero_sum
from .methods import choose_method
from .separable import rank_of

# Cycles per pixel; half a cycle is the finest wave that pixels can hold.
FREQUENCIES = (0.0, 0.125, 0.25, 0.375, 0.5)
# (rows, columns) that a wave moves along.
DIRECTIONS = {"x": (0, 1), "y": (1, 0), "diagonal": (1, 1)}


def frequency_response(
    kernel: np.ndarray, down: np.ndarray | float, across: np.ndarray | float
) -> np.ndarray:
    r"""Return by how much a kernel scales waves.

    .. math:: |W(f, g)| = |\sum_{u, v} w[u, v] e^{-2 \pi i (f u + g v)}|

    Parameters
    ----------
    kernel : array_like, (K, L)
    down, across : array_like
        Frequencies f and g in cycles per pixel, of shapes that broadcast.

    Returns
    -------
    ndarray of float64
        1 where a wave passes unchanged, 0 where it disappears.
    """
    weights = as_kernel(kernel).astype(np.float64)
    down, across = np.broadcast_arrays(np.asarray(down, float), np.asarray(across, float))
    rows = np.exp(-2j * np.pi * down[..., None] * np.arange(weights.shape[0]))
    columns = np.exp(-2j * np.pi * across[..., None] * np.arange(weights.shape[1]))
    return np.abs(np.einsum("...u,uv,...v->...", rows, weights, columns))


def kernel_facts(kernel: np.ndarray) -> dict:
    """Describe a kernel.

    Returns
    -------
    dict
        ``rows``, ``columns``, ``sum``, ``zero_sum``, ``abs_sum``, ``rank``,
        ``method`` (how a large picture is correlated with it), ``two_passes``,
        and ``response``: for each of `DIRECTIONS` the scale of waves of
        `FREQUENCIES`.
    """
    weights = as_kernel(kernel)
    method = choose_method(weights, whole=True)
    sizes = np.linalg.svd(weights.astype(np.float64), compute_uv=False)
    return {
        "rows": weights.shape[0],
        "columns": weights.shape[1],
        "sum": round(float(weights.sum(dtype=float)), 9),
        "zero_sum": is_zero_sum(weights),
        "abs_sum": round(float(np.abs(weights).sum(dtype=float)), 9),
        "rank": rank_of(sizes),
        "method": str(method),
        "two_passes": method.name == "two passes",
        "response": {
            name: [
                round(float(frequency_response(weights, f * down, f * across)), 6)
                for f in FREQUENCIES
            ]
            for name, (down, across) in DIRECTIONS.items()
        },
    }
