"""Thresholds: pictures of two values."""

from typing import Literal

import numpy as np

from ..images.errors import EdgewiseError
from .catalogue import named_filter, square_of_size
from .gaussians import gaussian_row
from .local import window_moments
from .registry import Odd
from .sliding import Windows

BINS = 256


@named_filter("threshold")
def threshold(
    image: np.ndarray, level: float = 127.5, above: float = 255.0, below: float = 0.0
) -> np.ndarray:
    """Two values: one above the level, another at it and below; NaN stays."""
    return _two_values(image.astype(np.float32), np.float32(level), above, below)


@named_filter("otsu")
def otsu(image: np.ndarray, above: float = 255.0, below: float = 0.0) -> np.ndarray:
    """Two values, parted by Otsu's threshold, for each channel its own."""
    values = image.astype(np.float32)
    planes = values if values.ndim == 3 else values[:, :, None]
    whole = image.dtype.kind in "bui"
    levels = [otsu_level(plane, whole=whole) for plane in np.moveaxis(planes, 2, 0)]
    return _two_values(values, np.array(levels, np.float32), above, below)


def otsu_level(values: np.ndarray, *, whole: bool = False) -> float:
    """Return the level that parts the values into two classes that differ most.

    Parameters
    ----------
    values : ndarray
        NaN and infinity do not count.
    whole : bool
        Whether the values are whole numbers: then every number is a bin, otherwise
        256 bins lie between the least and the greatest, as in scikit-image.

    Returns
    -------
    float
        The greatest value of the lower class: the first of the levels where
        w0 w1 (m0 - m1)^2 is greatest, for the classes' sizes w and means m (Otsu
        1979). For bins, the middle of the bin.
    """
    numbers = values[np.isfinite(values)]
    if numbers.size == 0 or numbers.min() == numbers.max():
        return float(numbers[0]) if numbers.size else 0.0
    if whole:
        counts = np.bincount(numbers.astype(np.int64))
        middles = np.arange(counts.size, dtype=float)
    else:
        counts, edges = np.histogram(numbers.astype(float), BINS)
        middles = (edges[:-1] + edges[1:]) / 2
    return float(middles[_split(counts.astype(float), middles)])


def _split(counts: np.ndarray, middles: np.ndarray) -> int:
    lower, sums = counts.cumsum(), (counts * middles).cumsum()
    upper = lower[-1] - lower
    with np.errstate(invalid="ignore", divide="ignore"):
        between = (sums / lower - (sums[-1] - sums) / upper) ** 2 * lower * upper
    return int(np.nan_to_num(between, nan=-1.0, posinf=-1.0).argmax())


@named_filter("adaptive", correlates=True, alpha="keep", reach=square_of_size, linear=False)
def adaptive(
    image: np.ndarray,
    windows: Windows,
    size: Odd = 11,
    offset: float = 2.0,
    method: Literal["mean", "gaussian"] = "mean",
    sigma: float | None = None,
    above: float = 255.0,
    below: float = 0.0,
) -> np.ndarray:
    """Two values, parted by the mean of each pixel's surroundings minus an offset.

    The Gaussian's sigma is (size - 1) / 6 unless given, as in scikit-image.
    """
    if method == "mean":
        level = window_moments(image, size, windows)[0]
    else:
        row = gaussian_row(max(size - 1, 1) / 6 if sigma is None else sigma, size // 2)
        level = windows.slide(image, np.outer(row, row))
    pixels = windows.centres(image, (size, size))
    return _two_values(pixels, level - np.float32(offset), above, below)


def _two_values(values: np.ndarray, level, above: float, below: float) -> np.ndarray:
    if not np.isfinite([above, below]).all():
        raise EdgewiseError(f"above={above} or below={below} is no finite number")
    result = np.where(values > level, np.float32(above), np.float32(below))
    return np.where(np.isnan(values), values, result)
