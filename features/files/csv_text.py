"""Feature files for everything else: .csv, a plain table, with the settings in a .json beside it.

Older ones have the settings in a comment before the header, and nothing beside them.
"""

import csv
import io
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from ...images.cells import guarded, unguarded
from ...images.errors import DataError
from ...images.json_text import parse_json
from ..table import FeatureTable
from .beside import json_beside, read_facts
from .facts import STRAY, facts_of, table_of

MARK = "# edgewise "
FIRST = "name"


class Rows(NamedTuple):
    """The rows of a table as they stand in the file."""

    names: list[str]
    labels: list[str]
    vectors: np.ndarray


def write_csv(file: BinaryIO, table: FeatureTable) -> dict[str, Any]:
    """Write a table as .csv to an open file; return what goes into the .json beside it."""
    labels, sums = table.labels, []
    columns = [FIRST, *(["label"] if labels else []), *(f"h{k}" for k in range(table.X.shape[1]))]
    file.write(f"{','.join(columns)}\n".encode())
    # Nine digits give every float32 back, and % formats a row three times
    # faster than the shortest digits are found.
    values = ",".join(["%.9g"] * table.X.shape[1])
    for i, row in enumerate(table.X):
        first = (table.names[i], labels[i]) if labels else (table.names[i],)
        file.write(f"{_csv_fields(first)},{values % tuple(row.tolist())}\n".encode(errors=STRAY))
        sums.append(_sum_of(row))
    return {**facts_of(table), "vectors": sums}


def _csv_fields(fields: tuple[str, ...]) -> str:
    line = io.StringIO()
    # The writer quotes what its line ends are made of: both kinds, then.
    csv.writer(line, lineterminator="\r\n").writerow(map(guarded, fields))
    return line.getvalue().removesuffix("\r\n")


def _sum_of(vector: np.ndarray) -> int:
    """Return a check sum of a vector, the same for 0 and -0 and for every NaN."""
    same = np.where(np.isnan(vector), np.float32(np.nan), vector) + np.float32(0)
    return zlib.crc32(np.ascontiguousarray(same, "<f4").data)


def read_csv(file: BinaryIO) -> FeatureTable:
    """Read a table from an open .csv file."""
    # A spreadsheet may put a byte order mark first when it saves.
    with io.TextIOWrapper(file, encoding="utf-8-sig", errors=STRAY, newline="") as text:
        first = text.readline()
        if first.startswith(MARK):
            facts = parse_json(first.removeprefix(MARK), "its first line", errors=STRAY)
            return _table(_rows(csv.reader(text)), facts)
        text.seek(0)
        if not is_header(first):
            raise DataError("no feature file, as it does not begin with the column name")
        facts = read_facts(file.name)
        rows = _rows(csv.reader(text))
    _refuse_strange(rows, facts["vectors"], json_beside(file.name).name)
    names, labels = (list(map(unguarded, texts)) for texts in rows[:2])
    return _table(Rows(names, labels, rows.vectors), facts)


def is_header(line: str) -> bool:
    """Say whether a first line is that of a table of features."""
    return next(csv.reader([line]), [])[:1] == [FIRST]


def _table(rows: Rows, facts: Any) -> FeatureTable:
    if not isinstance(facts, dict):
        raise DataError("its first line does not hold the settings of HoG")
    return table_of(rows.vectors, rows.names, rows.labels or None, facts)


def _rows(lines: Iterator[list[str]]) -> Rows:
    names, labels, vectors = [], [], []
    at = 2 if next(lines, [])[1:2] == ["label"] else 1
    for row in lines:
        if vectors and len(row) - at != len(vectors[0]):
            raise DataError(
                f"row {len(names) + 1} holds {len(row) - at} values, those before it "
                f"{len(vectors[0])}"
            )
        names.append(row[0])
        labels.extend(row[1:at])
        # What float32 cannot hold is infinite, and so it is with NumPy.
        with np.errstate(over="ignore"):
            vectors.append(np.array(list(map(float, row[at:])), np.float32))
    if not names:
        raise DataError("there is no picture in it")
    return Rows(names, labels, np.array(vectors, np.float32))


def _refuse_strange(rows: Rows, sums: list[int], beside: str) -> None:
    """Raise DataError if a vector is not one of those that the .json speaks of.

    Rows may have been removed, moved or labelled anew.
    """
    known = set(sums)
    for k, vector in enumerate(rows.vectors):
        if _sum_of(vector) not in known:
            raise DataError(
                f"the vector of row {k + 1} is none of those that {beside} speaks of; the two "
                "files were not made together, or values were changed; make it anew"
            )
