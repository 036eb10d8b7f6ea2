"""Point operations: every pixel by itself, or by the values of the whole picture."""

from functools import partial
from typing import Literal

import numpy as np

from ..images.colour import LUMA, split_alpha
from ..images.errors import EdgewiseError, FitError
from .catalogue import named_filter
from .operations import Parts, Run
from .point_loops import ABSOLUTE, RECTIFY
from .pointwise import Pointwise
from .registry import Positive
from .surveys import channels, count_whole, extremes, is_counted, percentiles

# Weights of red, green and blue.
GRAYS = {
    "601": LUMA,
    "709": np.array([0.2126, 0.7152, 0.0722], np.float32),
    "mean": np.full(3, 1 / 3, np.float32),
}
# Levels by which float pictures are equalised.
LEVELS = 4096


@named_filter("relu", operation=partial(Pointwise, RECTIFY))
def relu(image: np.ndarray) -> np.ndarray:
    """Negative values become 0."""
    return Pointwise(RECTIFY).whole(image)


@named_filter("abs", operation=partial(Pointwise, ABSOLUTE))
def absolute(image: np.ndarray) -> np.ndarray:
    """Negative values become positive."""
    return Pointwise(ABSOLUTE).whole(image)


@named_filter("gray")
def gray(image: np.ndarray, weights: Literal["601", "709", "mean"] = "601") -> np.ndarray:
    """Gray from colour: luma of Rec. 601 (0.299 0.587 0.114) or 709, or the mean."""
    colour, _ = split_alpha(image)
    if colour.ndim == 2 or colour.shape[2] == 1:
        return colour.reshape(colour.shape[:2]).astype(np.float32)
    if colour.shape[2] != 3:
        raise FitError(f"an image of {colour.shape[2]} channels cannot be made gray")
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
        raise FitError(f"name={name}: the image has {channels} channels, counted from 0")
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


def _settle_rescale(
    parts: Parts, low: float = 0.0, high: float = 255.0, percent: float = 0.0
) -> Run:
    if not 0 <= percent < 50:
        raise EdgewiseError(f"percent={percent} is not from 0 to below 50")
    ends = percentiles(parts, (percent, 100 - percent))
    if ends is None:
        return lambda image: image.astype(np.float32)
    return lambda image: _stretched(image.astype(np.float32), ends[0], ends[1], low, high)


def _stretched(values: np.ndarray, least, most, low: float, high: float) -> np.ndarray:
    if most == least:
        return np.where(np.isnan(values), values, np.float32(low))
    share = np.clip((values - least) / (most - least), 0, 1)
    return np.float32(low) + share * np.float32(high - low)


@named_filter("rescale", settle=_settle_rescale)
def rescale(
    image: np.ndarray, low: float = 0.0, high: float = 255.0, percent: float = 0.0
) -> np.ndarray:
    """Stretch the values linearly to low...high; `percent` of them are cut at each end.

    The least and the greatest are those of all channels together; a flat picture
    becomes `low`.
    """
    return _settle_rescale(lambda: [image], low, high, percent)(image)


def _settle_equalize(parts: Parts, white: float | None = None) -> Run:
    if is_counted(next(iter(parts()))):
        steps = [(0.0, 1.0)] * len(channels(next(iter(parts()))))
        counts = count_whole(parts)
    else:
        steps = [_steps(*ends) for ends in zip(*extremes(parts), strict=True)]
        counts = [np.zeros(LEVELS, np.int64) for _ in steps]
        for part in parts():
            for plane, count, step in zip(channels(part), counts, steps, strict=True):
                count += np.bincount(_levels(plane, *step)[np.isfinite(plane)], minlength=LEVELS)

    def run(image: np.ndarray) -> np.ndarray:
        top = _white(image, white)
        planes = [
            _equalized(plane, count, step, top)
            for plane, count, step in zip(channels(image), counts, steps, strict=True)
        ]
        return planes[0] if image.ndim == 2 else np.stack(planes, axis=2)

    return run


@named_filter("equalize", settle=_settle_equalize)
def equalize(image: np.ndarray, white: float | None = None) -> np.ndarray:
    """Equalise the histogram of each channel: values spread evenly from 0 to white.

    A value's place among all decides: white * (c - c0) / (n - c0) for c pixels at
    it or below, c0 at the least value, n in all. Float pictures are sorted into
    4096 levels first.
    """
    return _settle_equalize(lambda: [image], white)(image)


def _steps(least, most) -> tuple[float, float]:
    """Return where `LEVELS` equal steps from the least to the greatest value begin, and one."""
    if not least < most:
        return (0.0, 1.0) if least > most else (float(least), 1.0)
    return float(least), (float(most) - float(least)) / (LEVELS - 1)


def _levels(plane: np.ndarray, least: float, step: float) -> np.ndarray:
    """Return to which step values belong; 0 for what is not finite."""
    if is_counted(plane):
        return plane
    known = np.where(np.isfinite(plane), plane, least)
    return np.rint((known.astype(np.float64) - least) / step).astype(np.int64)


def _equalized(plane: np.ndarray, counts: np.ndarray, step, top: float) -> np.ndarray:
    used = np.flatnonzero(counts)
    if used.size < 2:
        return plane.astype(np.float32)
    below = counts.cumsum()
    first = below[used[0]]
    table = (np.maximum(below - first, 0) * (top / (below[-1] - first))).astype(np.float32)
    found = table[_levels(plane, *step)]
    return found if is_counted(plane) else np.where(np.isfinite(plane), found, plane)
