"""Copies of pictures sorted into folders: whole or absent, and never over another file."""

import filecmp
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from .atomic import atomic_file
from .errors import EdgewiseError, ImageError

UNSURE = "_unsure"
LONGEST_NAME = 255  # bytes, on every common file system


class Sorter:
    """Copies pictures into a folder for each class.

    A name that is taken gets a number: ``cat/1.jpg``, ``cat/1-2.jpg``. A file
    that stands there already with the very same bytes is not copied again, so
    that the same sorting twice, or one that was interrupted, ends alike.

    Parameters
    ----------
    folder : path
        Made when the first picture is copied.
    classes : iterable of str
        Each names a folder.
    dry : bool
        Only say where pictures would go.

    Attributes
    ----------
    copied, there, size : int
        Files copied (or that would be), files that were there, bytes copied.

    Raises
    ------
    EdgewiseError
        If a class cannot be a folder, or the folder is a file.
    """

    def __init__(
        self,
        folder: str | os.PathLike,
        classes: Iterable[str],
        *,
        dry: bool = False,
    ):
        self.folder, self.dry = Path(folder), dry
        self.copied = self.there = self.size = 0
        self._planned: dict[Path, str] = {}
        _check_classes(classes)
        if self.folder.exists() and not self.folder.is_dir():
            raise EdgewiseError(f"{self.folder} is a file; name a folder for the copies")

    def put(self, source: str | os.PathLike, name: str | None) -> Path:
        """Copy a picture into the folder of a class, or of those that are unsure.

        Parameters
        ----------
        source : path
        name : str or None
            The class; None for `UNSURE`.

        Returns
        -------
        path
            Where the copy stands.

        Raises
        ------
        ImageError
            If the picture cannot be read any more.
        OSError
            If the copy cannot be written.
        """
        path = os.fspath(source)
        try:
            return self._put(path, self.folder / (UNSURE if name is None else name))
        except OSError as error:
            # Of two paths in an error of copying, one is the reader's business.
            if error.filename != path:
                raise
            raise ImageError(path, (error.strerror or str(error)).lower()) from error

    def _put(self, path: str, folder: Path) -> Path:
        stem, suffix = os.path.splitext(os.path.basename(path))
        number = 1
        while True:
            place = folder / (f"{stem}-{number}{suffix}" if number > 1 else f"{stem}{suffix}")
            other = self._planned.get(place) or (place if place.exists() else None)
            if other is None:
                if self._copied(path, place):
                    return place
                # Another process was faster; what it put there may be this very picture.
                continue
            if os.path.isfile(other) and _same(path, other):
                self.there += 1
                return place
            number += 1

    def _copied(self, path: str, place: Path) -> bool:
        """Copy a file; False where another process was faster."""
        facts = os.stat(path)
        with open(path, "rb") as file:
            if self.dry:
                self._planned[place] = path
            elif not _copy(file, facts, place):
                return False
        self.copied += 1
        self.size += facts.st_size
        return True


def _copy(file, facts: os.stat_result, place: Path) -> bool:
    try:
        with atomic_file(place) as copy:
            shutil.copyfileobj(file, copy)
            copy.flush()
            os.utime(copy.fileno(), ns=(facts.st_atime_ns, facts.st_mtime_ns))
    except EdgewiseError:
        if place.exists():
            return False
        raise
    return True


def _same(one: str, other: str | os.PathLike) -> bool:
    return filecmp.cmp(one, other, shallow=False)


def _check_classes(classes: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for name in classes:
        bad = not name or name.startswith(".") or any(c in name for c in "/\\\0")
        if bad or len(os.fsencode(name)) > LONGEST_NAME or name.casefold() == UNSURE:
            raise EdgewiseError(f'the class "{name}" cannot be the name of a folder of copies')
        # Some file systems do not tell Cat from cat.
        if other := seen.get(name.casefold()):
            raise EdgewiseError(f'the classes "{other}" and "{name}" would share one folder')
        seen[name.casefold()] = name
