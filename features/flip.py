"""The HoG of a picture's mirror image, from the HoG alone."""

import numpy as np

from ..images.errors import EdgewiseError
from .config import HogConfig
from .order import as_blocks, as_cells, as_vectors


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
    if config.signed and config.bins % 2 and config.layout == "blocks":
        raise EdgewiseError(
            f"{config.bins} signed bins have no mirror image; use an even number of bins"
        )
    if config.window_sigma is not None and config.window_centre == "pixel":
        raise EdgewiseError(
            "a block window off the block's middle has no mirror image; use window_centre middle"
        )
    if config.gradient == "forward":
        raise EdgewiseError("a forward gradient has no mirror image; use gradient centred")
    over = size[1] - _columns_in_use(config, size)
    if over:
        raise EdgewiseError(
            f"cells or blocks fill {size[1] - over} of {size[1]} columns, so the mirror image has "
            f"other cells; use pictures {size[1] - over} pixels wide"
        )


def _columns_in_use(config: HogConfig, size: tuple[int, int]) -> int:
    _, cell_columns, _, block_columns = config.grid(*size)
    if config.layout != "blocks":
        return cell_columns * config.cell[1]
    return ((block_columns - 1) * config.block_stride[1] + config.block[1]) * config.cell[1]


def _mirrored_places(config: HogConfig, size: tuple[int, int]) -> np.ndarray:
    """Return where each value of a mirrored vector stands in the vector."""
    places = np.arange(config.length(*size))
    if config.layout != "blocks":
        return as_cells(places, config, size)[:, ::-1, _mirrored_values(config)].ravel()
    blocks = as_blocks(places, config, size)
    bins = _mirrored_bins(config.bins, config.signed, config.bin_origin)
    return as_vectors(blocks[:, ::-1, :, ::-1, bins], config)


def _mirrored_bins(bins: int, signed: bool, origin: str) -> np.ndarray:
    """Return the bin that each bin's gradients vote into once mirrored: angle a becomes 180 - a."""
    half = bins // 2 if signed else bins
    return (half - (1 if origin == "edge" else 0) - np.arange(bins)) % bins


def _mirrored_values(config: HogConfig) -> np.ndarray:
    """Return the value of a cell that each of its values becomes, in a layout by cell."""
    bins, origin = config.bins, config.bin_origin
    unsigned = _mirrored_bins(bins, False, origin)
    if config.layout == "vlfeat":
        # Groups above left, above right, below left, below right.
        return np.concatenate([bins * group + unsigned for group in (1, 0, 3, 2)])
    signed = _mirrored_bins(2 * bins, True, origin)
    # Sums below right, above right, below left, above left.
    return np.concatenate([signed, 2 * bins + unsigned, 3 * bins + np.array([2, 3, 0, 1])])
