"""Temporary files beside what they will become, and an end to those that nobody writes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ..compiled.locks import fcntl

PREFIX, SUFFIX = ".edgewise-", ".part"

# Folders are looked through once in each process, for there may be very many files.
_swept: set[Path] = set()


@contextmanager
def temporary_file(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Open a new file in a folder; it is removed in the end, unless it was renamed.

    While it is open it is locked, so that others know that somebody writes it.
    The first use in a folder removes those that are not: a killed process left them.
    """
    if folder not in _swept:
        _swept.add(folder)
        sweep(folder)
    file, path = _new(folder)
    try:
        with file:
            yield file, path
    finally:
        with suppress(FileNotFoundError):
            path.unlink()


def is_temporary(path: object) -> bool:
    """Tell a temporary file by its name."""
    name = os.path.basename(os.fspath(path)) if isinstance(path, str | os.PathLike) else ""
    return name.startswith(PREFIX) and name.endswith(SUFFIX)


def sweep(folder: Path) -> None:
    """Remove the temporary files in a folder whose processes are gone."""
    # Without locks nobody can tell; and what cannot be listed or removed is left.
    if fcntl is None:
        return
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if is_temporary(entry.name):
                with suppress(OSError):
                    _remove_if_left(entry.path)


def _remove_if_left(path: str) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)
    finally:
        os.close(handle)


def _new(folder: Path) -> tuple[BinaryIO, Path]:
    while True:
        path = folder / f"{PREFIX}{os.urandom(8).hex()}{SUFFIX}"
        # "x" gives the permissions of any new file; tempfile's are for one's own eyes.
        file = open(path, "xb")  # noqa: SIM115
        if _is_held(file, path):
            return file, path
        # Another process took it for one that was left, before it was locked.
        file.close()


def _is_held(file: BinaryIO, path: Path) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return path.exists()
