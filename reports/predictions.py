"""Predictions as text, a list of rows at a time, so that any number of them goes through a pipe.

A row is (name, [(label, value), ...], where its copy stands or None). Each
function yields (text, number of rows in it).
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from ..images.cells import guarded
from ..images.printable import printable

NO_TEXT = "".join(map(chr, range(0xDC80, 0xDD00)))

Row: TypeAlias = tuple[str, list[tuple[str, float]], str | None]
Pieces: TypeAlias = Iterator[tuple[str, int]]


def tabbed_lines(lists: Iterable[list[Row]]) -> Pieces:
    """Yield lines of name, label, value, ..., copy, separated by tabs.

    Tabs, newlines and other control characters in names are written out.
    """
    for rows in lists:
        yield "".join("\t".join(map(_cell, _words(row))) + "\n" for row in rows), len(rows)


def csv_lines(measure: str, lists: Iterable[list[Row]]) -> Pieces:
    """Yield CSV; its first line names the columns."""
    headed = False
    for rows in lists:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if not headed:
            writer.writerow(_columns(measure, rows[0]))
            headed = True
        writer.writerows(map(guarded, _words(row)) for row in rows)
        yield text.getvalue(), len(rows)


def json_lines(model: str, measure: str, lists: Iterable[list[Row]]) -> Pieces:
    """Yield one JSON object, a line for each prediction."""
    start = json.dumps({"schema": "edgewise.predict/1", "model": model})
    yield start[:-1] + ', "predictions": [', 0
    between = "\n"
    for rows in lists:
        found = [json.dumps(_facts(measure, *row)) for row in rows]
        yield between + ",\n".join(found), len(rows)
        between = ",\n"
    yield "\n]}\n", 0


def _cell(text: str) -> str:
    # Bytes that are no text stay as they are: they break no line, and programs want the name.
    return printable(text, keep=NO_TEXT)


def _words(row: Row) -> list[str]:
    name, answers, copy = row
    words = [name, *(word for label, value in answers for word in (label, f"{value:.4f}"))]
    return words if copy is None else [*words, copy]


def _columns(measure: str, row: Row) -> list[str]:
    _, answers, copy = row
    numbers = range(1, len(answers) + 1)
    pairs = [(f"label{k}", f"{measure}{k}") for k in numbers]
    head = pairs if len(answers) > 1 else [("label", measure)]
    words = ["name", *(word for pair in head for word in pair)]
    return words if copy is None else [*words, "copy"]


def _facts(measure: str, name: str, answers: list[tuple[str, float]], copy: str | None) -> dict:
    facts = {
        "name": name,
        "label": answers[0][0],
        measure: answers[0][1],
        "top": [{"label": label, measure: value} for label, value in answers],
    }
    return facts if copy is None else {**facts, "copy": copy}
