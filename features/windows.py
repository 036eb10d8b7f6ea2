"""HoG of many windows of one large picture, whose blocks are computed once."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..images.errors import EdgewiseError
from . import gradients
from .compute import by_column, exact_dtype, fill_blocks, for_the_loops
from .config import HogConfig
from .hog import as_pictures, as_settings
from .layout import Plan

# Values of vectors that are yielded at a time: 64 MB.
VALUES_AT_ONCE = 16_000_000


def hog_windows(
    image: np.ndarray,
    window: tuple[int, int],
    stride: tuple[int, int],
    config: HogConfig | str = "dalal-triggs",
    **changes: Any,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Compute the histograms of oriented gradients of all windows of a picture.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C)
        As for `hog`.
    window, stride : (int, int)
        Rows and columns of a window, and from one window to the next. The
        first window is at the upper left; those that would reach beyond the
        picture are left out.
    config : HogConfig or str
        Settings, or the name of a preset: one with blocks, the common
        gradient, and no votes from one block to another.
    **changes
        Settings that differ from `config`.

    Yields
    ------
    corners : ndarray, (K, 2) int64
        Row and column of the upper left pixels of some windows, row by row.
    vectors : ndarray, (K, n) float32
        Their vectors. As in ``cv2.HOGDescriptor.compute`` of a whole
        picture, a gradient at a window's border reads the pixels beyond it.

    Raises
    ------
    EdgewiseError
        If the picture is smaller than a window, the window than a block, or
        the settings are not for windows.

    Notes
    -----
    Some `VALUES_AT_ONCE` values are held at a time, however large the picture.
    Blocks of windows that overlap are computed once wherever the
    stride is a multiple of the block's, and once per remainder otherwise.

    Examples
    --------
    >>> import numpy as np
    >>> photo = np.zeros((480, 640), np.uint8)
    >>> sum(len(v) for _, v in hog_windows(photo, (128, 64), (8, 8)))
    3285
    """
    config = as_settings(config, changes)
    pictures = as_pictures(np.asarray(image)[None])
    check_windows(window, stride, config)
    _refuse_small(pictures.shape[1:3], window)
    return _windows(for_the_loops(pictures, config), window, stride, config)


def check_windows(window: tuple[int, int], stride: tuple[int, int], config: HogConfig) -> None:
    """Raise EdgewiseError if a window holds no block, or the settings are not for windows."""
    config.length(*window)
    if min(stride) < 1:
        raise EdgewiseError(f"a stride is at least 1 pixel, not {min(stride)}")
    if config.layout != "blocks" or not gradients.is_common(config):
        raise EdgewiseError(
            "windows are for settings with blocks and the common gradient: layout blocks, "
            "gradient centred, border reflect, colour strongest, vote magnitude, "
            "interpolation_scope block"
        )


def _refuse_small(size: tuple[int, ...], window: tuple[int, int]) -> None:
    if size[0] < window[0] or size[1] < window[1]:
        raise EdgewiseError(
            f"a picture of {size[1]}x{size[0]} pixels is smaller than the window, "
            f"{window[1]}x{window[0]}; use a smaller window"
        )


def _windows(images, window, stride, config) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    tops = np.arange(0, images.shape[1] - window[0] + 1, stride[0])
    lefts = np.arange(0, images.shape[2] - window[1] + 1, stride[1])
    length = config.length(*window)
    band = max(1, VALUES_AT_ONCE // (len(lefts) * length))
    for first in range(0, len(tops), band):
        some = tops[first : first + band]
        vectors = np.empty((len(some), len(lefts), length), np.float32)
        _fill_band(images, window, config, some, lefts, vectors)
        corners = np.stack(np.meshgrid(some, lefts, indexing="ij"), axis=-1)
        yield corners.reshape(-1, 2), vectors.reshape(-1, length)


def _fill_band(images, window, config, tops, lefts, vectors) -> None:
    """Fill the vectors of all windows with these upper and left borders."""
    steps = [config.block_stride[a] * config.cell[a] for a in (0, 1)]
    for rows in _alike(tops, steps[0]):
        for columns in _alike(lefts, steps[1]):
            some = _gathered(images, window, config, tops[rows], lefts[columns], steps)
            vectors[np.ix_(rows, columns)] = some


def _alike(starts: np.ndarray, step: int) -> list[np.ndarray]:
    """Return the numbers of the windows that share blocks, group by group."""
    return [np.flatnonzero(starts % step == rest) for rest in np.unique(starts % step)]


def _gathered(images, window, config, tops, lefts, steps) -> np.ndarray:
    """Return the vectors of windows that lie whole block strides apart, (rows, columns, n)."""
    _, _, *grid = config.grid(*window)
    spans = [
        int(starts[-1] - starts[0]) // steps[a] + grid[a] for a, starts in enumerate((tops, lefts))
    ]
    corner = int(tops[0]), int(lefts[0])
    dtype = exact_dtype(images)
    plan = Plan.from_corner(config, corner, (spans[0], spans[1]), dtype)
    blocks = np.empty((1, spans[0] * spans[1] * config.values_a_block), np.float32)
    fill_blocks(images, plan, blocks)
    blocks = blocks.reshape(spans[0], spans[1], -1)
    around = np.lib.stride_tricks.sliding_window_view(blocks, tuple(grid), axis=(0, 1))
    chosen = around[(tops - tops[0]) // steps[0]][:, (lefts - lefts[0]) // steps[1]]
    by_row = np.ascontiguousarray(chosen.transpose(0, 1, 3, 4, 2)).reshape(
        len(tops) * len(lefts), -1
    )
    if config.order == "column":
        turned = np.empty_like(by_row)
        by_column(by_row, config, (grid[0], grid[1]), turned)
        by_row = turned
    return by_row.reshape(len(tops), len(lefts), -1)
