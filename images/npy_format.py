"""NumPy's own files: headers that are read and never evaluated, and the values."""

import math
import os
import re
from typing import Any, NamedTuple

import numpy as np

from .errors import DataError

NUMPY_MAGIC = b"\x93NUMPY"
# Bytes that say how long a header is, by the version of the format.
LENGTH_BYTES = {1: 2, 2: 4, 3: 4}
LONGEST_HEADER = 65_536
# What NumPy writes of arrays of texts and numbers; L is Python 2's. Its own reader
# evaluates a header as Python, warns of some and fails in many ways at others.
HEADER = re.compile(
    r"\{'descr': ?'([<>|=]?[fiubcU]\d{1,12})', ?'fortran_order': ?(True|False), ?"
    r"'shape': ?\(((?:\d{1,15}L?, ?)*(?:\d{1,15}L?)?)\),? ?\}\s*"
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
    width = LENGTH_BYTES.get(magic[6]) if len(magic) == 8 and magic[:6] == NUMPY_MAGIC else None
    if width is None:
        raise DataError("damaged, or no .npy file")
    said = file.read(width)
    length = int.from_bytes(said, "little")
    text = file.read(min(length, LONGEST_HEADER)).decode("latin1")
    if len(said) < width or len(text) < min(length, LONGEST_HEADER):
        raise DataError("its .npy header is cut short")
    found = HEADER.fullmatch(text) if len(text) == length else None
    if found is None:
        raise DataError("its .npy header is damaged, or not of an array of numbers")
    kind, order, shape = found.groups()
    sizes = tuple(int(word.rstrip("L ")) for word in shape.split(",") if word.strip())
    return Header(_dtype(kind), sizes, order == "True", 8 + width + length)


def _dtype(kind: str) -> np.dtype:
    try:
        return np.dtype(kind)
    except (TypeError, ValueError, OverflowError):
        raise DataError(f'its .npy header says "{kind}", which is no kind of number') from None


def read_values(file: Any, header: Header) -> np.ndarray:
    """Read the values of a .npy file whose header has been read.

    Raises
    ------
    DataError
        If the file does not hold all that its header promises; no memory is
        taken then.
    """
    if file.seek(0, os.SEEK_END) < header.end:
        raise DataError("the file is cut short")
    file.seek(header.start)
    values = np.empty(header.count, header.dtype)
    file.readinto(values.view(np.uint8))
    return values.reshape(header.shape, order="F" if header.fortran else "C")
