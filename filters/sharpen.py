"""Sharpening: what a Gaussian blur takes away, alone or added."""

from dataclasses import dataclass

import numpy as np

from ..compiled.scratch import scratch
from . import point_loops
from .borders import RENORMALIZE, border_name
from .catalogue import named_filter
from .correlation import as_kernel, sliding
from .gaussians import gaussian, gaussian_radius
from .operations import Operation, Shape, Strips
from .registry import Positive
from .runner import run
from .slide import Slide
from .sliding import Windows
from .values import as_image


def _reach(sigma: float, **_: object) -> tuple[int, int]:
    size = 2 * gaussian_radius(sigma, None, 4.0) + 1
    return size, size


def _taken_away(image, windows: Windows, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixels, and what a Gaussian blur takes away from them."""
    weights = gaussian(sigma)
    pixels = windows.centres(image, weights.shape)
    return pixels, pixels - windows.slide(image, weights)


@dataclass(frozen=True)
class Sharpen:
    """A picture plus what a blur takes away from it, for windows on every pixel.

    Attributes
    ----------
    blur : Slide
    keep, amount : float
        What the pixels, and what is taken away, are multiplied by.
    threshold : float
        Less than this is not taken away.
    """

    blur: Slide
    keep: float
    amount: float
    threshold: float

    def strips(self, height: int) -> Strips | None:
        """Say how a picture is cut; see `Operation`."""
        return self.blur.strips(height)

    def result(self, shape: Shape, dtype: np.dtype) -> tuple[Shape, np.dtype]:
        """Return shape and dtype of the result; see `Operation`."""
        return self.blur.result(shape, dtype)

    def strip(
        self, source: np.ndarray, first: int, height: int, start: int, stop: int,
        out: np.ndarray | None,
    ) -> np.ndarray:  # fmt: skip
        """Return some rows of the result; see `Operation`."""
        pixels = source[start - first : stop - first]
        blurred = scratch("blurred", pixels.shape, np.float32)
        self.blur.strip(source, first, height, start, stop, blurred)
        out = np.empty(pixels.shape, np.float32) if out is None else out
        self._combine(pixels, blurred, out)
        return out

    def whole(self, image: np.ndarray) -> np.ndarray:
        """Return the result of a whole picture, blurred perhaps by Fourier transforms."""
        out = np.empty(image.shape, np.float32)
        self._combine(image, self.blur.whole(image), out)
        return out

    def _combine(self, pixels: np.ndarray, blurred: np.ndarray, out: np.ndarray) -> None:
        flat = len(pixels), pixels[0].size
        rows = scratch("row", (1, flat[1]), np.float32)
        point_loops.sharpen(
            pixels.reshape(flat), blurred.reshape(flat), self.keep, self.amount, self.threshold,
            rows, out.reshape(flat),
        )  # fmt: skip


def _sharpening(
    windows: Windows, sigma: float, keep: float, amount: float, threshold: float
) -> Operation | None:
    """Return the operation on every pixel; None for windows that stride, or that lie otherwise."""
    plain = windows.padding == "same" and windows.stride in (1, (1, 1))
    if not plain or border_name(windows.border) == RENORMALIZE:
        return None
    weights = as_kernel(gaussian(sigma))
    settings = {key: value for key, value in windows.__dict__.items() if key != "flip"}
    middle = weights.shape[0] // 2, weights.shape[1] // 2
    blur = sliding(weights, middle, **settings)
    return Sharpen(blur, keep, amount, threshold) if isinstance(blur, Slide) else None


def _unsharp(
    windows: Windows, sigma: Positive = 1.0, amount: float = 1.0, threshold: float = 0.0
) -> Operation | None:
    return _sharpening(windows, sigma, 1.0, amount, threshold)


def _highpass(windows: Windows, sigma: Positive = 2.0) -> Operation | None:
    return _sharpening(windows, sigma, 0.0, 1.0, 0.0)


@named_filter("unsharp", correlates=True, alpha="same", reach=_reach, operation=_unsharp)
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
    if operation := _unsharp(windows, sigma, amount, threshold):
        return run([operation], as_image(image), None)
    pixels, detail = _taken_away(image, windows, sigma)
    if threshold > 0:
        detail[np.abs(detail) < threshold] = 0
    return pixels + detail * np.float32(amount)


@named_filter("highpass", correlates=True, alpha="sample", reach=_reach, operation=_highpass)
def highpass(image: np.ndarray, windows: Windows, sigma: Positive = 2.0) -> np.ndarray:
    """High-pass: what a Gaussian blur takes away, 0 in flat areas."""
    if operation := _highpass(windows, sigma):
        return run([operation], as_image(image), None)
    return _taken_away(image, windows, sigma)[1]
