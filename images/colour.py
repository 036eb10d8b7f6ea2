"""Colour, gray and alpha."""

import numpy as np

from .errors import EdgewiseError

# Rec. ITU-R BT.601, as Pillow's mode L and OpenCV's COLOR_RGB2GRAY.
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def split_alpha(image: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Take the alpha channel off an image.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C)
        With two or four channels the last is alpha.

    Returns
    -------
    colour : ndarray, (H, W), (H, W, 3) or as it came
        Gray with alpha becomes (H, W).
    alpha : ndarray, (H, W), or None
    """
    if not has_alpha(image):
        return image, None
    colour = image[:, :, 0] if image.shape[2] == 2 else image[:, :, :3]
    return np.ascontiguousarray(colour), np.ascontiguousarray(image[:, :, -1])


def has_alpha(image: np.ndarray) -> bool:
    """Say whether an image has two or four channels."""
    return image.ndim == 3 and image.shape[2] in (2, 4)


def to_gray(image: np.ndarray) -> np.ndarray:
    """Return the luma of an image, (H, W), of the same dtype.

    ``0.299 R + 0.587 G + 0.114 B`` (Rec. 601); integers are rounded half to
    even. Alpha is dropped, and gray images are returned as they are.

    Raises
    ------
    EdgewiseError
        If the image has more than four channels.
    """
    colour, _ = split_alpha(image)
    if colour.ndim == 2:
        return colour
    if colour.shape[2] == 1:
        return colour[:, :, 0]
    if colour.shape[2] != 3:
        raise EdgewiseError(f"an image of {colour.shape[2]} channels cannot be made gray")
    with np.errstate(over="ignore", invalid="ignore"):
        luma = colour.astype(np.float32) @ LUMA
    return luma if image.dtype.kind == "f" else np.rint(luma).astype(image.dtype)


def to_rgb(image: np.ndarray) -> np.ndarray:
    """Return an image as (H, W, 3): gray is repeated, alpha is dropped."""
    colour, _ = split_alpha(image)
    if colour.ndim == 3 and colour.shape[2] == 3:
        return colour
    return np.repeat(to_gray(colour)[:, :, None], 3, axis=2)
