"""The parts of a divided data set: what they are called, and which of them a use takes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .dataset import Dataset, natural_key
from .errors import DataError

TRAIN, VALIDATION, TEST = "train", "validation", "test"

_WORDS = {
    TRAIN: "train|training|trn",
    VALIDATION: "val|valid|validation|dev|devel|development",
    TEST: "test|testing|tst|eval|evaluation|holdout|heldout",
}
# What such a name has beside that: train_set, images_test, val2017.
_THINGS = "data|datasets?|sets?|subsets?|images?|imgs?|pictures?|pics?|photos?|samples?"
_BESIDE = f"(?:{_THINGS}|splits?|parts?)*"
_NAMES = {part: re.compile(f"{_BESIDE}(?:{words}){_BESIDE}") for part, words in _WORDS.items()}


def part_named(name: str) -> str | None:
    """Return which part of a divided data set a name means, or None: train of ``Training_Set``.

    A name that has any other word means none: ``training shoes`` are shoes.
    """
    return _part("".join(_words(name)))


def _words(name: str) -> list[str]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [word for word in re.split(r"[\W\d_]+", apart.lower()) if word]


def _part(word: str) -> str | None:
    return next((part for part, pattern in _NAMES.items() if pattern.fullmatch(word)), None)


def parts_among(names: Iterable[str]) -> dict[str, str]:
    """Return those of the names of folders or labels that mean parts, and which part each means.

    Words that all the names have say nothing: ``xray_train`` and ``xray_test``
    are train and test. Nothing is returned if all mean the same part.
    """
    words = {name: _words(name) for name in names}
    common = set.intersection(*map(set, words.values())) if words else set()
    found = {
        name: part
        for name, own in words.items()
        if (part := _part("".join(word for word in own if word not in common)))
    }
    return found if len(set(found.values())) > 1 else {}


def refuse_parts(classes: Iterable[str], data: str, *, folders: bool = True) -> None:
    """Raise DataError if most classes of a data set are called as the parts of one are.

    Parameters
    ----------
    classes : iterable of str
    data : str
        What the user named.
    folders : bool
        Whether the classes are sub-folders of `data`.
    """
    classes = tuple(classes)
    found = parts_among(classes)
    if len(found) <= len(classes) - len(found):
        return
    names = sorted(found, key=lambda name: (list(_WORDS).index(found[name]), natural_key(name)))
    learn, test = names[0], names[-1]
    hint = "give the pictures' own labels, and the parts as a column split"
    if folders:
        hint = f"use {_below(data, learn)} to learn from, and {_below(data, test)} to test"
    raise DataError(
        f"the classes of {data} would be {' and '.join(found)}, as if it were split", hint=hint
    )


def _below(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}"


@dataclass(frozen=True)
class Chosen:
    """The part of a manifest that was taken because none was named.

    Attributes
    ----------
    dataset : Dataset
    name : str
    others : int
        How many pictures are in none or in other parts.
    test : str or None
        The part to test with, if there is another.
    """

    dataset: Dataset
    name: str
    others: int
    test: str | None


def choose_part(dataset: Dataset, use: str) -> Chosen | None:
    """Choose the rows of a manifest that a use takes, where it is divided and no part was named.

    Parameters
    ----------
    dataset : Dataset
    use : str
        ``train``, ``validation`` or ``test``.

    Returns
    -------
    Chosen or None
        None where all pictures are to be taken: there is no column ``split``, or
        one part of it was named, as in ``all.csv:train``; or all are of one
        part, and not to be learned from.

    Raises
    ------
    DataError
        If no part, or more than one, is called after the use.
    """
    splits = dataset.splits
    if splits is None or dataset.part is not None:
        return None
    names = sorted({name for name in splits if name}, key=natural_key)
    fitting = [use] if use in names else [name for name in names if part_named(name) == use]
    if not fitting and use != TRAIN and len(set(splits)) == 1:
        return None
    if len(fitting) != 1:
        count = "none" if not fitting else "more than one"
        raise DataError(
            f"{dataset.source} is split into {' and '.join(names)}, and {count} of them is for "
            f"{use}",
            hint=f"name the part to take, such as {dataset.source}:{(fitting or names)[0]}",
        )
    chosen = dataset.split(fitting[0])
    tests = [name for name in names if part_named(name) == TEST and name not in fitting]
    return Chosen(chosen, fitting[0], len(dataset) - len(chosen), tests[0] if tests else None)
