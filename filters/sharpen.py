"""Sharpening: what a Gaussian blur takes away, alone or added."""

import numpy as np

from .catalogue import named_filter
from .gaussians import gaussian, gaussian_radius
from .registry import Positive
from .sliding import Windows


def _reach(sigma: float, **_: object) -> tuple[int, int]:
    size = 2 * gaussian_radius(sigma, None, 4.0) + 1
    return size, size


def _taken_away(image, windows: Windows, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixels, and what a Gaussian blur takes away from them."""
    weights = gaussian(sigma)
    pixels = windows.centres(image, weights.shape)
    return pixels, pixels - windows.slide(image, weights)


@named_filter("unsharp", correlates=True, alpha="same", reach=_reach)
def unsharp(
    image: np.ndarray,
    windows: Windows,
    sigma: Positive = 1.0,
    amount: float = 1.0,
    threshold: float = 0.0,
) -> np.ndarray:
    """Unsharp masking: the image plus amount times what a Gaussian blur takes away.

    Where less than the threshold is taken away, the pixel stays.
    """
    pixels, detail = _taken_away(image, windows, sigma)
    if threshold > 0:
        detail[np.abs(detail) < threshold] = 0
    detail *= np.float32(amount)
    return np.add(pixels, detail, out=detail)


@named_filter("highpass", correlates=True, alpha="sample", reach=_reach)
def highpass(image: np.ndarray, windows: Windows, sigma: Positive = 2.0) -> np.ndarray:
    """High-pass: what a Gaussian blur takes away, 0 in flat areas."""
    return _taken_away(image, windows, sigma)[1]
