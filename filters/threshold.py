"""Thresholds: pictures of two values."""

from typing import Literal

import numpy as np

from ..images.errors import EdgewiseError
from .catalogue import named_filter, square_of_size
from .gaussians import gaussian_row, odd_radius
from .local import window_moments, without_offset
from .operations import Parts, Run
from .point_loops import THRESHOLD
from .pointwise import Pointwise
from .registry import Odd
from .sliding import Windows
from .surveys import channels, count_whole, extremes, is_counted

BINS = 256


def _thresholding(level: float = 127.5, above: float = 255.0, below: float = 0.0) -> Pointwise:
    _refuse_infinite(above, below)
    return Pointwise(THRESHOLD, level, above, below)


@named_filter("threshold", operation=_thresholding)
def threshold(
    image: np.ndarray, level: float = 127.5, above: float = 255.0, below: float = 0.0
) -> np.ndarray:
    """Two values: one above the level, another at it and below; NaN stays."""
    return _thresholding(level, above, below).whole(image)


def _settle_otsu(parts: Parts, above: float = 255.0, below: float = 0.0) -> Run:
    levels = np.array(otsu_levels(parts), np.float32)
    return lambda image: _two_values(image.astype(np.float32), levels, above, below)


@named_filter("otsu", settle=_settle_otsu)
def otsu(image: np.ndarray, above: float = 255.0, below: float = 0.0) -> np.ndarray:
    """Two values, parted by Otsu's threshold, for each channel its own."""
    return _settle_otsu(lambda: [image], above, below)(image)


def otsu_levels(parts: Parts) -> list[float]:
    """Return for every channel the level that parts it into two classes that differ most.

    Parameters
    ----------
    parts : callable
        Returns the parts of an image. Of whole numbers every one is a bin, for others
        256 bins lie between the least and the greatest, as in scikit-image; NaN and
        infinity do not count.

    Returns
    -------
    list of float
        The greatest value of the lower class: the first of the levels where
        w0 w1 (m0 - m1)^2 is greatest, for the classes' sizes w and means m (Otsu
        1979). For bins, the middle of the bin.
    """
    if is_counted(next(iter(parts()))):
        middles = np.arange(1 << 16, dtype=float)
        return [_whole_level(counts, middles) for counts in count_whole(parts)]
    return [_level(parts, *found) for found in enumerate(zip(*extremes(parts), strict=True))]


def _whole_level(counts: np.ndarray, middles: np.ndarray) -> float:
    used = np.flatnonzero(counts)
    if used.size == 1:
        return float(used[0])
    return float(middles[_split(counts.astype(float), middles)])


def _level(parts: Parts, channel: int, ends: tuple[np.float32, np.float32]) -> float:
    least, most = map(float, ends)
    if not least < most:
        return least if least == most else 0.0
    counts, edges = np.zeros(BINS), np.linspace(least, most, BINS + 1)
    for part in parts():
        plane = channels(part)[channel]
        numbers = plane[np.isfinite(plane)].astype(float)
        counts += np.histogram(numbers, BINS, (least, most))[0]
    middles = (edges[:-1] + edges[1:]) / 2
    return float(middles[_split(counts, middles)])


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
        level = window_moments(image, size, windows, np.float64)[0]
    else:
        image, windows, _ = without_offset(image, windows)
        row = gaussian_row(max(size - 1, 1) / 6 if sigma is None else sigma, odd_radius(size))
        level = windows.slide(image, np.outer(row, row))
    pixels = windows.centres(image, (size, size))
    return _two_values(pixels, level - np.float32(offset), above, below)


def _two_values(values: np.ndarray, level, above: float, below: float) -> np.ndarray:
    _refuse_infinite(above, below)
    result = np.where(values > level, np.float32(above), np.float32(below))
    return np.where(np.isnan(values) | np.isnan(level), np.float32(np.nan), result)


def _refuse_infinite(above: float, below: float) -> None:
    if not np.isfinite([above, below]).all():
        raise EdgewiseError(f"above={above} or below={below} is no finite number")
