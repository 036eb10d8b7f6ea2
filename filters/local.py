"""Local statistics: mean, variance, contrast, the guided filter, integral images."""

import math
from collections.abc import Iterable

import numpy as np

from ..images.errors import EdgewiseError
from . import correlation
from .catalogue import named_filter, square_of_size
from .gaussians import gaussian_row, odd_radius
from .registry import Odd, Positive
from .sliding import Windows
from .stages import Parts, Run

# Values that an integral image adds up at a time.
ROWS = 1 << 20


def window_moments(image: np.ndarray, size: int, windows: Windows) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the variance of every size x size window.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C)
        Each channel is treated by itself.
    size : int
        Odd.
    windows : Windows
        Stride, padding and border.

    Returns
    -------
    mean, variance : ndarray of float32
        In the image's unit, and its square. The variance divides by the number
        of pixels.
    """
    if size < 1 or size % 2 == 0:
        raise EdgewiseError(f"size={size} is not an odd number above 0")
    frame = windows.frame(image, (size, size))
    # Running sums would carry a NaN along; cumulative ones do too.
    finite = frame.dtype.kind != "f" or bool(np.isfinite(frame).all())
    if not finite:
        mean, variance = _moments_seen(frame, size)
    elif frame.size * 12 < correlation.FEW_MULTIPLY_ADDS:
        mean, variance = _moments_plain(frame, size)
    else:
        mean, variance = _moments_loops(frame, size)
    return windows.sample(mean, image), windows.sample(variance, image)


def _moments_loops(frame: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    from . import moment_loops

    height, width, channels = frame.shape
    shape = height - size + 1, width - size + 1, channels
    mean, variance = np.empty(shape, np.float32), np.empty(shape, np.float32)
    moment_loops.moments(
        frame.reshape(height, -1), channels, size, size, max(64, 2 * size),
        mean.reshape(shape[0], -1), variance.reshape(shape[0], -1),
    )  # fmt: skip
    return mean, variance


def _moments_plain(frame: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    values = frame.astype(np.float64)
    mean, square = (_box(part, size) / size**2 for part in (values, values**2))
    variance = np.maximum(square - mean**2, 0)
    return mean.astype(np.float32), variance.astype(np.float32)


def _box(values: np.ndarray, size: int) -> np.ndarray:
    table = np.pad(values.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0), (0, 0)))
    tall = table[size:] - table[:-size]
    return tall[:, size:] - tall[:, :-size]


def _moments_seen(frame: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return both from windows one by one, so that a NaN stays where it is seen."""
    views = np.lib.stride_tricks.sliding_window_view(frame, (size, size), axis=(0, 1))
    with np.errstate(invalid="ignore"):
        mean = views.mean(axis=(3, 4), dtype=np.float64)
        variance = views.var(axis=(3, 4), dtype=np.float64)
    return mean.astype(np.float32), variance.astype(np.float32)


@named_filter("local-mean", correlates=True, alpha="same", reach=square_of_size)
def local_mean(image: np.ndarray, windows: Windows, size: Odd = 7) -> np.ndarray:
    """Mean of size x size pixels, by running sums: any size takes the same time."""
    return window_moments(image, size, windows)[0]


@named_filter("local-variance", correlates=True, alpha="keep", reach=square_of_size, linear=False)
def local_variance(image: np.ndarray, windows: Windows, size: Odd = 7) -> np.ndarray:
    """Variance of size x size pixels, in squared values."""
    return window_moments(image, size, windows)[1]


@named_filter("local-contrast", correlates=True, alpha="keep", reach=square_of_size, linear=False)
def local_contrast(
    image: np.ndarray, windows: Windows, size: Odd = 31, epsilon: Positive = 1.0
) -> np.ndarray:
    """Local contrast normalisation: (pixel - mean) / sqrt(variance + epsilon), about -3 to 3."""
    mean, variance = window_moments(image, size, windows)
    pixels = windows.centres(image, (size, size))
    return (pixels - mean) / np.sqrt(variance + np.float32(epsilon))


