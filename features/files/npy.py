"""The .npy format: matrices mapped from disk, and written so that errors are seen."""

import os
from typing import Any, BinaryIO

import numpy as np

from ...images.errors import DataError
from ...images.npy_format import Header, read_header


def check_matrix(header: Header) -> None:
    """Raise DataError unless a header is of a matrix of float32."""
    if len(header.shape) != 2 or header.dtype != np.float32:
        raise DataError(
            f"X is {len(header.shape)}-dimensional {header.dtype}, not a matrix of float32"
        )


def map_matrix(file: BinaryIO, start: int = 0, *, alone: bool = True) -> np.ndarray:
    """Map a matrix of float32 from disk; its values are read when they are used.

    Parameters
    ----------
    file : binary file
        Real, and open for reading.
    start : int
        Where the .npy begins in it.
    alone : bool
        Whether the file has to end with the matrix.

    Raises
    ------
    DataError
        If it holds another kind of array, or is cut short.
    """
    file.seek(start)
    header = read_header(file)
    check_matrix(header)
    size, end = os.fstat(file.fileno()).st_size, start + header.end
    if size < end or (alone and size > end):
        raise DataError("it is not as long as its .npy header says")
    if header.count == 0:
        return np.empty(header.shape, np.float32)
    order = "F" if header.fortran else "C"
    return np.memmap(file, header.dtype, "r", start + header.start, header.shape, order)  # type: ignore[call-overload]


def write_array(file: Any, array: np.ndarray) -> None:
    """Write a C-contiguous array as .npy.

    `numpy.save` writes past Python's file, and says nothing of why it cannot.
    """
    np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(array))
    file.write(array.tobytes() if not array.size else array.data.cast("B"))
