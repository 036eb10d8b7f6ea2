"""The HoG of a picture's mirror image, from the HoG alone."""

import numpy as np

from ..images.errors import EdgewiseError
from .config import HogConfig


def flip_hog(vectors: np.ndarray, config: HogConfig, size: tuple[int, int]) -> np.ndarray:
    """Return the HoG vectors of the pictures mirrored left to right, without the pictures.

    A cheap second example for every picture of a thing that has no left and
    right, as Dalal and Triggs (2005) train with.

    Parameters
    ----------
    vectors : ndarray, (n,) or (N, n)
        As `hog` and `hog_batch` give them.
    config : HogConfig
        The settings that they were computed with.
    size : (int, int)
        Rows and columns of the pictures that they were computed from.

    Returns
    -------
    ndarray, of the same shape and dtype
        Cells and blocks in reverse order from left to right, and each bin's
        value in the bin that a mirrored gradient votes into. Equal to
        ``hog(image[:, ::-1])`` up to rounding. Whole votes (without
        `interpolate_orientation`) of gradients exactly upon the edge between
        two bins, as those of a picture's first and last row, go to the bin
        above the edge in both pictures, and only here to its mirror image.

    Raises
    ------
    EdgewiseError
        If the settings or the size tell left from right: blocks that do not
        reach from edge to edge, an odd number of signed bins, a window off
        the centre, a forward difference.
    """
    vectors = np.asarray(vectors)
    length = config.length(*size)
    if vectors.ndim not in (1, 2) or vectors.shape[-1] != length:
        raise EdgewiseError(
            f"the vectors' shape is {vectors.shape}, but {size[1]}x{size[0]} pixels with these "
            f"settings give {length} values"
        )
    _refuse_one_sided(config, size)
    return vectors[..., _mirrored_places(config, size)]


def _refuse_one_sided(config: HogConfig, size: tuple[int, int]) -> None:
    if config.signed and config.bins % 2:
        raise EdgewiseError(
            f"{config.bins} signed bins have no mirror image; use an even number of bins"
        )
    _, _, _, block_columns = config.grid(*size)
    reach = (block_columns - 1) * config.block_stride[1] + config.block[1]
    over = size[1] - reach * config.cell[1]
    if over:
        raise EdgewiseError(
            f"blocks leave {over} of {size[1]} columns over on the right, so the mirror image has "
            f"other cells; use pictures {size[1] - over} pixels wide"
        )


def _mirrored_places(config: HogConfig, size: tuple[int, int]) -> np.ndarray:
    """Return where each value of a mirrored vector stands in the vector."""
    _, _, block_rows, block_columns = config.grid(*size)
    places = np.arange(config.length(*size)).reshape(
        block_rows, block_columns, *config.block, config.bins
    )
    return places[:, ::-1, :, ::-1, _mirrored_bins(config)].ravel()


def _mirrored_bins(config: HogConfig) -> np.ndarray:
    """Return the bin that each bin's gradients vote into once mirrored: angle a becomes 180 - a."""
    half = config.bins // 2 if config.signed else config.bins
    return (half - 1 - np.arange(config.bins)) % config.bins
