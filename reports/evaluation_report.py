"""An evaluation as a folder: scores, every answer, the confusion, the worst mistakes."""

import csv
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ..images.atomic import atomic_file
from ..images.encode import write_image
from ..models.evaluation import Answers, Evaluation
from ..models.measures import Measures, measure
from .confusion import confusion_picture
from .html_report import html_report
from .mistakes import mistakes_picture, worst
from .tables import evaluation_text

FILES = ("scores.txt", "answers.csv", "confusion.png", "mistakes.png", "report.html")


def write_report(
    folder: Path,
    answers: Answers,
    read: Callable[[str], np.ndarray],
    *,
    measures: Measures | None = None,
    overwrite: bool = False,
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
        scores: evaluation_text(found, measures) + "\n",
        table: answers_csv(answers),
        page: html_report(answers, measures, read, **told),
    }
    for path, text in texts.items():
        with atomic_file(path, overwrite=overwrite) as file:
            file.write(text.encode(errors="surrogateescape"))
    write_image(confusion, confusion_picture(found), overwrite=overwrite)
    write_image(mistakes, _mistakes(answers, found, read), overwrite=overwrite)
    return paths


def answers_csv(answers: Answers) -> str:
    """Return a row for each picture: name, truth, answer and how sure it is."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["name", "truth", "answer", answers.measure])
    for name, truth, values in zip(answers.names, answers.truth, answers.values, strict=True):
        best = int(values.argmax())
        row = [name, answers.classes[truth], answers.classes[best], f"{values[best]:.6g}"]
        writer.writerow(row)
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
