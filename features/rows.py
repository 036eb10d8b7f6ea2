"""Where the vectors of many pictures gather: in memory, or beside the file they will be in."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np

# Vectors that take more than this gather on disk, if there is a place for them.
MOST_BYTES = 256 << 20


class Rows:
    """Rows of float32, filled some at a time.

    Parameters
    ----------
    count : int or None
        The greatest number of rows; None if nobody knows.
    length : int
    scratch : path, optional
        A folder for a file without a name, which vanishes with the process: what
        is held in memory does not grow with the number of rows then. Where
        nobody knows the number, there is such a file always.
    """

    def __init__(self, count: int | None, length: int, scratch: str | os.PathLike | None = None):
        self.filled, self._length = 0, length
        self._file: BinaryIO | None = None
        self._array = np.empty((0, length), np.float32)
        if count is None:
            self._file = tempfile.TemporaryFile(dir=scratch and _existing(Path(scratch)))  # noqa: SIM115
        elif scratch is not None and count * length * 4 > MOST_BYTES:
            self._file = tempfile.TemporaryFile(dir=_existing(Path(scratch)))  # noqa: SIM115
        else:
            # Filled in place: the vectors are most of the memory there is.
            self._array = np.empty((count, length), np.float32)

    def add(self, count: int, fill: Callable[[np.ndarray], object]) -> None:
        """Have `fill` write so many rows into an array (count, length)."""
        if self._file is None:
            fill(self._array[self.filled : self.filled + count])
        else:
            part = np.empty((count, self._length), np.float32)
            fill(part)
            # Written, not mapped: a full disk is an error then, and not a signal.
            self._file.write(part.data)
        self.filled += count

    def result(self) -> np.ndarray:
        """Return all rows; from a file they are mapped, and read when they are used."""
        if self._file is None:
            return self._array[: self.filled]
        self._file.flush()
        shape = (self.filled, self._length)
        return np.memmap(self._file, np.float32, mode="r", shape=shape)

    def close(self) -> None:
        """Close the file; what `result` mapped of it stays."""
        if self._file is not None:
            self._file.close()


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    return next(one for one in (folder, *folder.absolute().parents) if one.is_dir())
