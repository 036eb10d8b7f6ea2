"""Splits that keep what belongs together on one side, written as manifests."""

import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np

from ..images.atomic import atomic_file
from ..images.errors import DataError, WordError
from ..images.manifests import SUFFIXES
from .hygiene import Survey
from .hygiene_duplicates import components, members
from .splits import hold_out

_NEEDS_QUOTES = re.compile(r'[,"\r\n]|^\s|\s$')


def split_survey(
    survey: Survey, alike: np.ndarray, share: float, *, seed: int = 0
) -> tuple[list[str], list[str]]:
    """Divide pictures into ``train`` and ``test``, each class by its share.

    Parameters
    ----------
    survey : Survey
    alike : ndarray of int, (M,)
        Pictures of one number stay on one side, and so do those of one group of
        the data set.
    share : float
        Of the test side.
    seed : int

    Returns
    -------
    splits, groups : list of str, (M,)
        A group is "" for a picture that is alone.

    Raises
    ------
    DataError
        If a side would be empty.
    """
    groups = _joined(survey, alike)
    labels = survey.labels or [""] * len(survey)
    numbers = np.unique(np.array(labels, object).astype(str), return_inverse=True)[1]
    together = tuple(groups) if any(groups) else None
    _, held = hold_out(numbers, share, seed=seed, groups=together)
    splits = np.full(len(survey), "train", object)
    splits[held] = "test"
    return splits.tolist(), groups


def _joined(survey: Survey, alike: np.ndarray) -> list[str]:
    """Return names of groups: of the data set's own, joined where pictures are alike."""
    own = survey.dataset.groups
    names = [""] * len(survey) if own is None else [own[i] for i in survey.places]
    number = {name: i for i, name in enumerate(dict.fromkeys(names))}
    # Two kinds of edges: to a node for each group of duplicates, and for each named group.
    count, same = len(survey), int(alike.max(initial=0)) + 1
    named = np.array([i for i, name in enumerate(names) if name], np.int64)
    ends = np.array([count + same + number[names[i]] for i in named], np.int64)
    joined = components(
        count + same + len(number),
        np.concatenate([np.arange(count), named]),
        np.concatenate([count + alike, ends]),
    )[:count]
    result = list(names)
    for group in members(joined):
        name = next((names[i] for i in group if names[i]), f"alike-{group[0]}")
        for i in group:
            result[i] = name
    return result


def check_manifest(path: str | os.PathLike) -> None:
    """Raise WordError if a manifest of this name could not be read again."""
    if Path(path).suffix.lower() != ".csv":
        raise WordError(f"{path}: end the name of a split in .csv, one of {', '.join(SUFFIXES)}")


def write_split(
    path: str | os.PathLike,
    survey: Survey,
    splits: list[str],
    groups: list[str],
    *,
    overwrite: bool = False,
) -> None:
    """Write a manifest ``path,label,split,group`` that every command reads as DATA.

    Paths are relative to the manifest. The same data, share and seed give the
    same bytes.

    Raises
    ------
    DataError
        If the pictures are not files of their own.
    EdgewiseError
        If the file exists and must be kept.
    """
    check_manifest(path)
    if survey.dataset.paths is None:
        raise DataError(
            f"{survey.dataset.source}: a split lists files, and these pictures are not files of "
            "their own; give a folder of pictures"
        )
    _check_text(path, survey.dataset.classes)
    columns = {"path": _relative(survey, Path(path)), "label": survey.labels, "split": splits}
    columns |= {"group": [_written(group) for group in groups] if any(groups) else None}
    there = {name: values for name, values in columns.items() if values is not None}
    rows = [tuple(there), *zip(*there.values(), strict=True)]
    text = "".join(",".join(map(_cell, row)) + "\n" for row in rows)
    with atomic_file(path, overwrite=overwrite) as file:
        # The names of files need not be text, and are found as they are.
        file.write(text.encode(errors="surrogateescape"))


def _cell(text: str) -> str:
    """Return a cell that reads back exactly: `csv` leaves some spaces and breaks unquoted."""
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text


def _written(group: str) -> str:
    """Return the name of a group as text: that of a file may be none."""
    return group.encode(errors="backslashreplace").decode()


def _relative(survey: Survey, path: Path) -> list[str]:
    # Links to pictures stay, for their names may tell what belongs together; with
    # links to folders on the way "..", would lead elsewhere.
    folder = os.path.realpath(os.path.dirname(os.path.abspath(path)))
    real = cache(os.path.realpath)
    return [
        os.path.relpath(os.path.join(real(os.path.dirname(name)), os.path.basename(name)), folder)
        for name in survey.names
    ]


def _check_text(path: str | os.PathLike, words: Iterable[str]) -> None:
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise DataError(
                f"{path}: {word!r} is not UTF-8 text, and a label has to be; rename its folder"
            ) from None
