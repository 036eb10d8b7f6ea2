"""The .npy format: headers that are read and never evaluated, matrices mapped from disk."""

import math
import os
import re
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from ...images.errors import DataError

MAGIC = b"\x93NUMPY"
# Bytes that say how long a header is, by the version of the format.
LENGTH_BYTES = {1: 2, 2: 4, 3: 4}
LONGEST_HEADER = 65_536
# What NumPy writes of arrays of texts, whole numbers and floats. Its own reader
# evaluates a header as Python, warns of some and fails in many ways at others.
HEADER = re.compile(
    r"\{'descr': ?'([<>|=]?[fiubU]\d{1,12})', ?'fortran_order': ?(True|False), ?"
    r"'shape': ?\(((?:\d{1,15}, ?)*(?:\d{1,15})?)\),? ?\}\s*"
)


class Header(NamedTuple):
    """What the header of a .npy file says; `start` is where its data begin."""

    dtype: np.dtype
    shape: tuple[int, ...]
    fortran: bool
    start: int

    @property
    def count(self) -> int:
        """How many values there are."""
        return math.prod(self.shape)

    @property
    def end(self) -> int:
        """Where the data end."""
        return self.start + self.count * self.dtype.itemsize


def read_header(file: Any) -> Header:
    """Read the header of a .npy file that is open at its beginning.

    Raises
    ------
    DataError
        If it is damaged, or of an array of anything but texts and numbers.
    """
    magic = file.read(8)
    width = LENGTH_BYTES.get(magic[6]) if len(magic) == 8 and magic[:6] == MAGIC else None
    if width is None:
        raise DataError("damaged, or no .npy file")
    length = int.from_bytes(file.read(width), "little")
    text = file.read(min(length, LONGEST_HEADER)).decode("latin1")
    found = HEADER.fullmatch(text) if len(text) == length else None
    if found is None:
        raise DataError("its .npy header is damaged, or not of an array of numbers")
    kind, order, shape = found.groups()
    sizes = tuple(int(word) for word in shape.split(",") if word.strip())
    return Header(_dtype(kind), sizes, order == "True", 8 + width + length)


def _dtype(kind: str) -> np.dtype:
    try:
        return np.dtype(kind)
    except (TypeError, ValueError, OverflowError):
        raise DataError(f'its .npy header says "{kind}", which is no kind of number') from None


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
