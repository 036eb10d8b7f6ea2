"""Histograms of oriented gradients: pictures to vectors."""

from typing import Any

import numpy as np

from ..images.errors import EdgewiseError
from .compute import fill
from .config import HogConfig

KEPT = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32))


def hog(
    image: np.ndarray,
    config: HogConfig | str = "dalal-triggs",
    *,
    mask: np.ndarray | None = None,
    **changes: Any,
) -> np.ndarray:
    """Compute the histograms of oriented gradients of one picture.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C)
        uint8, uint16 or float32 (other real numbers become float32). Values
        are not rescaled. Of several channels, each pixel uses the one with
        the strongest gradient, so an alpha channel has to be dropped before.
    config : HogConfig or str
        Settings, or the name of a preset.
    mask : ndarray, (H, W) bool, optional
        Valid pixels. A pixel votes if it and those that its gradient reads
        are valid; what lies beyond the picture's border is.
    **changes
        Settings that differ from `config`.

    Returns
    -------
    ndarray, (n,) float32
        By block row, block column, cell row, cell column, bin; columns
        before rows where `order` is "column". By cell row, cell column, value
        for the layouts by cell.

    Raises
    ------
    EdgewiseError
        If the picture is smaller than one block, or a setting is wrong.

    Notes
    -----
    Pixels beyond the last whole cell only serve the gradient of their
    neighbours. A NaN or an infinity makes the blocks it touches NaN, unless
    the mask excludes it.

    The preset ``skimage`` equals ``skimage.feature.hog``, except that a
    gradient which points up by less than rounding, an angle of -1e-17
    degrees, loses its vote there and here votes into the last bin.

    Examples
    --------
    >>> import numpy as np
    >>> hog(np.eye(16, dtype=np.uint8), "skimage", cell=4, bins=8).shape
    (288,)
    """
    image = np.asarray(image)
    if image.ndim not in (2, 3):
        raise EdgewiseError(f"a picture has the shape (H, W) or (H, W, C), not {image.shape}")
    return hog_batch(image[None], config, mask=mask, **changes)[0]


def hog_batch(
    images: np.ndarray,
    config: HogConfig | str = "dalal-triggs",
    *,
    mask: np.ndarray | None = None,
    out: np.ndarray | None = None,
    **changes: Any,
) -> np.ndarray:
    """Compute the histograms of oriented gradients of pictures of one size.

    Parameters
    ----------
    images : ndarray, (N, H, W) or (N, H, W, C)
        As for `hog`.
    config : HogConfig or str
        Settings, or the name of a preset.
    mask : ndarray, (H, W) or (N, H, W) bool, optional
        Valid pixels of all pictures, or of each; see `hog`.
    out : ndarray, (N, n) float32, optional
        C-contiguous array that is filled and returned, instead of a new one.
    **changes
        Settings that differ from `config`.

    Returns
    -------
    ndarray, (N, n) float32
        One vector a row, as `hog` gives it.

    Raises
    ------
    EdgewiseError
        As `hog`.
    """
    config = as_settings(config, changes)
    images = as_pictures(images)
    count, rows, columns = images.shape[:3]
    out = _as_output(out, (count, config.length(rows, columns)))
    mask = None if mask is None else _as_mask(mask, images.shape[:3])
    if count:
        fill(images, config, mask, out)
    return out


def as_settings(config: HogConfig | str, changes: dict[str, Any]) -> HogConfig:
    """Return settings, or those of a preset's name, with changes."""
    if isinstance(config, str):
        return HogConfig.preset(config, **changes)
    return config.replace(**changes) if changes else config


def as_pictures(images: np.ndarray) -> np.ndarray:
    """Return pictures as a C-contiguous (N, H, W, C) array of a dtype the loops know."""
    images = np.asarray(images)
    if images.ndim not in (3, 4):
        raise EdgewiseError(
            f"pictures have the shape (N, H, W) or (N, H, W, C), not {images.shape}"
        )
    if images.dtype.kind not in "buif":
        raise EdgewiseError(f"a picture holds real numbers, not {images.dtype}")
    if images.shape[-1] == 0:
        raise EdgewiseError(f"the pictures have no pixels: their shape is {images.shape}")
    if images.dtype not in KEPT:
        images = images.astype(np.float32)
    return np.ascontiguousarray(images if images.ndim == 4 else images[..., None])


def _as_mask(mask: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return a mask of (N, H, W), or of (1, H, W) where it is one for all pictures."""
    mask = np.asarray(mask)
    if mask.dtype != bool or mask.shape not in (shape, shape[1:]):
        raise EdgewiseError(
            f"a mask holds True and False in the pictures' shape, {shape[1:]}: "
            f"its shape is {mask.shape}, its dtype {mask.dtype}"
        )
    return mask if mask.ndim == 3 else mask[None]


def _as_output(out: np.ndarray | None, shape: tuple[int, int]) -> np.ndarray:
    if out is None:
        return np.empty(shape, np.float32)
    if out.shape != shape or out.dtype != np.float32 or not out.flags.c_contiguous:
        raise EdgewiseError(
            f"out is not a C-contiguous float32 array of shape {shape}: "
            f"its shape is {out.shape}, its dtype {out.dtype}"
        )
    return out
