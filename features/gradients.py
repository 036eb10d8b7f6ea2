"""The gradient of pictures by every rule of `HogConfig`, on whole arrays.

The compiled loops know the common rule only: centred, 0 across the border, the
strongest channel, its length for a vote. All others come from here, and cost
some 30 ns a pixel; votes and histograms are the same loops for all.
"""

from typing import Any

import numpy as np

from .config import HogConfig
from .values import one_colour

# How far each rule reaches beyond a pixel: before and after it.
REACH = {"centred": (1, 1), "sobel": (1, 1), "prewitt": (1, 1), "forward": (0, 1)}
SMOOTHING = {"sobel": 2, "prewitt": 1}
PADDING = {"reflect": "reflect", "edge": "edge", "zero": "constant", "skip": "edge"}


def is_common(config: HogConfig) -> bool:
    """Tell whether the compiled loops compute the gradient themselves."""
    return (
        config.gradient == "centred"
        and config.border == "reflect"
        and config.colour.startswith("strongest")
        and config.vote == "magnitude"
        and config.interpolation_scope == "block"
    )


def fields(
    images: np.ndarray, config: HogConfig, mask: np.ndarray | None, dtype: type
) -> np.ndarray:
    """Return the gradients of pictures and what they count.

    Parameters
    ----------
    images : ndarray, (N, H, W, C)
    config : HogConfig
    mask : ndarray, (N, H, W) or (1, H, W) bool, optional
        Valid pixels.
    dtype : type
        float32 or float64.

    Returns
    -------
    ndarray, (3, N, H, W) of `dtype`
        Gradient along rows (x), along columns (y), and what it counts; all
        zero for pixels without a vote.
    """
    images = one_colour(images, config.colour).astype(dtype, copy=False)
    gx, gy = _strongest(*_gradient(images, config), last=config.colour == "strongest-last")
    votes = _votes(_length(gx, gy), config)
    found = np.stack([gx, gy, votes.astype(dtype, copy=False)])
    valid = _valid(images.shape[1:3], config, mask)
    if valid is not None:
        found[:, ~np.broadcast_to(valid, found.shape[1:])] = 0
    return found


def _gradient(images: np.ndarray, config: HogConfig) -> tuple[np.ndarray, np.ndarray]:
    mode: Any = PADDING[config.border]
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), mode)
    rows, columns = images.shape[1:3]

    def moved(down: int, right: int) -> np.ndarray:
        return padded[:, 1 + down : 1 + down + rows, 1 + right : 1 + right + columns]

    before, after = REACH[config.gradient]
    gx, gy = moved(0, after) - moved(0, -before), moved(after, 0) - moved(-before, 0)
    if config.gradient in SMOOTHING:
        gx, gy = SMOOTHING[config.gradient] * gx, SMOOTHING[config.gradient] * gy
        for side in (-1, 1):
            gx += moved(side, 1) - moved(side, -1)
            gy += moved(1, side) - moved(-1, side)
    return gx, gy


def _length(gx: np.ndarray, gy: np.ndarray) -> np.ndarray:
    """Return the lengths of gradients, float32."""
    x, y = gx.astype(np.float32), gy.astype(np.float32)
    return np.sqrt(x * x + y * y)


def _strongest(gx: np.ndarray, gy: np.ndarray, *, last: bool) -> tuple[np.ndarray, np.ndarray]:
    """Keep the strongest channel of each pixel, the first or the last of equal ones.

    The last by the squares of lengths, as OpenCV compares them.
    """
    if gx.shape[3] == 1:
        return gx[..., 0], gy[..., 0]
    if last:
        gx, gy = gx[..., ::-1], gy[..., ::-1]
    x, y = gx.astype(np.float64), gy.astype(np.float64)
    strength = x * x + y * y
    strength = (strength if last else np.sqrt(strength)).astype(np.float32)
    best = strength.argmax(axis=3)[..., None]
    x, y = (np.take_along_axis(g, best, axis=3)[..., 0] for g in (gx, gy))
    return x, y


def _votes(magnitude: np.ndarray, config: HogConfig) -> np.ndarray:
    if config.vote == "square":
        return magnitude * magnitude
    if config.vote == "sqrt":
        return np.sqrt(magnitude)
    if config.vote == "clipped":
        return np.minimum(magnitude, np.float32(config.vote_limit))
    return magnitude


def _valid(size: tuple[int, int], config: HogConfig, mask: np.ndarray | None) -> np.ndarray | None:
    """Return which pixels vote, (N or 1, H, W), or None for all: see `HogConfig` and `hog`."""
    if mask is None and config.border != "skip":
        return None
    inside = np.ones((1, *size), bool) if mask is None else mask
    # Beyond the border nothing is invalid, but for "skip".
    padded = np.pad(inside, ((0, 0), (1, 1), (1, 1)), constant_values=config.border != "skip")
    valid = inside.copy()
    for down, right in _reads(config.gradient):
        valid &= padded[:, 1 + down : 1 + down + size[0], 1 + right : 1 + right + size[1]]
    return valid


def _reads(gradient: str) -> list[tuple[int, int]]:
    """Return the pixels that a gradient reads, as steps down and right."""
    if gradient in SMOOTHING:
        return [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    before, after = REACH[gradient]
    return [(-before, 0), (after, 0), (0, -before), (0, after)]
