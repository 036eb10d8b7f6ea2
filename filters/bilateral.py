"""The bilateral filter: a blur that stops at edges."""

from typing import Literal

import numpy as np

from ..images.errors import EdgewiseError
from . import correlation
from .catalogue import named_filter
from .registry import Positive
from .sliding import Windows

# What one position of a window costs, in multiply-adds of a correlation.
WORK = 12
# Below this no values but equal ones count, and its square is 0 in float32.
LEAST_SIGMA = 1e-6
# Gray and colour; pictures of other channels, which no file holds, run in NumPy.
COMPILED_CHANNELS = (1, 3)


def _radius(sigma: float, size: int | None) -> int:
    # OpenCV's rule where no diameter is given.
    return max(1, round(1.5 * sigma)) if size is None else size // 2


def _reach(sigma_space: float, size: int | None, **_: object) -> tuple[int, int]:
    side = 2 * _radius(sigma_space, size) + 1
    return side, side


@named_filter("bilateral", correlates=True, alpha="keep", reach=_reach, linear=False)
def bilateral(
    image: np.ndarray,
    windows: Windows,
    sigma_range: Positive = 30.0,
    sigma_space: Positive = 2.0,
    size: int | None = None,
    distance: Literal["l1", "l2"] = "l1",
) -> np.ndarray:
    """Bilateral filter: Gaussian in distance and in difference; smooths, and keeps edges.

    The window is a disc of diameter `size`; sigma_range is in the unit of the
    pixels. The difference of two colours is the sum of the channels' (l1, as
    OpenCV's) or Euclid's distance (l2).
    """
    if size is not None and (size < 1 or size % 2 == 0):
        raise EdgewiseError(f"size={size} is not an odd number above 0")
    sigma_range = max(sigma_range, LEAST_SIGMA)
    radius = _radius(sigma_space, size)
    frame = windows.frame(image, (2 * radius + 1, 2 * radius + 1))
    rows, columns, near = _disc(radius, sigma_space)
    little = np.size(image) * near.size * WORK < correlation.FEW_MULTIPLY_ADDS
    run = _loops if frame.shape[2] in COMPILED_CHANNELS and not little else _plain
    result = run(frame, radius, (rows, columns, near), sigma_range, distance)
    return windows.sample(result, image)


def _disc(radius: int, sigma: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the positions of a disc in its square, and their Gaussian weights."""
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    squared = y**2 + x**2
    rows, columns = np.nonzero(squared <= radius**2)
    near = np.exp(-0.5 * squared[rows, columns] / sigma**2)
    return rows, columns, near.astype(np.float32)


def _plain(frame, radius, disc, sigma, distance) -> np.ndarray:
    height, width = frame.shape[0] - 2 * radius, frame.shape[1] - 2 * radius
    values = frame.astype(np.float32)
    centre = values[radius : radius + height, radius : radius + width]
    total, weights = np.zeros_like(centre), np.zeros(centre.shape[:2], np.float32)
    for row, column, near in zip(*disc, strict=True):
        seen = values[row : row + height, column : column + width]
        apart = np.abs(seen - centre)
        squared = (apart**2).sum(axis=2) if distance == "l2" else apart.sum(axis=2) ** 2
        weight = near * np.exp(np.float32(-0.5 / sigma**2) * squared)
        weights += weight
        total += weight[:, :, None] * seen
    return total / weights[:, :, None]


def _loops(frame, radius, disc, sigma, distance) -> np.ndarray:
    from . import bilateral_loops

    height, width, channels = frame.shape
    rows, columns, near = disc
    shape = height - 2 * radius, width - 2 * radius, channels
    out = np.empty(shape, np.float32)
    source, flat = frame.reshape(height, -1), out.reshape(shape[0], -1)
    decay, strip = np.float32(1 / (128 * sigma**2)), max(16, 2 * radius)
    bilateral_loops.bilateral(
        source, channels, rows, columns, near, decay, distance == "l2", radius, strip, flat
    )
    return out
