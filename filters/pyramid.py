"""Pyramids: half and double size by the 5x5 binomial window (Burt and Adelson 1983)."""

import numpy as np

from .catalogue import named_filter
from .correlation import correlate
from .kernels import binomial


@named_filter("pyramid-down", alpha="same")
def pyramid_down(image: np.ndarray, border: str = "reflect") -> np.ndarray:
    """Halve the size, rounded up: a 5x5 binomial blur, then every second pixel."""
    return correlate(image, binomial(5), stride=2, border=border)


@named_filter("pyramid-up", alpha="same")
def pyramid_up(image: np.ndarray) -> np.ndarray:
    """Double the size: zeros in between, then four times a 5x5 binomial blur."""
    height, width = image.shape[:2]
    spread = np.zeros((2 * height, 2 * width, *image.shape[2:]), np.float32)
    spread[::2, ::2] = image
    # A zero mirrors on a zero this way, except where there is but one pixel.
    spread = _single(spread, height, width)
    return correlate(spread, 4 * binomial(5))


def _single(spread: np.ndarray, height: int, width: int) -> np.ndarray:
    """Double the only row or column, whose mirror image holds none of it."""
    if height == 1:
        spread[1] = spread[0]
        spread /= 2
    if width == 1:
        spread[:, 1] = spread[:, 0]
        spread /= 2
    return spread
