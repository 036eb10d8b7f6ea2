"""Local statistics: mean, variance, contrast, the guided filter, integral images."""

import numpy as np

from ..images.errors import EdgewiseError
from . import correlation
from .catalogue import named_filter, square_of_size
from .gaussians import gaussian_row
from .registry import Odd, Positive
from .sliding import Windows


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


@named_filter("lcn", correlates=True, alpha="keep", reach=square_of_size, linear=False, local=False)
def lcn(image: np.ndarray, windows: Windows, size: Odd = 9, sigma: Positive = 2.0) -> np.ndarray:
    """Contrast normalisation of the CNN literature: all channels, Gaussian windows.

    What a Gaussian window's mean over all channels leaves is divided by its
    standard deviation there, or by the mean deviation of the picture where that
    is greater (Jarrett and others 2009).
    """
    row = gaussian_row(sigma, size // 2)
    weights = np.outer(row, row)
    left = windows.centres(image, weights.shape)
    left -= _over_channels(windows.slide(image, weights))
    # From here on the windows lie on results, which have their size already.
    again = Windows(border=windows.border, fill=windows.fill)
    deviation = np.sqrt(np.maximum(_over_channels(again.slide(left * left, weights)), 0))
    return left / np.maximum(deviation, _least_deviation(deviation, image))


def _least_deviation(deviation: np.ndarray, image: np.ndarray) -> np.float32:
    """Return the mean deviation, or for flat pictures a number far above their rounding."""
    known, values = (part[np.isfinite(part)] for part in (deviation, np.asarray(image)))
    greatest = np.abs(values.astype(np.float32)).max(initial=0)
    mean = known.mean() if known.size else np.float32(0)
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
    sums = image.cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
    return sums.astype(np.float32)
