"""Arrays in NumPy's own files."""

import os
from math import prod
from typing import BinaryIO

import numpy as np

from .damage import CUT_SHORT
from .errors import ImageError
from .limits import check_size

NUMPY_MAGIC = b"\x93NUMPY"
# As NumPy: longer ones take its parser too long.
MOST_HEADER = 10_000


def read_npy(file: BinaryIO, label: str, max_pixels: int) -> np.ndarray:
    """Read a .npy file that holds a picture.

    Parameters
    ----------
    file : binary file
        One that can seek.
    label : str
        The picture's name in errors.
    max_pixels : int
        Checked, as the length of the file is, before memory is taken.

    Returns
    -------
    ndarray, C-contiguous, (H, W) or (H, W, C), uint8, uint16 or float32
        Other numbers become float32, and a single channel (H, W).

    Raises
    ------
    ImageError
        If the array is no picture, or the file does not hold all of it.
    """
    shape, dtype = npy_header(file, label)
    if len(shape) not in (2, 3) or dtype.kind not in "buif" or min(shape) < 1:
        raise ImageError(label, f"an array {shape} of {dtype} is no picture; (H, W[, C]) is one")
    check_size(shape[1], shape[0], label, max_pixels)
    start = file.tell()
    if file.seek(0, os.SEEK_END) - start < prod(shape) * dtype.itemsize:
        raise ImageError(label, CUT_SHORT)
    file.seek(0)
    array = np.lib.format.read_array(file, allow_pickle=False)
    single = array.ndim == 3 and array.shape[2] == 1
    return np.ascontiguousarray(_numbers(array[:, :, 0] if single else array))


def npy_header(file: BinaryIO, label: str) -> tuple[tuple[int, ...], np.dtype]:
    """Return the shape and the dtype of an array in a .npy file."""
    file.seek(0)
    version = np.lib.format.read_magic(file)
    old = version == (1, 0)
    length = int.from_bytes(file.read(2 if old else 4), "little")
    if length > MOST_HEADER:
        raise ImageError(label, f"damaged: its header is said to have {length:,} bytes")
    file.seek(len(NUMPY_MAGIC) + 2)
    header = np.lib.format.read_array_header_1_0 if old else np.lib.format.read_array_header_2_0
    try:
        shape, _, dtype = header(file, max_header_size=MOST_HEADER)
    except (RecursionError, MemoryError):
        raise ImageError(label, "damaged: its header is nested too deeply") from None
    return shape, dtype


def _numbers(array: np.ndarray) -> np.ndarray:
    if array.dtype in (np.uint8, np.uint16):
        return array.astype(array.dtype.newbyteorder("="), copy=False)
    # What float32 cannot hold becomes infinite, as everywhere in NumPy, silently.
    with np.errstate(over="ignore"):
        return array.astype(np.float32)
