"""Changed copies of training pictures: moved by pixels, or mirrored.

A linear model learns from them what a network learns by random changes: that
a class stays what it is.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..filters.grammar import Step, parse_chain
from ..images.dataset import Dataset
from ..images.errors import EdgewiseError

Change = Callable[[np.ndarray], np.ndarray]

FARTHEST = 8


def with_copies(dataset: Dataset, text: str) -> Dataset:
    """Return a data set with changed copies after each picture.

    Parameters
    ----------
    dataset : Dataset
        Its copies get the group of the picture, or its name, so that
        cross-validation keeps them together.
    text : str
        ``flip`` for mirrored copies, ``shift:N`` for copies moved by N pixels
        to each of four sides, or both; then each is mirrored too.

    Raises
    ------
    ChainError
        If it is written otherwise.
    """
    changes = parse_copies(text)
    count = len(changes)

    def read(i: int) -> np.ndarray:
        return changes[i % count](dataset.read(i // count))

    def each(values: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if values is None else tuple(value for value in values for _ in changes)

    groups = dataset.groups or ("",) * len(dataset)
    names = [copy_name(name, k) for name in dataset.names for k in range(count)]
    return replace(
        dataset,
        names=tuple(names),
        labels=each(dataset.labels),
        reader=read,
        array=None if dataset.array is None else copies_of(dataset.array, changes),
        splits=each(dataset.splits),
        groups=each(tuple(g or n for g, n in zip(groups, dataset.names, strict=True))),
    )


def copy_name(name: str, number: int) -> str:
    """Return what a copy of a picture is called; number 0 is the picture itself."""
    return f"{name}#{number}" if number else name


def parse_copies(text: str) -> list[Change]:
    """Return what is done to a picture for each copy, the first nothing; that alone for ""."""
    moves: list[tuple[int, int]] = [(0, 0)]
    mirrors = [False]
    for step in parse_chain(text) if text else ():
        if step.name == "flip" and not step.values and not step.options:
            mirrors = [False, True]
        elif step.name == "shift" and len(step.values) < 2 and not step.options:
            far = _distance(step)
            moves += [(far, 0), (-far, 0), (0, far), (0, -far)]
        else:
            raise step.error("copies are flip, shift:PIXELS, or both with a comma")
    return [_change(move, mirror) for mirror in mirrors for move in moves]


def _distance(step: Step) -> int:
    text = step.values[0] if step.values else "1"
    if not text.isdecimal() or not 1 <= int(text) <= FARTHEST:
        raise step.error(f'"{text}" is not a number of pixels from 1 to {FARTHEST}')
    return int(text)


def _change(move: tuple[int, int], mirror: bool) -> Change:
    def change(image: np.ndarray) -> np.ndarray:
        image = image[:, ::-1] if mirror else image
        rows, columns = image.shape[:2]
        if max(abs(move[0]), abs(move[1])) >= min(rows, columns):
            raise EdgewiseError(f"a picture of {columns}x{rows} is too small to be moved so far")
        # What comes in from outside repeats the border.
        down = np.clip(np.arange(rows) - move[0], 0, rows - 1)
        across = np.clip(np.arange(columns) - move[1], 0, columns - 1)
        return np.ascontiguousarray(image[down][:, across])

    return change


def copies_of(array: np.ndarray, changes: list[Change]) -> np.ndarray:
    """Return pictures (N, H, W[, C]), each followed by its copies, (N * changes, H, W[, C])."""
    # Rows and columns first: a change is the same for all pictures.
    turned = np.moveaxis(array, 0, -1)
    copies = [np.moveaxis(change(turned), -1, 0) for change in changes]
    return np.stack(copies, axis=1).reshape(-1, *array.shape[1:])
