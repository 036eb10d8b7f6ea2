"""Where the values of vectors stand: seen as arrays of blocks and of cells, without copies."""

import numpy as np

from .config import HogConfig


def as_blocks(vectors: np.ndarray, config: HogConfig, size: tuple[int, int]) -> np.ndarray:
    """View vectors of the layout "blocks" by block and cell, whatever their order.

    Parameters
    ----------
    vectors : ndarray, (..., n)
    config : HogConfig
    size : (int, int)
        Rows and columns of the pictures.

    Returns
    -------
    ndarray, (..., block rows, block columns, cell rows, cell columns, bins)
    """
    _, _, *blocks = config.grid(*size)
    leading = vectors.shape[:-1]
    if config.order == "row":
        return vectors.reshape(*leading, *blocks, *config.block, config.bins)
    turned = vectors.reshape(*leading, *blocks[::-1], *config.block[::-1], config.bins)
    return turned.swapaxes(-5, -4).swapaxes(-3, -2)


def as_cells(vectors: np.ndarray, config: HogConfig, size: tuple[int, int]) -> np.ndarray:
    """View vectors of a layout by cell as (..., rows, columns, values)."""
    _, _, *cells = config.grid(*size)
    return vectors.reshape(*vectors.shape[:-1], *cells, config.values_a_block)


def as_vectors(blocks: np.ndarray, config: HogConfig) -> np.ndarray:
    """Return what `as_blocks` shows as vectors again: (..., n)."""
    if config.order == "column":
        blocks = blocks.swapaxes(-5, -4).swapaxes(-3, -2)
    return blocks.reshape(*blocks.shape[:-5], -1)
