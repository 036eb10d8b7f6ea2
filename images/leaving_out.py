"""Results that lie among the inputs: what one run leaves there is no input of the next."""

import glob
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from .errors import EdgewiseError
from .inputs import is_pattern


def outside(
    words: Sequence[str],
    paths: Sequence[str | os.PathLike | None],
    without: str | os.PathLike | None,
) -> list[int]:
    """Return which inputs remain without those in a folder of results.

    Parameters
    ----------
    words : sequence of str
        What a user named: only in a folder or a pattern is anything left out, and
        nothing where one of the words names the folder of results itself, or
        something in it.
    paths : sequence of path or None
        The inputs that were found.
    without : path or None
        The folder of results.

    Returns
    -------
    list of int
        Places in `paths`.

    Raises
    ------
    EdgewiseError
        If none remains.
    """
    everything = list(range(len(paths)))
    if without is None or any(_is_in_or_is(word, without) for word in words):
        return everything
    if not any(lies_in(without, _searched(word)) for word in words):
        return everything
    results = cache(lambda folder: _is_in_or_is(folder, without))
    left = [i for i in everything if not (path := paths[i]) or not results(os.path.dirname(path))]
    if not left:
        raise EdgewiseError(f"{', '.join(words)}: all pictures are in {without}, where results go")
    return left


def _searched(word: str) -> str | os.PathLike:
    """Return the folder that is searched for pictures."""
    if not is_pattern(word):
        return word
    return next(one for one in Path(word).parents if not glob.has_magic(os.fspath(one)))


def lies_in(path: str | os.PathLike, folder: str | os.PathLike) -> bool:
    """Tell whether a path lies inside of a folder, links followed; a folder is not in itself."""
    return os.path.isdir(folder) and _is_in_or_is(path, folder) and not _is_in_or_is(folder, path)


def _is_in_or_is(path: str | os.PathLike, folder: str | os.PathLike) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
