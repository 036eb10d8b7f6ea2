"""Local statistics: mean, variance, contrast, the guided filter, integral images."""

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import numpy as np

from ..compiled.scratch import scratch
from ..compiled.threads import ranges, run_all
from ..images.errors import EdgewiseError
from . import moment_loops
from .catalogue import named_filter, square_of_size
from .gaussians import gaussian_row, odd_radius
from .layouts import laid_out, planes_of
from .operations import Parts, Run
from .registry import Odd, Positive
from .sliding import Windows
from .strips import Layout
from .windowed import Windowed
from .windows import pair

# Rows of results that running sums are begun for.
STRIP = 64
# Rows of a picture that say what its values lie around, about so many.
ABOUT_ROWS = 64
# Standard deviations from 0 to the mean from which on float32 does not do: it
# leaves a thousandth of a deviation then. No 8-bit photograph is so flat.
FAR = 4096
# Values that an integral image adds up at a time.
ROWS = 1 << 20


def window_moments(
    image: np.ndarray, size: int, windows: Windows, dtype: type = np.float32
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the variance of every size x size window.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C)
        Each channel is treated by itself.
    size : int
        Odd.
    windows : Windows
        Stride, padding and border.
    dtype : type
        Of the mean. Where pixels are compared with it, and lie far from 0, float32
        is too coarse.

    Returns
    -------
    mean, variance : ndarray
        In the image's unit, and its square, float32. The variance divides by the
        number of pixels.
    """
    if size < 1 or size % 2 == 0:
        raise EdgewiseError(f"size={size} is not an odd number above 0")
    windowed = _windowed(windows, size, 0)
    source, channels = planes_of(image)
    height, width = image.shape[:2]
    lying, count, pick = windowed.lay(height, width, channels, source.dtype)
    layout = laid_out(*lying)
    shape = windowed.strips(len(source)).count, count * channels
    mean, variance = np.empty(shape, dtype), np.empty(shape, np.float32)

    def work(rows: tuple[int, int]) -> None:
        part = slice(*rows)
        _fill_moments(size, source, layout.cut(*rows, 0), pick, mean[part], variance[part])

    run_all(work, ranges(shape[0], shape[0] // max(STRIP, 2 * size)))
    wanted = (shape[0], count, *image.shape[2:])
    return mean.reshape(wanted), variance.reshape(wanted)


def _windowed(windows: Windows, size: int, which: int) -> Windowed:
    """Return the filter that takes the mean, 0, or the variance, 1, of windows."""
    return Windowed(windows, (size, size), partial(_fill_one, size, which))


def _fill_one(size: int, which: int, source, layout: Layout, pick: int, out) -> None:
    other = scratch("moments", out.shape, np.float32)
    mean, variance = (out, other) if which == 0 else (other, out)
    _fill_moments(size, source, layout, pick, mean, variance)


def _fill_moments(size: int, source, layout: Layout, pick: int, mean, variance) -> None:
    # Running sums would carry a NaN along.
    if source.dtype.kind == "f" and not (np.isfinite(source).all() and np.isfinite(layout.fill)):
        _moments_seen(size, source, layout, pick, mean, variance)
        return
    about = _about(source.reshape(len(source), -1, layout.channels))
    longest = max(layout.columns.size, source.shape[1])
    moment_loops.moments(
        source, layout, np.tile(about, longest // layout.channels + 1), size, size, pick,
        scratch("moment sums", (1, 5, longest), np.float64), mean, variance,
    )  # fmt: skip


def _about(planes: np.ndarray) -> np.ndarray:
    """Return a number that the values of each channel lie around, (C,) float64.

    Of twelve binary digits, so that sums of whole numbers stay exact; of whole
    numbers of 16 bits these are so exact that it may be 0.
    """
    if planes.dtype.kind != "f":
        return np.zeros(planes.shape[2])
    some = planes[:: max(1, len(planes) // ABOUT_ROWS)]
    share, exponent = np.frexp(some.mean(axis=(0, 1), dtype=np.float64))
    return np.ldexp(np.rint(share * 4096) / 4096, exponent)


def _moments_seen(size: int, source, layout: Layout, pick: int, mean, variance) -> None:
    """Fill both from windows one by one, so that a NaN stays where it is seen."""
    frame = source[np.maximum(layout.rows, 0)][:, np.maximum(layout.columns, 0)]
    frame[layout.rows < 0] = layout.fill
    frame[:, layout.columns < 0] = layout.fill
    planes = frame.reshape(len(frame), -1, layout.channels)
    views = np.lib.stride_tricks.sliding_window_view(planes, (size, size), axis=(0, 1))
    views = views[:: layout.stride, ::pick]
    views = views[: len(mean), : mean.shape[1] // layout.channels]
    with np.errstate(invalid="ignore"):
        mean[...] = views.mean(axis=(3, 4), dtype=np.float64).reshape(mean.shape)
        variance[...] = views.var(axis=(3, 4), dtype=np.float64).reshape(variance.shape)


def without_offset(image: np.ndarray, windows: Windows) -> tuple[np.ndarray, Windows, np.float32]:
    """Take away what all values of an image lie near, where that is far larger than they differ.

    In float32 a weighted mean of 1,000,001 and its neighbours is off by as much as
    these differ.

    Returns
    -------
    image, windows, offset
        As they were, and 0, where the values differ enough.
    """
    offset = np.float32(0) if image.dtype == np.uint8 else _offset(image)
    if not offset:
        return image, windows, offset
    near = np.subtract(image, offset, dtype=np.float64).astype(np.float32)
    return near, replace(windows, fill=windows.fill - float(offset)), offset


def _offset(image: np.ndarray) -> np.float32:
    values = image[np.isfinite(image)] if image.dtype.kind == "f" else image
    mean = values.mean(dtype=np.float64) if values.size else 0.0
    far = mean and 0 < FAR * values.std(dtype=np.float64) < abs(mean)
    return np.float32(mean if far else 0)


def _local_mean(windows: Windows, size: int = 7) -> Windowed:
    return _windowed(windows, size, 0)


def _local_variance(windows: Windows, size: int = 7) -> Windowed:
    return _windowed(windows, size, 1)


@named_filter(
    "local-mean", correlates=True, alpha="same", reach=square_of_size, operation=_local_mean
)
def local_mean(image: np.ndarray, windows: Windows, size: Odd = 7) -> np.ndarray:
    """Mean of size x size pixels, by running sums: any size takes the same time."""
    return _local_mean(windows, size).run(image)


@named_filter(
    "local-variance", correlates=True, alpha="keep", reach=square_of_size, linear=False,
    operation=_local_variance,
)  # fmt: skip
def local_variance(image: np.ndarray, windows: Windows, size: Odd = 7) -> np.ndarray:
    """Variance of size x size pixels, in squared values."""
    return _local_variance(windows, size).run(image)


@named_filter("local-contrast", correlates=True, alpha="keep", reach=square_of_size, linear=False)
def local_contrast(
    image: np.ndarray, windows: Windows, size: Odd = 31, epsilon: Positive = 1.0
) -> np.ndarray:
    """Local contrast normalisation: (pixel - mean) / sqrt(variance + epsilon), about -3 to 3."""
    mean, variance = window_moments(image, size, windows, np.float64)
    pixels = windows.centres(image, (size, size))
    left = np.subtract(pixels, mean).astype(np.float32)
    return left / np.sqrt(variance + np.float32(epsilon))


def _deviations(image, windows: Windows, size: int, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Return what a Gaussian window's mean leaves, and its standard deviation there.

    The image is one `without_offset`, and so are the windows.
    """
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
    image, windows, _ = without_offset(image, windows)
    deviation = _deviations(image, windows, size, sigma)[1].reshape(image.shape[:2])
    known = np.abs(np.where(np.isfinite(image), image, 0).astype(np.float32))
    return np.stack([deviation, known if known.ndim == 2 else known.max(axis=2)], axis=2)


def _settle_lcn(parts: Parts, windows: Windows, size: int = 9, sigma: float = 2.0) -> Run:
    least = _least_deviation((part[:, :, 0], part[:, :, 1]) for part in parts())

    def run(image: np.ndarray) -> np.ndarray:
        left, deviation = _deviations(*without_offset(image, windows)[:2], size, sigma)
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
    image, windows, _ = without_offset(image, windows)
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
    rows, columns = pair(windows.stride, "stride")
    return np.ascontiguousarray((slope * image + offset)[::rows, ::columns])


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
