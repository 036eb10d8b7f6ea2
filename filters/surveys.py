"""What filters need to know of a whole picture, gathered from its parts."""

import numpy as np

from .operations import Parts


def extremes(parts: Parts) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the greatest finite value of every channel; inf, -inf if none is."""
    least, most = np.float32(np.inf), np.float32(-np.inf)
    for part in parts():
        known = np.isfinite(part)
        low = np.where(known, part, np.float32(np.inf)).min(axis=(0, 1))
        high = np.where(known, part, np.float32(-np.inf)).max(axis=(0, 1))
        least, most = np.minimum(least, low), np.maximum(most, high)
    return np.atleast_1d(least), np.atleast_1d(most)


def count_whole(parts: Parts) -> list[np.ndarray]:
    """Count every whole number of every channel: (65536,) for each."""
    counts: list[np.ndarray] = []
    for part in parts():
        found = [np.bincount(plane.ravel(), minlength=1 << 16) for plane in channels(part)]
        counts = [a + b for a, b in zip(counts, found, strict=True)] if counts else found
    return counts


def is_counted(image: np.ndarray) -> bool:
    """Say whether an image holds so few different numbers that each is counted by itself."""
    return image.dtype in (np.uint8, np.uint16)


def channels(image: np.ndarray) -> list[np.ndarray]:
    """Return the channels of an image."""
    return [image] if image.ndim == 2 else list(np.moveaxis(image, 2, 0))


def percentiles(parts: Parts, percents: tuple[float, ...]) -> np.ndarray | None:
    """Return exact percentiles of all finite values, between neighbours in proportion.

    The values are counted by the upper and then by the lower half of their bits.
    None if there is no finite value.
    """
    upper = np.zeros(1 << 16, np.int64)
    for keys in _keys(parts):
        upper += np.bincount(keys >> 16, minlength=1 << 16)
    total = int(upper.sum())
    if total == 0:
        return None
    places = np.array(percents) / 100 * (total - 1)
    first = np.floor(places).astype(np.int64)
    ranks = np.concatenate([first, np.minimum(first + 1, total - 1)])
    low, high = _values_at(parts, ranks, upper).reshape(2, -1)
    return (low + (high - low) * (places - first)).astype(np.float32)


def _values_at(parts: Parts, ranks: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Return the values at some places of all of them in order."""
    ends = upper.cumsum()
    halves = np.searchsorted(ends, ranks, side="right")
    lower = {half: np.zeros(1 << 16, np.int64) for half in halves.tolist()}
    for keys in _keys(parts):
        for half, counts in lower.items():
            found = keys[(keys >> 16) == half] & 0xFFFF
            counts += np.bincount(found, minlength=1 << 16)
    rests = [
        np.searchsorted(lower[half].cumsum(), rank - (ends[half] - upper[half]), side="right")
        for half, rank in zip(halves.tolist(), ranks, strict=True)
    ]
    keys = (halves.astype(np.uint32) << 16) | np.array(rests, np.uint32)
    negative = keys < 1 << 31
    bits = np.where(negative, ~keys, keys ^ np.uint32(1 << 31))
    return bits.view(np.float32).astype(np.float64)


def _keys(parts: Parts):
    """Yield the finite values as whole numbers that are in the same order."""
    for part in parts():
        values = part.astype(np.float32)
        bits = values[np.isfinite(values)].view(np.uint32)
        yield np.where(bits >> 31, ~bits, bits | np.uint32(1 << 31))
