"""Files that appear whole or not at all."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from .errors import EdgewiseError
from .temporary import is_temporary, temporary_file

SHORT_WRITE = re.compile(r"\d+ requested and \d+ written")


@contextmanager
def atomic_file(path: str | os.PathLike, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """Open a file for writing that replaces `path` only when it is complete.

    What is written goes to a temporary file in the same folder, which is
    flushed to disk and renamed at the end of the ``with`` block. On any error,
    an interruption too, the temporary file is removed and what stood at
    `path` before is left. What a killed process left in the folder goes, too.

    Parameters
    ----------
    path : path
        Missing folders above it are made. A symbolic link is followed. A
        device or a pipe, such as /dev/null, is written to as it is.
    overwrite : bool
        Whether a file may stand there already.

    Raises
    ------
    EdgewiseError
        If `path` is a folder, or exists and `overwrite` is false, or if what
        should be its folder is a file.
    OSError
        If the file cannot be written.
    """
    path = Path(os.path.realpath(path))
    refuse_existing(path, overwrite)
    with _errors_name(path):
        if _is_device(path):
            with open(path, "wb") as file:
                yield file
            return
        _make_folder(path.parent)
        with temporary_file(path.parent) as (file, temporary):
            yield file
            file.flush()
            os.fsync(file.fileno())
            if path.exists():
                temporary.chmod(path.stat().st_mode & 0o777)
            _put_in_place(temporary, path, overwrite)
        _sync_folder(path.parent)


@contextmanager
def _errors_name(path: Path) -> Iterator[None]:
    """Name the file in errors of writing, which say nothing of it or name the temporary one."""
    try:
        yield
    except OSError as error:
        number, words = error.errno, error.strerror
        if number is None and SHORT_WRITE.search(str(error)):
            # NumPy says how much could not be written, but not why; there is one common reason.
            number, words = errno.ENOSPC, os.strerror(errno.ENOSPC)
        is_ours = error.filename is None or is_temporary(error.filename)
        if number is None or not is_ours:
            raise
        raise OSError(number, words, os.fspath(path)) from error


def refuse_existing(path: Path, overwrite: bool) -> None:
    """Raise EdgewiseError if nothing can be written at a path.

    A folder stands there, or a file that must be kept, or its folder may not be
    written to.
    """
    if path.is_dir():
        raise EdgewiseError(f"{path} is a folder; name a file in it")
    if path.exists() and not overwrite and not _is_device(path):
        raise _existing(path)
    if not _is_device(path):
        refuse_unwritable_folder(path.parent)


def refuse_unwritable_folder(folder: Path) -> None:
    """Raise EdgewiseError if no file can be made in a folder, or no folder of its name."""
    places = (folder.absolute(), *folder.absolute().parents)
    above = next((place for place in places if place.is_dir()), None)
    if above is not None and not os.access(above, os.W_OK | os.X_OK):
        raise EdgewiseError(f"the folder {above} may not be written to", hint="write elsewhere")


def _existing(path: Path) -> EdgewiseError:
    return EdgewiseError(f"{path} exists already; use --overwrite to replace it")


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise EdgewiseError(f"{folder} is not a folder; write somewhere else") from None


def _put_in_place(temporary: Path, path: Path, overwrite: bool) -> None:
    if overwrite:
        os.replace(temporary, path)
        return
    try:
        # A link, unlike a rename, fails where another process was faster.
        os.link(temporary, path)
    except FileExistsError:
        raise _existing(path) from None
    except OSError:  # a file system without hard links
        refuse_existing(path, overwrite)
        os.replace(temporary, path)


def _sync_folder(folder: Path) -> None:
    # The file is complete and in place; a folder that cannot be opened, or a
    # file system that syncs no folders, does not undo that.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
