"""Files that appear whole or not at all."""

import os
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
    if _is_device(path):
        with open(path, "wb") as file:
            yield file
        return
    _make_folder(path.parent)
    temporary = path.parent / f".edgewise-{os.urandom(8).hex()}.part"
    try:
        # "x" gives the permissions of any new file; tempfile's are for one's own eyes.
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o777)
        _put_in_place(temporary, path, overwrite)
    except OSError as error:
        # Errors of writing say nothing of the file, or name the temporary one.
        if error.errno is None or error.filename not in (None, os.fspath(temporary)):
            raise
        raise OSError(error.errno, error.strerror, os.fspath(path)) from error
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
    _sync_folder(path.parent)


def refuse_existing(path: Path, overwrite: bool) -> None:
    """Raise EdgewiseError if nothing can be written at a path.

    A folder stands there, or a file that must be kept, or its folder may not be
    written to.
    """
    if path.is_dir():
        raise EdgewiseError(f"{path} is a folder; name a file in it")
    if path.exists() and not overwrite and not _is_device(path):
        raise _existing(path)
    above = next((folder for folder in path.absolute().parents if folder.is_dir()), None)
    if above is not None and not _is_device(path) and not os.access(above, os.W_OK | os.X_OK):
        raise EdgewiseError(f"{path}: the folder {above} may not be written to; write elsewhere")


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
