"""Groups of pictures that belong together, found in their names: a person, a place, a track."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from .dataset import Dataset
from .errors import DataError

FOLDER = "folder"
# Tried in this order where a rule is suggested; each must hold for so many names.
_RULES = (FOLDER, r"(.+)[_-]", r"(.*\D)\d")
_MOST_NAMES = 0.9


def parse_rule(rule: str) -> re.Pattern[str] | None:
    """Return the regular expression that a rule is, None for ``folder``.

    Raises
    ------
    DataError
        If it is none.
    """
    if rule == FOLDER:
        return None
    try:
        return re.compile(rule)
    except re.error as error:
        raise DataError(f'"{rule}" is not a regular expression: {error}') from None


def groups_of(names: Sequence[str], rule: str) -> tuple[str, ...]:
    """Return the group of each name.

    Parameters
    ----------
    names : sequence of str
        Paths of pictures.
    rule : str
        ``folder``: pictures in one folder are a group. Or a regular expression
        that is searched for in the path, written with slashes: pictures for
        which it finds the same text are a group. Of an expression with
        parentheses only the text in these counts.

    Returns
    -------
    tuple of str
        "" for a name in which it finds nothing: that picture is alone.

    Raises
    ------
    DataError
        If it finds nothing in any name, or is no regular expression.
    """
    pattern = parse_rule(rule)
    paths = [PurePath(name).as_posix() for name in names]
    if pattern is None:
        return tuple(path.rpartition("/")[0] or "." for path in paths)
    found = tuple(_text(pattern.search(path)) for path in paths)
    if names and not any(found):
        raise DataError(
            f'"{rule}" is found in none of the names, such as {paths[0]}',
            hint="it is searched for in the whole path, with slashes between folders",
        )
    return found


def _text(match: re.Match[str] | None) -> str:
    if match is None:
        return ""
    return "|".join(part or "" for part in match.groups()) if match.re.groups else match[0]


def grouped(dataset: Dataset, rule: str | None) -> Dataset:
    """Return a data set with the groups that a rule finds in its names, instead of its own.

    Without a rule it is left as it is.

    Raises
    ------
    DataError
        Also if the pictures have no file names, or each class is one group.
    """
    if rule is None:
        return dataset
    if dataset.paths is None:
        raise DataError(f"{dataset.source}: these pictures have no file names to group them by")
    groups = groups_of(dataset.names, rule)
    if dataset.labels is not None:
        refuse_one_a_class(groups, dataset.labels)
    return replace(dataset, groups=groups)


def refuse_one_a_class(groups: Sequence[str], labels: Sequence[str]) -> None:
    """Raise DataError if no class has pictures of two groups, so that none could be divided."""
    number = {
        (label, group or i) for i, (label, group) in enumerate(zip(labels, groups, strict=True))
    }
    if len(number) == len(set(labels)):
        raise DataError(
            "each class is one group, so nothing of it could be held back",
            hint="give --group-by an expression that tells the series within a class apart",
        )


def suggest_rule(names: Sequence[str], classes: int) -> str | None:
    """Return a rule that finds more groups than there are classes, and fewer than pictures."""
    for rule in _RULES:
        try:
            groups = groups_of(names, rule)
        except DataError:
            continue
        there = [group for group in groups if group]
        if len(there) >= _MOST_NAMES * len(names) and classes < len(set(there)) < len(there) / 2:
            return rule
    return None
