"""Feature files for everything else: .csv, its first line a comment with the settings."""

import csv
import io
import json
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from ...images.errors import DataError
from ..table import FeatureTable
from .facts import STRAY, check_schema, facts_of, table_of

MARK = "# edgewise "


def write_csv(file: BinaryIO, table: FeatureTable) -> None:
    """Write a table as .csv to an open file."""
    labels = table.labels
    columns = ["name", *(["label"] if labels else []), *(f"h{k}" for k in range(table.X.shape[1]))]
    file.write(f"{MARK}{json.dumps(facts_of(table))}\n{','.join(columns)}\n".encode())
    # Nine digits give every float32 back, and % formats a row three times
    # faster than the shortest digits are found.
    values = ",".join(["%.9g"] * table.X.shape[1])
    for i, row in enumerate(table.X):
        first = (table.names[i], labels[i]) if labels else (table.names[i],)
        file.write(f"{_csv_fields(first)},{values % tuple(row.tolist())}\n".encode(errors=STRAY))


def _csv_fields(fields: tuple[str, ...]) -> str:
    line = io.StringIO()
    # The writer quotes what its line ends are made of: both kinds, then.
    csv.writer(line, lineterminator="\r\n").writerow(fields)
    return line.getvalue().removesuffix("\r\n")


def read_csv(file: BinaryIO) -> FeatureTable:
    """Read a table from an open .csv file."""
    with io.TextIOWrapper(file, encoding="utf-8", errors=STRAY, newline="") as text:
        return _parse_csv(text)


def _parse_csv(text: io.TextIOWrapper) -> FeatureTable:
    first = text.readline()
    if not first.startswith(MARK):
        raise DataError(
            f'the first line does not say "{MARK}{{...}}" with the HoG settings; '
            "make it with edgewise hog"
        )
    settings = json.loads(first.removeprefix(MARK))
    check_schema(settings["schema"])
    rows = csv.reader(text)
    labelled = next(rows)[1:2] == ["label"]
    names, labels, X = _csv_rows(rows, labelled)
    return table_of(X, names, labels if labelled else None, settings)


def _csv_rows(rows: Iterator[list[str]], labelled: bool) -> tuple[list[str], list[str], np.ndarray]:
    names, labels, vectors = [], [], []
    at = 2 if labelled else 1
    for row in rows:
        if vectors and len(row) - at != len(vectors[0]):
            raise DataError(
                f"row {len(names) + 1} holds {len(row) - at} values, those before it "
                f"{len(vectors[0])}"
            )
        names.append(row[0])
        labels.extend(row[1:at])
        vectors.append(np.array(list(map(float, row[at:])), np.float32))
    if not names:
        raise DataError("there is no picture in it")
    return names, labels, np.array(vectors, np.float32)
