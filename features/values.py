"""What is done to a picture's values before its gradient: gamma and the choice of a channel."""

import numpy as np

from ..images.errors import EdgewiseError
from .config import HogConfig

# Rec. 601, of red, green and blue.
LUMA = np.array([0.299, 0.587, 0.114])
CHANNELS = ("red", "green", "blue")


def compressed(images: np.ndarray, config: HogConfig) -> np.ndarray:
    """Return the pictures with gamma applied.

    Whole numbers become float64, since differences of roots cancel; float32
    stays, as in scikit-image; everything becomes float32 where `arithmetic`
    is OpenCV's.

    Raises
    ------
    EdgewiseError
        If a value is negative.
    """
    gamma = config.gamma
    if gamma == "none":
        return images
    single = images.dtype == np.float32 or config.arithmetic == "opencv"
    exact = np.float32 if single else np.float64
    if images.dtype == np.float32 and images.size and images.min() < 0:
        raise EdgewiseError(f"gamma {gamma} needs values of at least 0, and the picture has less")
    if gamma == "sqrt":
        return np.sqrt(images, dtype=exact)
    if gamma == "log":
        return np.log1p(images, dtype=exact)
    # Beyond all numbers is infinity, which whoever uses the vectors looks for.
    with np.errstate(over="ignore"):
        return images.astype(exact) ** exact(gamma)


def one_colour(images: np.ndarray, colour: str) -> np.ndarray:
    """Return the pictures' luma or one of their channels, (N, H, W, 1); gray stays as it is.

    Raises
    ------
    EdgewiseError
        If the pictures are neither gray nor of red, green and blue.
    """
    if colour.startswith("strongest") or images.shape[3] == 1:
        return images
    if images.shape[3] != 3:
        raise EdgewiseError(
            f"colour {colour} needs pictures of 1 or 3 channels, not {images.shape[3]}"
        )
    if colour == "gray":
        return (images @ LUMA).astype(np.float32)[..., None]
    channel = CHANNELS.index(colour)
    return np.ascontiguousarray(images[..., channel : channel + 1])
