"""What a user names on the command line, made into a list of pictures."""

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import EdgewiseError

# fmt: off
SUFFIXES = frozenset({
    ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp",
    ".bmp", ".gif", ".pgm", ".ppm", ".pnm", ".pbm",
})
# fmt: on


@dataclass(frozen=True)
class Input:
    """One picture to read.

    `path` is None for the bytes on stdin; `relative` is the path to keep below
    an output folder.
    """

    name: str
    path: Path | None
    relative: str


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
    return [found for word in words for found in _expand(word)]


def _expand(word: str) -> Iterator[Input]:
    if word == "-":
        yield Input("stdin", None, "stdin.png")
    elif word.startswith("@"):
        for line in _lines(word[1:]):
            yield from _expand_path(line)
    else:
        yield from _expand_path(word)


def _lines(name: str) -> list[str]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8-sig")
    except OSError as error:
        raise EdgewiseError(f"{name}: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise EdgewiseError(f"{name}: not a text file with a path a line") from None
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise EdgewiseError(f"{name}: the list is empty; it holds a path a line")
    return lines


def _expand_path(word: str) -> Iterator[Input]:
    path = Path(word)
    if path.is_dir():
        yield from _in_folder(path)
    elif is_pattern(word):
        files = [name for name in sorted(glob.glob(word, recursive=True)) if os.path.isfile(name)]
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
    found = list(pictures_below(folder))
    if not found:
        known = ", ".join(sorted(SUFFIXES))
        raise EdgewiseError(f"{folder} holds no pictures; their names end in {known}")
    for path in found:
        yield Input(os.fspath(path), path, os.fspath(path.relative_to(folder)))


def pictures_below(folder: Path) -> Iterator[Path]:
    """Yield the pictures in a folder and all folders below it, sorted by path."""
    with os.scandir(folder) as entries:
        visible = sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)
    for entry in visible:
        if entry.is_dir(follow_symlinks=False):
            yield from pictures_below(Path(entry.path))
        elif os.path.splitext(entry.name)[1].lower() in SUFFIXES:
            yield Path(entry.path)