def _deviations(image, windows: Windows, size: int, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Return what a Gaussian window's mean leaves, and its standard deviation there."""
    row = gaussian_row(sigma, odd_radius(size))
    weights = np.outer(row, row)
    left = windows.centres(image, weights.shape)
    left -= _over_channels(windows.slide(image, weights))
    # From here on the windows lie on results, which have their size already.
    again = Windows(border=windows.border, fill=windows.fill)
    deviation = np.sqrt(np.maximum(_over_channels(again.slide(left * left, weights)), 0))
    return left, deviation


def _look_lcn(image, windows: Windows, size: int = 9, sigma: float = 2.0) -> np.ndarray:
    """Return the deviations and the pixels' magnitudes, (H, W, 2)."""
    deviation = _deviations(image, windows, size, sigma)[1].reshape(image.shape[:2])
    known = np.abs(np.where(np.isfinite(image), image, 0).astype(np.float32))
    return np.stack([deviation, known if known.ndim == 2 else known.max(axis=2)], axis=2)


def _settle_lcn(parts: Parts, windows: Windows, size: int = 9, sigma: float = 2.0) -> Run:
    least = _least_deviation((part[:, :, 0], part[:, :, 1]) for part in parts())

    def run(image: np.ndarray) -> np.ndarray:
        left, deviation = _deviations(image, windows, size, sigma)
        return left / np.maximum(deviation, least)

    return run


@named_filter(
    "lcn", correlates=True, alpha="keep", reach=square_of_size, linear=False, local=False,
    twice=True, look=_look_lcn, settle=_settle_lcn,
)  # fmt: skip
def lcn(image: np.ndarray, windows: Windows, size: Odd = 9, sigma: Positive = 2.0) -> np.ndarray:
    """Contrast normalisation of the CNN literature: all channels, Gaussian windows.

    What a Gaussian window's mean over all channels leaves is divided by its
    standard deviation there, or by the mean deviation of the picture where that
    is greater (Jarrett and others 2009).
    """
    left, deviation = _deviations(image, windows, size, sigma)
    pixels = np.abs(np.where(np.isfinite(image), image, 0).astype(np.float32))
    return left / np.maximum(deviation, _least_deviation([(deviation, pixels)]))


def _least_deviation(parts: Iterable[tuple[np.ndarray, np.ndarray]]) -> np.float32:
    """Return the mean deviation, or for flat pictures a number far above their rounding.

    Rows are added up one by one, so that it does not matter how a picture is parted.
    """
    sums: list[float] = []
    count, greatest = 0, np.float32(0)
    for deviation, pixels in parts:
        known = np.isfinite(deviation)
        rows = np.where(known, deviation, 0).reshape(len(deviation), -1)
        sums.extend(rows.sum(axis=1, dtype=np.float64).tolist())
        count += int(known.sum())
        greatest = max(greatest, pixels.max())
    mean = math.fsum(sums) / max(count, 1)
    return np.float32(mean if mean > 1e-5 * greatest else max(greatest, 1))


def _over_channels(values: np.ndarray) -> np.ndarray:
    return values.mean(axis=2, keepdims=True) if values.ndim == 3 else values


@named_filter(
    "guided", correlates=True, alpha="keep", linear=False,
    reach=lambda radius, **_: (4 * radius + 1, 4 * radius + 1),
)  # fmt: skip
def guided(
    image: np.ndarray, windows: Windows, radius: int = 4, epsilon: Positive = 100.0
) -> np.ndarray:
    """Guided filter with the picture as its own guide: smooths, and keeps edges.

    Where the variance of (2 radius + 1)^2 pixels is far below epsilon, in squared
    values, they are averaged; where it is far above, they stay.
    """
    if radius < 1:
        raise EdgewiseError(f"radius={radius} is not above 0")
    if windows.padding != "same":
        raise EdgewiseError("it takes padding=same only")
    whole = Windows(border=windows.border, fill=windows.fill, dilation=windows.dilation)
    size = 2 * radius + 1
    mean, variance = window_moments(image, size, whole)
    slope = variance / (variance + np.float32(epsilon))
    offset = mean - slope * mean
    slope, offset = (window_moments(part, size, whole)[0] for part in (slope, offset))
    result = slope * image + offset
    return windows.sample(result if np.ndim(image) == 3 else result[:, :, None], image)


@named_filter("integral")
def integral(image: np.ndarray) -> np.ndarray:
    """Integral image: the sum of all pixels above and to the left, this one included."""
    out = np.empty(image.shape, np.float32)
    above = np.zeros(image.shape[1:], np.float64)
    # Some rows at a time, so that not all sums are held as float64.
    step = max(1, ROWS * len(image) // image.size)
    for start in range(0, len(image), step):
        sums = image[start : start + step].cumsum(axis=0, dtype=np.float64) + above
        above = sums[-1]
        out[start : start + step] = sums.cumsum(axis=1)
    return out
