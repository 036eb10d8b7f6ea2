"""Working memory that a thread uses again and again: fresh memory costs as much as arithmetic."""

from math import prod
from threading import local
from typing import Any

import numpy as np

# More than this is given back at once.
MOST_KEPT = 1 << 25
# Bytes of a line of the cache.
LINE = 64

_kept = local()


def scratch(use: str, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Return an array of this thread, with whatever it held before.

    Parameters
    ----------
    use : str
        What for. The array is valid until this thread asks for the same again.
    shape : tuple of int
    dtype : dtype

    Returns
    -------
    ndarray, C-contiguous
    """
    size = prod(shape) * np.dtype(dtype).itemsize
    held: dict[str, np.ndarray] = _kept.__dict__
    memory = held.get(use)
    if memory is None or memory.size < size:
        memory = _aligned(size)
        if size <= MOST_KEPT:
            held[use] = memory
    return memory[:size].view(dtype).reshape(shape)


def _aligned(size: int) -> np.ndarray:
    """Return bytes that begin where a line of the cache does."""
    memory = np.empty(size + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + size]
