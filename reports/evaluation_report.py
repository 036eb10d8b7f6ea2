"""An evaluation as a folder: scores, every answer, the confusion, the worst mistakes."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ..images.atomic import atomic_file
from ..images.cells import guarded
from ..images.encode import write_image
from ..models.evaluation import Answers, Evaluation
from ..models.measures import Measures, measure
from .confusion import confusion_picture
from .html_report import html_report
from .mistakes import mistakes_picture, worst
from .tables import evaluation_text

# Rows of CSV that are written at a time.
ROWS = 1000
FILES = ("scores.txt", "answers.csv", "confusion.png", "mistakes.png", "report.html")


def write_report(
    folder: Path,
    answers: Answers,
    read: Callable[[str], np.ndarray],
    *,
    measures: Measures | None = None,
    overwrite: bool = False,
    top: int = 1,
    **told: Any,
) -> list[Path]:
    """Write a report.

    Parameters
    ----------
    folder : Path
    answers : Answers
    read : callable
        Returns the picture of a name as uint8; asked for the worst mistakes
        only.
    measures : Measures, optional
        Those of the answers, when left out.
    overwrite : bool
        Whether files may stand there already.
    top : int
        How many answers of each picture answers.csv holds.
    **told
        `title`, `command` and `facts` of `html_report`.

    Returns
    -------
    list of Path
        scores.txt, answers.csv (name, truth, answer and its probability or
        score), confusion.png, mistakes.png, and report.html, which holds all
        of it on one page.
    """
    found = answers.evaluation
    # The page and the sheet of mistakes show the same few pictures.
    read = cache(read)
    measures = measures or measure(answers)
    scores, table, confusion, mistakes, page = paths = [folder / name for name in FILES]
    texts = {
        scores: [evaluation_text(found, measures) + "\n"],
        table: answers_csv(answers, top),
        page: [html_report(answers, measures, read, **told)],
    }
    for path, pieces in texts.items():
        write_pieces(path, pieces, overwrite=overwrite)
    write_image(confusion, confusion_picture(found), overwrite=overwrite)
    write_image(mistakes, _mistakes(answers, found, read), overwrite=overwrite)
    return paths


def write_pieces(path: str | Path, pieces: Iterable[str], *, overwrite: bool = False) -> None:
    """Write a text that comes in pieces, whole or not at all."""
    with atomic_file(path, overwrite=overwrite) as file:
        for piece in pieces:
            file.write(piece.encode(errors="surrogateescape"))


def answers_csv(answers: Answers, top: int = 1) -> Iterator[str]:
    """Yield a table as CSV, a row for each picture, in pieces.

    Parameters
    ----------
    answers : Answers
    top : int
        How many answers a row has, the likeliest first; of equals the first class.

    Yields
    ------
    str
        Name, truth, answer and its probability or score, then `answer2` and
        so on, as far as there are classes.
    """
    most = min(top, len(answers.classes))
    more = [word for k in range(2, most + 1) for word in (f"answer{k}", f"{answers.measure}{k}")]
    yield _lines([["name", "truth", "answer", answers.measure, *more]])
    for start in range(0, len(answers.names), ROWS):
        stop = min(start + ROWS, len(answers.names))
        yield _lines(_row(answers, i, most) for i in range(start, stop))


def _row(answers: Answers, i: int, most: int) -> list[str]:
    values = answers.values[i]
    best = (-values).argsort(kind="stable")[:most]
    told = (word for k in best for word in (answers.classes[k], f"{values[k]:.6g}"))
    return [answers.names[i], answers.classes[answers.truth[i]], *told]


def _lines(rows: Iterable[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(map(guarded, row) for row in rows)
    return text.getvalue()


def _mistakes(answers: Answers, found: Evaluation, read: Callable[[str], np.ndarray]) -> np.ndarray:
    chosen = worst(answers.values, answers.truth)
    wrong = found.count - int(np.trace(found.confusion))
    heading = f"{wrong:,} of {found.count:,} pictures named wrongly"
    if len(chosen) < wrong:
        heading += f", the {len(chosen)} most confident answers"
    rows = [
        (
            read(answers.names[i]),
            answers.names[i],
            answers.classes[answers.truth[i]],
            answers.classes[answers.values[i].argmax()],
            float(answers.values[i].max()),
        )
        for i in chosen
    ]
    return mistakes_picture(rows, heading=heading, measure=answers.measure)
