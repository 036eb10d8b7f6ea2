"""Point operations: every pixel by itself, or by the values of the whole picture."""

from typing import Literal

import numpy as np

from ..images.colour import LUMA, split_alpha
from ..images.errors import EdgewiseError
from .catalogue import named_filter
from .registry import Positive

# Weights of red, green and blue.
GRAYS = {
    "601": LUMA,
    "709": np.array([0.2126, 0.7152, 0.0722], np.float32),
    "mean": np.full(3, 1 / 3, np.float32),
}
# Levels by which float pictures are equalised.
LEVELS = 4096


@named_filter("relu")
def relu(image: np.ndarray) -> np.ndarray:
    """Negative values become 0."""
    return np.maximum(image, np.float32(0)).astype(np.float32)


@named_filter("abs")
def absolute(image: np.ndarray) -> np.ndarray:
    """Negative values become positive."""
    return np.abs(image.astype(np.float32))


@named_filter("gray")
def gray(image: np.ndarray, weights: Literal["601", "709", "mean"] = "601") -> np.ndarray:
    """Gray from colour: luma of Rec. 601 (0.299 0.587 0.114) or 709, or the mean."""
    colour, _ = split_alpha(image)
    if colour.ndim == 2 or colour.shape[2] == 1:
        return colour.reshape(colour.shape[:2]).astype(np.float32)
    if colour.shape[2] != 3:
        raise EdgewiseError(f"an image of {colour.shape[2]} channels cannot be made gray")
    return colour.astype(np.float32) @ GRAYS[weights]


@named_filter("channel")
def channel(image: np.ndarray, name: str = "red") -> np.ndarray:
    """One channel as gray: red, green, blue, or its number from 0."""
    number = {"red": "0", "green": "1", "blue": "2"}.get(name, name)
    channels = image.shape[2] if image.ndim == 3 else 1
    if not number.isdecimal():
        raise EdgewiseError(f"name={name} is not red, green, blue or a number from 0")
    if image.ndim == 2 and name in ("red", "green", "blue"):
        return image.astype(np.float32)  # gray has the same of all three
    if int(number) >= channels:
        raise EdgewiseError(f"name={name}: the image has {channels} channels, counted from 0")
    plane = image if image.ndim == 2 else image[:, :, int(number)]
    return plane.astype(np.float32)


def _white(image: np.ndarray, white: float | None) -> float:
    if white is None:
        return 65535.0 if image.dtype == np.uint16 else 255.0
    if not white > 0:
        raise EdgewiseError(f"white={white} is not above 0")
    return white


@named_filter("gamma")
def gamma(image: np.ndarray, exponent: Positive = 0.5, white: float | None = None) -> np.ndarray:
    """Gamma: white * (value / white) ** exponent; below 1 brightens, negative becomes 0.

    White is 65535 for the pixels of a 16-bit picture, and 255 otherwise.
    """
    top = np.float32(_white(image, white))
    share = np.maximum(image.astype(np.float32), np.float32(0)) / top
    return top * share ** np.float32(exponent)


@named_filter("rescale")
def rescale(
    image: np.ndarray, low: float = 0.0, high: float = 255.0, percent: float = 0.0
) -> np.ndarray:
    """Stretch the values linearly to low...high; `percent` of them are cut at each end.

    The least and the greatest are those of all channels together; a flat picture
    becomes `low`.
    """
    if not 0 <= percent < 50:
        raise EdgewiseError(f"percent={percent} is not from 0 to below 50")
    values = image.astype(np.float32)
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return values
    least, most = np.percentile(finite, (percent, 100 - percent)).astype(np.float32)
    if most == least:
        return np.where(np.isnan(values), values, np.float32(low))
    share = np.clip((values - least) / (most - least), 0, 1)
    return np.float32(low) + share * np.float32(high - low)


@named_filter("equalize")
def equalize(image: np.ndarray, white: float | None = None) -> np.ndarray:
    """Equalise the histogram of each channel: values spread evenly from 0 to white.

    A value's place among all decides: white * (c - c0) / (n - c0) for c pixels at
    it or below, c0 at the least value, n in all. Float pictures are sorted into
    4096 levels first.
    """
    top = _white(image, white)
    if image.ndim == 2:
        return _equalize(image, top)
    return np.stack([_equalize(plane, top) for plane in np.moveaxis(image, 2, 0)], axis=2)


def _equalize(plane: np.ndarray, top: float) -> np.ndarray:
    if plane.dtype.kind in "ui":
        known, levels = np.ones(plane.shape, bool), plane
    else:
        known = np.isfinite(plane)
        levels = np.zeros(plane.shape, np.int64)
        levels[known] = _levels(plane[known])
    counts = np.bincount(levels[known].ravel())
    if np.count_nonzero(counts) < 2:
        return plane.astype(np.float32)
    below = counts.cumsum()
    first = below[np.flatnonzero(counts)[0]]
    table = (np.maximum(below - first, 0) * (top / (below[-1] - first))).astype(np.float32)
    return np.where(known, table[levels], plane).astype(np.float32)


def _levels(values: np.ndarray) -> np.ndarray:
    """Return to which of `LEVELS` equal steps from the least to the greatest values belong."""
    if not values.size:
        return values.astype(np.int64)
    least, most = float(values.min()), float(values.max())
    step = (most - least) / (LEVELS - 1) or 1.0
    return np.rint((values - least) / step).astype(np.int64)
