"""Arrays in NumPy's own files."""

from typing import BinaryIO

import numpy as np

from .damage import CUT_SHORT
from .errors import DataError, ImageError
from .limits import check_size
from .npy_format import Header, read_header, read_values


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
    header = npy_header(file, label)
    shape, dtype = header.shape, header.dtype
    if len(shape) not in (2, 3) or dtype.kind not in "buif" or min(shape) < 1:
        raise ImageError(label, f"an array {shape} of {dtype} is no picture; (H, W[, C]) is one")
    check_size(shape[1], shape[0], label, max_pixels)
    try:
        array = read_values(file, header)
    except DataError:
        raise ImageError(label, CUT_SHORT) from None
    single = array.ndim == 3 and array.shape[2] == 1
    return np.ascontiguousarray(_numbers(array[:, :, 0] if single else array))


def npy_header(file: BinaryIO, label: str) -> Header:
    """Return what the header of a .npy file says; ImageError if it is damaged."""
    file.seek(0)
    try:
        return read_header(file)
    except DataError as error:
        raise ImageError(label, str(error)) from None


def _numbers(array: np.ndarray) -> np.ndarray:
    if array.dtype in (np.uint8, np.uint16):
        return array.astype(array.dtype.newbyteorder("="), copy=False)
    # What float32 cannot hold becomes infinite, as everywhere in NumPy, silently.
    with np.errstate(over="ignore"):
        return array.astype(np.float32)
