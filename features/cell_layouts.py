"""The vectors of the layouts by cell: every cell normalised by each of four groups of cells.

Felzenszwalb, Girshick, McAllester and Ramanan, "Object Detection with
Discriminatively Trained Part-Based Models", PAMI 2010,
doi:10.1109/TPAMI.2009.167; with the constants of their program, as in dlib's
``extract_fhog_features`` and VLFeat's ``vl_hog``.
"""

import math

import numpy as np

from .config import HogConfig


def normalised(histograms: np.ndarray, config: HogConfig) -> np.ndarray:
    """Return the vectors of the layout that `config` names.

    Parameters
    ----------
    histograms : ndarray, (N, cell rows, cell columns, bins) float32
        The bins are signed, 2 * config.bins, for "felzenszwalb".
    config : HogConfig

    Returns
    -------
    ndarray, (N, rows, columns, values) float32
        For "felzenszwalb" without the outermost cells.
    """
    if config.layout == "vlfeat":
        return _four_histograms(histograms, config)
    return _summed(histograms, config)


def _four_histograms(histograms: np.ndarray, config: HogConfig) -> np.ndarray:
    """Return 4 * bins values of each cell; the cells beyond the border are those at it."""
    padded = np.pad(_energy(histograms), ((0, 0), (1, 1), (1, 1)), "edge")
    scales = _scales(padded, config.epsilon)
    # Above left, above right, below left, below right: row by row.
    groups = (scales[3], scales[1], scales[2], scales[0])
    return np.concatenate(
        [np.minimum(histograms * scale, np.float32(config.clip)) for scale in groups], axis=-1
    )


def _summed(histograms: np.ndarray, config: HogConfig) -> np.ndarray:
    """Return 2 * bins signed values, bins unsigned ones, and 4 sums of each inner cell."""
    bins, clip = config.bins, np.float32(config.clip)
    unsigned = histograms[..., :bins] + histograms[..., bins:]
    scales = _scales(_energy(unsigned), config.epsilon)
    inner, inner_unsigned = histograms[:, 1:-1, 1:-1], unsigned[:, 1:-1, 1:-1]
    clipped = [np.minimum(inner * scale, clip) for scale in scales]
    of_unsigned = [np.minimum(inner_unsigned * scale, clip) for scale in scales]
    texture = np.float32(0.5 * math.sqrt(2 / bins))
    return np.concatenate(
        [
            np.float32(0.5) * sum(clipped),
            np.float32(0.5) * sum(of_unsigned),
            np.stack([texture * values.sum(axis=-1) for values in clipped], axis=-1),
        ],
        axis=-1,
    )


def _energy(histograms: np.ndarray) -> np.ndarray:
    return (histograms * histograms).sum(axis=-1)


def _scales(energy: np.ndarray, epsilon: float) -> list[np.ndarray]:
    """Return what each inner cell is multiplied by: one number for each group of 2x2 cells.

    In the order below right, above right, below left, above left.
    """
    rows = energy[:, :-1] + energy[:, 1:]
    groups = rows[:, :, :-1] + rows[:, :, 1:]
    scales = np.float32(1) / np.sqrt(groups + np.float32(epsilon) ** 2)
    below, above, right, left = slice(1, None), slice(None, -1), slice(1, None), slice(None, -1)
    return [
        scales[:, row, column, None]
        for row, column in ((below, right), (above, right), (below, left), (above, left))
    ]
