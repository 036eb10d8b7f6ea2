"""Locks between processes, which go with the process that holds them, however it ends."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

try:
    import fcntl as _fcntl
except ImportError:  # Windows
    _fcntl = None

fcntl: Any = _fcntl


@contextmanager
def locked(path: Path, *, wait: bool = False) -> Iterator[bool]:
    """Hold a lock; gives whether it could be had.

    Parameters
    ----------
    path : Path
        The file that is locked. It and its folder are made as needed, and the
        file is removed in the end.
    wait : bool
        Whether to wait for another process that holds the lock.

    Yields
    ------
    bool
        False where another process holds the lock. Where the system or the file
        system has no locks it is True: what is done under it must then be
        harmless when it is done twice.
    """
    if fcntl is None:
        yield True
        return
    file = _opened_and_locked(path, wait)
    if file is None:
        yield False
        return
    try:
        yield True
    finally:
        # Still under the lock: whoever waits for this file sees that it is gone.
        path.unlink(missing_ok=True)
        with suppress(OSError):
            # A child that was forked meanwhile has the file open too.
            fcntl.flock(file, fcntl.LOCK_UN)
        file.close()


def _opened_and_locked(path: Path, wait: bool) -> BinaryIO | None:
    while True:
        file = _opened(path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        except OSError:  # a file system without locks
            return file
        if _is_at(file, path):
            return file
        # Its last holder removed it while this process waited or was about to lock it.
        file.close()


def _opened(path: Path) -> BinaryIO:
    while True:
        # Somebody may remove the empty folder between any two steps.
        with suppress(FileNotFoundError):
            _make_folder(path.parent)
            return open(path, "ab", opener=_open_at_once)


def _open_at_once(path: str, flags: int) -> int:
    # A named pipe that stands in its place would wait for a reader.
    return os.open(path, flags | os.O_NONBLOCK, 0o666)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        # It was there, and is gone or back by now; or a file stands in its place.
        with suppress(FileNotFoundError):
            if not stat.S_ISDIR(folder.stat().st_mode):
                raise


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
