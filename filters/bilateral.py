"""The bilateral filter: a blur that stops at edges."""

from functools import partial
from typing import Literal

import numpy as np

from ..compiled.scratch import scratch
from ..images.errors import EdgewiseError
from . import bilateral_loops
from .catalogue import named_filter
from .registry import Positive
from .sliding import Windows
from .strips import Layout
from .windowed import Windowed
from .windows import check_reach

# Below this no values but equal ones count, and its square is 0 in float32.
LEAST_SIGMA = 1e-6


def _radius(sigma: float, size: int | None) -> int:
    # OpenCV's rule where no diameter is given.
    return max(1, round(1.5 * sigma)) if size is None else size // 2


def _reach(sigma_space: float, size: int | None, **_: object) -> tuple[int, int]:
    side = 2 * _radius(sigma_space, size) + 1
    return side, side


def _operation(
    windows: Windows,
    sigma_range: float = 30.0,
    sigma_space: float = 2.0,
    size: int | None = None,
    distance: str = "l1",
) -> Windowed:
    if size is not None and (size < 1 or size % 2 == 0):
        raise EdgewiseError(f"size={size} is not an odd number above 0")
    shape = _reach(sigma_space, size)
    sigma_range = max(sigma_range, LEAST_SIGMA)
    disc = _disc(check_reach(shape[0] // 2), sigma_space)
    fill = partial(_fill, disc, sigma_range, distance == "l2")
    return Windowed(windows, shape, fill)


@named_filter(
    "bilateral", correlates=True, alpha="keep", reach=_reach, linear=False, operation=_operation
)
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
    return _operation(windows, sigma_range, sigma_space, size, distance).run(image)


def _disc(radius: int, sigma: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the places of a disc, counted from its middle, and their Gaussian weights."""
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    squared = y**2 + x**2
    inside = squared <= radius**2
    near = np.exp(-0.5 * squared[inside] / sigma**2)
    return y[inside], x[inside], near.astype(np.float32)


def _fill(disc, sigma: float, squared: bool, source, layout: Layout, pick: int, out) -> None:
    down, across, near = disc
    channels, size = layout.channels, layout.span + 1
    width = layout.columns.size // channels
    depth = (layout.strip - 1) * layout.stride + size
    bilateral_loops.bilateral(
        source, layout, down * width + across, near, np.float32(1 / (128 * sigma**2)), squared,
        size, pick,
        scratch("bilateral row", (1, layout.columns.size), np.float32),
        scratch("bilateral planes", (1, channels * depth * width), np.float32),
        scratch("bilateral", (1, channels, width - size + 1), np.float32), out,
    )  # fmt: skip
