"""Opening files, and nothing that only looks like one: a pipe or a device can wait for ever."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from .errors import DataError

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def open_regular(path: str | os.PathLike) -> BinaryIO:
    """Open a regular file for reading; a link to one is followed.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    binary file

    Raises
    ------
    DataError
        If it is a named pipe, a socket, a device or a folder: opening or
        reading those may never come to an end.
    OSError
        If there is no such file, or it may not be read.
    """
    path = os.fspath(path)
    # Opening a pipe that nobody writes to would wait; this flag does not.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    kind = irregular_kind(os.fstat(handle).st_mode)
    if kind:
        os.close(handle)
        raise DataError(f"{path}: {kind}, not a regular file")
    # Opened so, and not by its handle alone, the file knows its name.
    return open(path, "rb", opener=lambda *_: handle)


def irregular_kind(mode: int) -> str | None:
    """Say what a file's mode makes it, such as "a device"; None for a regular file."""
    return next((kind for is_kind, kind in _KINDS if is_kind(mode)), None)


def read_regular(path: str | os.PathLike, *, limit: int | None = None) -> bytes:
    """Return the content of a regular file.

    Parameters
    ----------
    path : path
        The file.
    limit : int, optional
        Bytes at most.

    Raises
    ------
    DataError
        As `open_regular`, or if the file is larger than `limit`.
    OSError
        If it cannot be read.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if limit is not None and size > limit:
            raise DataError(f"{Path(path)}: {size:,} bytes; at most {limit:,} are read")
        return file.read()
