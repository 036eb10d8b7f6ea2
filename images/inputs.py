"""What a user names on the command line, made into a list of pictures."""

import glob
import os
import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from .errors import DataError, EdgewiseError, WordError
from .formats import SUFFIXES
from .regular import MOST_PIPED, is_open_pipe, is_pipe, read_at_most, read_pipe, read_regular


@dataclass(frozen=True)
class Input:
    """One picture to read.

    `path` is None for bytes that can be read only once, those of stdin or of a
    pipe given by name; `relative` is the path to keep below an output folder.
    """

    name: str
    path: Path | None
    relative: str
    word: str = "-"

    def source(self) -> Path | bytes:
        """Return what `read_image` takes: the path, or bytes, read now."""
        return source_of(self.word) if self.path is None else self.path


def source_of(word: str) -> Path | bytes:
    """Return what `read_image` takes for a user's word.

    Parameters
    ----------
    word : str
        A path, the path of a pipe, such as a shell's ``<(command)``, or ``-``
        for stdin; what is no file is read now, to its end.

    Raises
    ------
    DataError
        If a pipe holds more than `regular.MOST_PIPED` bytes.
    """
    if word == "-":
        return _stdin_bytes()
    return read_pipe(word) if is_pipe(word) else Path(word)


def find_inputs(words: Iterable[str]) -> list[Input]:
    """List the pictures that a user's words name.

    Parameters
    ----------
    words : iterable of str
        Files, folders (searched recursively for pictures, in sorted order,
        hidden files left out), globs, ``@list.txt`` (a path a line; ``@-``
        reads the list from stdin), or ``-`` for a picture on stdin.

    Returns
    -------
    list of Input
        A file that does not exist is listed too: reading it fails, and the
        others are still read.

    Raises
    ------
    EdgewiseError
        If a folder or a glob holds no picture, or a list cannot be read.
    """
    return list(each_input(words))


def each_input(words: Iterable[str]) -> Iterator[Input]:
    """Yield what `find_inputs` lists, one by one."""
    return (found for word in words for found in _expand(word))


def _expand(word: str) -> Iterator[Input]:
    if not word:
        raise WordError(
            "an input is empty", hint="name a file, a folder, a pattern, or - for stdin"
        )
    if word == "-":
        yield Input("stdin", None, "stdin.png")
    elif word.startswith("@"):
        for line in _lines(word[1:]):
            yield from _expand_path(line)
    elif is_pipe(word):
        yield Input(word, None, Path(word).name, word)
    else:
        yield from _expand_path(word)


def _stdin_bytes() -> bytes:
    if sys.stdin is None:
        raise DataError("stdin is closed; there is nothing to read")
    buffer = getattr(sys.stdin, "buffer", None)
    if buffer is None:  # text that a caller put there
        return os.fsencode(sys.stdin.read())
    return read_at_most(buffer, MOST_PIPED, "stdin")


def _list_bytes(name: str) -> bytes:
    if name == "-":
        return _stdin_bytes()
    return read_pipe(name) if is_open_pipe(name) else read_regular(name, limit=MOST_PIPED)


def _lines(name: str) -> list[str]:
    try:
        # The names of files need not be text.
        text = os.fsdecode(_list_bytes(name).removeprefix(BOM_UTF8))
    except OSError as error:
        raise EdgewiseError(f"{name}: {(error.strerror or str(error)).lower()}") from None
    if "\0" in text:
        raise EdgewiseError(f"{name}: not a text file with a path a line")
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines:
        raise EdgewiseError(f"{name}: the list is empty; it holds a path a line")
    return lines


def _expand_path(word: str) -> Iterator[Input]:
    path = Path(word)
    if os.path.isdir(word):
        yield from _in_folder(path)
    elif is_pattern(word):
        files = [
            name for name in sorted(glob.glob(word, recursive=True)) if not os.path.isdir(name)
        ]
        if not files:
            raise EdgewiseError(f"{word} matches no file; check the pattern, or name a folder")
        start = _fixed_part(word)
        yield from (Input(name, Path(name), os.path.relpath(name, start)) for name in files)
    else:
        yield Input(word, path, path.name)


def is_pattern(word: str) -> bool:
    """Tell a pattern such as ``*.png`` from the name of a file."""
    return glob.has_magic(word) and not os.path.exists(word)


def _fixed_part(pattern: str) -> Path:
    """Return the folder that all matches of a pattern share: photos of photos/**/*.png."""
    parts = Path(pattern).parts
    wild = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    return Path(*parts[:wild])


def _in_folder(folder: Path) -> Iterator[Input]:
    found = pictures_below(folder)
    first = next(found, None)
    if first is None and folder.suffix.lower() in SUFFIXES:
        # One of many names that a shell made of *.png: reading it fails, and says why.
        first = folder
    if first is None:
        known = ", ".join(sorted(SUFFIXES))
        raise EdgewiseError(f"{folder} holds no pictures; their names end in {known}")
    for path in chain([first], found):
        # A folder that cannot be searched stands for itself.
        relative = path.name if path == folder else os.fspath(path.relative_to(folder))
        yield Input(os.fspath(path), path, relative)


def pictures_below(folder: Path) -> Iterator[Path]:
    """Yield the pictures in a folder and all folders below it, sorted by path.

    A folder that cannot be searched is yielded too: reading it fails, and says why.
    """
    # Not by recursion: folders may lie in each other a thousand times.
    waiting = [_visible(folder)]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
        elif isinstance(entry, Path):
            yield entry
        elif entry.is_dir(follow_symlinks=False):
            waiting.append(_visible(entry.path))
        elif os.path.splitext(entry.name)[1].lower() in SUFFIXES:
            yield Path(entry.path)


def _visible(folder: str | os.PathLike) -> Iterator[os.DirEntry | Path]:
    """Yield what lies in a folder and is not hidden, by name; itself if it cannot be searched."""
    try:
        with os.scandir(folder) as entries:
            found = sorted((e for e in entries if not e.name.startswith(".")), key=_name)
    except OSError:
        yield Path(folder)
    else:
        yield from found


def _name(entry: os.DirEntry) -> str:
    return entry.name
