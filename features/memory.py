"""Memory that compiled loops work with, made once for every thread."""

import math
from threading import local

import numpy as np


class _Kept(local):
    """The arrays of one thread, by what they are for and their dtype."""

    def __init__(self) -> None:
        self.arrays: dict[tuple[str, type], np.ndarray] = {}


_kept = _Kept()


def memory(name: str, shape: tuple[int, ...], dtype: type = np.float32) -> np.ndarray:
    """Return an array of this thread with whatever it was last left with, zeros at first.

    Fresh memory costs as much as the arithmetic on it: the system maps and clears it.
    """
    size = math.prod(shape)
    found = _kept.arrays.get((name, dtype))
    if found is None or found.size < size:
        found = _kept.arrays[name, dtype] = np.zeros(size, dtype)
    return found[:size].reshape(shape)
