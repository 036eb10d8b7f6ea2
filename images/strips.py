"""What takes the rows of a picture strip by strip."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Protocol

import numpy as np


class Rows(Protocol):
    """What takes the rows of a picture, one strip after the other."""

    def rows(self, rows: np.ndarray) -> None:
        """Take the next rows; the array may be used again, unless it is all of them."""


class Counted:
    """Hands rows on in their native order, and sees that they are what was announced."""

    def __init__(self, encoded: Rows, shape: tuple[int, ...], dtype: np.dtype):
        self._encoded, self._shape, self._dtype = encoded, shape, dtype
        self._left = shape[0]

    def rows(self, rows: np.ndarray) -> None:
        """Hand on the next rows."""
        self._left -= len(rows)
        if self._left < 0:
            raise ValueError(f"{-self._left} rows more than the {self._shape[0]} announced")
        ready = rows.astype(self._dtype, order="C", copy=False, casting="equiv")
        self._encoded.rows(ready.reshape(len(rows), *self._shape[1:]))

    def finish(self) -> None:
        """Refuse a picture whose rows have not all come."""
        if self._left:
            raise ValueError(f"{self._left} of {self._shape[0]} rows have not come")


class Gathered:
    """The rows of a picture that is encoded when all are there."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype):
        self._shape, self._dtype, self._filled = shape, dtype, 0
        self.image = np.empty(0)

    def rows(self, rows: np.ndarray) -> None:
        """Keep the next rows."""
        if rows.shape == self._shape:
            self.image = rows
            return
        if not self._filled:
            self.image = np.empty(self._shape, self._dtype)
        self.image[self._filled : self._filled + len(rows)] = rows
        self._filled += len(rows)


class _Plain:
    def __init__(self, file: BinaryIO):
        self._file = file

    def rows(self, rows: np.ndarray) -> None:
        for start in range(0, len(rows), step := max(1, len(rows) // 64)):
            self._file.write(rows[start : start + step].tobytes())


@contextmanager
def npy_rows(file: BinaryIO, shape: tuple[int, ...], dtype: np.dtype) -> Iterator[Rows]:
    """Write a .npy file by rows."""
    head = np.lib.format.header_data_from_array_1_0(np.broadcast_to(np.zeros((), dtype), shape))
    head["fortran_order"] = False
    np.lib.format.write_array_header_1_0(file, head)
    yield _Plain(file)
