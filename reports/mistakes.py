"""The most confident mistakes: what a model is sure of, and wrong about."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .contact_sheet import Tile, contact_sheet

MOST = 40
COLUMNS = 8
# Rows and columns of a tile; names of classes and files are cut to fit under it.
SIZE = (112, 136)
LETTERS, SMALL_LETTERS = 17, 22


class Mistake(NamedTuple):
    """A picture that was named wrongly."""

    image: np.ndarray
    name: str
    truth: str
    answer: str
    confidence: float


def mistakes_picture(
    mistakes: Sequence[Mistake | tuple[np.ndarray, str, str, str, float]],
    *,
    heading: str = "",
    measure: str = "probability",
) -> np.ndarray:
    """Draw mistakes on one page, the most confident first.

    Parameters
    ----------
    mistakes : sequence of (image, name, truth, answer, confidence)
        Images (H, W) or (H, W, C) uint8. The `MOST` with the highest
        confidence are shown.
    heading : str
        Says how many mistakes there are, when left out.
    measure : {'probability', 'score'}
        What the confidence is: a probability is shown as a percentage.

    Returns
    -------
    ndarray, (H, W, 3) uint8
    """
    chosen = sorted((Mistake(*one) for one in mistakes), key=lambda one: -one.confidence)[:MOST]
    shown = f", the {len(chosen)} most confident" if len(chosen) < len(mistakes) else ""
    heading = heading or _counted(len(mistakes)) + shown
    tiles = [
        Tile(
            _plain(one.image),
            f"{_cut(one.answer, LETTERS - 5)} {_number(one.confidence, measure)}",
            _note(one),
        )
        for one in chosen
    ]
    columns = max(4, min(COLUMNS, len(tiles)))
    return contact_sheet(heading, tiles, columns=columns, size=SIZE)


def _counted(count: int) -> str:
    return {0: "No mistakes", 1: "1 mistake"}.get(count, f"{count:,} mistakes")


def _plain(image: np.ndarray) -> np.ndarray:
    return image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image


def _number(confidence: float, measure: str) -> str:
    return f"{confidence:.0%}" if measure == "probability" else f"{confidence:.2f}"


def _note(one: Mistake) -> str:
    """Return the truth, and as much of the end of the name as there is room for."""
    start, name = f"is {one.truth}, ", one.name.rpartition("/")[2]
    room = SMALL_LETTERS - len(start)
    if len(name) > room:
        name = f"…{name[1 - room :]}" if room >= 6 else ""
    return start + name if name else _cut(f"is {one.truth}", SMALL_LETTERS)


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


def worst(answers: np.ndarray, labels: np.ndarray, most: int = MOST) -> np.ndarray:
    """Return the places of the most confident mistakes, the worst first.

    Parameters
    ----------
    answers : ndarray, (N, classes)
        Probabilities or scores; the greatest wins.
    labels : ndarray of int, (N,)
        The true classes.
    most : int

    Returns
    -------
    ndarray of int, (n,)
        At most `most`; equals in their first order.
    """
    wrong = np.flatnonzero(answers.argmax(axis=1) != labels)
    return wrong[np.argsort(-answers[wrong].max(axis=1), kind="stable")][:most]
