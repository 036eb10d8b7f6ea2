"""Files that appear whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from .errors import EdgewiseError


@contextmanager
def atomic_file(path: str | os.PathLike, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """Open a file for writing that replaces `path` only when it is complete.

    What is written goes to a temporary file in the same folder, which is
    flushed to disk and renamed at the end of the ``with`` block. On any error,
    an interruption too, the temporary file is removed and what stood at
    `path` before is left.

    Parameters
    ----------
    path : path
        Missing folders above it are made. A symbolic link is followed.
    overwrite : bool
        Whether a file may stand there already.

    Raises
    ------
    EdgewiseError
        If `path` is a folder, or exists and `overwrite` is false.
    OSError
        If the file cannot be written.
    """
    path = Path(os.path.realpath(path))
    refuse_existing(path, overwrite)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", suffix=".part", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode(path))
        _put_in_place(temporary, path, overwrite)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
    _sync_folder(path.parent)


def refuse_existing(path: Path, overwrite: bool) -> None:
    """Raise EdgewiseError if a folder stands at a path, or a file that must be kept."""
    if path.is_dir():
        raise EdgewiseError(f"{path} is a folder; name a file in it")
    if path.exists() and not overwrite:
        raise EdgewiseError(f"{path} exists already; use --overwrite to replace it")


def _mode(path: Path) -> int:
    """Return the permissions of the file replaced, or those a new file gets."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _put_in_place(temporary: Path, path: Path, overwrite: bool) -> None:
    if overwrite:
        os.replace(temporary, path)
        return
    try:
        # A link, unlike a rename, fails where another process was faster.
        os.link(temporary, path)
    except FileExistsError:
        refuse_existing(path, overwrite)
    except OSError:  # a file system without hard links
        refuse_existing(path, overwrite)
        os.replace(temporary, path)


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
