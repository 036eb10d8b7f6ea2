"""Opening files, and nothing that only looks like one: a pipe or a device can wait for ever."""

import errno
import os
import select
import stat
import time
from pathlib import Path
from typing import BinaryIO

from .errors import DataError

PIECE = 1 << 20
# Seconds to wait for somebody who writes to a named pipe, and between two looks at it.
PATIENCE, LOOK = 10, 0.02
# Bytes that are read from a pipe.
MOST_PIPED = 1 << 30
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class IrregularError(DataError):
    """Something that is no regular file; `reason` says what it is, without its name."""

    def __init__(self, path: str | os.PathLike, kind: str):
        self.reason = f"{kind}, not a regular file"
        super().__init__(f"{os.fspath(path)}: {self.reason}")


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
    IrregularError
        If it is a named pipe, a socket, a device or a folder: opening or
        reading those may never come to an end.
    OSError
        If there is no such file, or it may not be read.
    """
    path = os.fspath(path)
    # Opening a pipe that nobody writes to would wait; this flag does not.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except OSError as error:
        # What a socket says, and a device that is not there.
        kind = irregular_kind(os.stat(path).st_mode) if error.errno == errno.ENXIO else None
        if kind is None:
            raise
        raise IrregularError(path, kind) from None
    kind = irregular_kind(os.fstat(handle).st_mode)
    if kind:
        os.close(handle)
        raise IrregularError(path, kind)
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


def read_at_most(file: BinaryIO, limit: int, name: object, begun: bytes = b"") -> bytes:
    """Return what a pipe or another file holds to its end, which may never come.

    What was read of it before is `begun`.

    Raises
    ------
    DataError
        If it holds more bytes than `limit`; so many are read, and no more.
    """
    content = bytearray(begun)
    while piece := file.read(min(PIECE, limit + 1 - len(content))):
        content += piece
    if len(content) > limit:
        raise DataError(f"{name}: more than {limit:,} bytes; at most so many are read from a pipe")
    return bytes(content)


def read_pipe(path: str | os.PathLike, *, limit: int = MOST_PIPED) -> bytes:
    """Return what comes out of a pipe that was given by name, as `read_at_most`.

    Raises
    ------
    DataError
        As `read_at_most`, or if nobody writes to the pipe.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(handle, "rb") as file:
        piece = _first_piece(handle)
        if piece is None:
            raise DataError(f"{os.fspath(path)}: a named pipe that nobody writes to")
        os.set_blocking(handle, True)
        return read_at_most(file, limit, os.fspath(path), piece)


def _first_piece(handle: int) -> bytes | None:
    """Wait for somebody who writes to a pipe, but not for ever: None if nobody does."""
    end = time.monotonic() + PATIENCE
    watch = select.poll()
    watch.register(handle, select.POLLHUP)
    while time.monotonic() < end:
        try:
            piece = os.read(handle, PIECE)
        except BlockingIOError:  # there is a writer, who has written nothing yet
            return b""
        if piece or watch.poll(0):  # what was written, or the end of a pipe that was closed
            return piece
        time.sleep(LOOK)
    return None


def is_pipe(path: str | os.PathLike) -> bool:
    """Say whether a name is that of a pipe: a named one, or ``<(command)`` of a shell."""
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def is_open_pipe(path: str | os.PathLike) -> bool:
    """Say whether a name is that of a pipe which the shell opened: its other end is there."""
    return os.fspath(path).startswith(("/dev/fd/", "/proc/")) and is_pipe(path)
