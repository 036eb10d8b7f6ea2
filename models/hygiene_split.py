"""Splits that keep what belongs together on one side, written as manifests."""

import csv
import io
import os
from pathlib import Path

import numpy as np

from ..images.atomic import atomic_file
from ..images.errors import DataError, WordError
from ..images.manifests import SUFFIXES
from .hygiene import Survey
from .hygiene_duplicates import components, members
from .splits import hold_out


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
    columns = {"path": _relative(survey, Path(path)), "label": survey.labels, "split": splits}
    columns |= {"group": groups if any(groups) else None}
    there = {name: values for name, values in columns.items() if values is not None}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(there)
    writer.writerows(zip(*there.values(), strict=True))
    with atomic_file(path, overwrite=overwrite) as file:
        try:
            file.write(text.getvalue().encode())
        except UnicodeEncodeError as error:
            raise DataError(
                f"{path}: the name {error.object[error.start :]!r} is no text"
            ) from None


def _relative(survey: Survey, path: Path) -> list[str]:
    folder = os.path.dirname(os.path.realpath(path))
    return [os.path.relpath(os.path.realpath(name), folder) for name in survey.names]
