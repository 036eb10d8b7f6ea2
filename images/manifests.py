"""Manifests: tables of pictures, CSV, TSV or JSON lines."""

import csv
import io
import os
from codecs import BOM_UTF8
from dataclasses import dataclass
from pathlib import Path

from .errors import DataError
from .json_text import parse_json
from .regular import read_regular

SUFFIXES = (".csv", ".tsv", ".jsonl")


@dataclass(frozen=True)
class Row:
    """One picture of a manifest; what is not given is None."""

    path: Path
    label: str | None
    split: str | None
    group: str | None


def is_manifest(word: str) -> bool:
    """Tell by the name whether a word is a manifest, or one split of it: ``all.csv:train``."""
    return Path(word).suffix.lower() in SUFFIXES or split_of(word) is not None


def split_of(word: str) -> tuple[str, str] | None:
    """Return the manifest and the split that ``all.csv:train`` names, else None."""
    name, _, split = word.rpartition(":")
    if split and Path(name).suffix.lower() in SUFFIXES and not os.path.exists(word):
        return name, split
    return None


def read_manifest(path: Path) -> list[Row]:
    """Read a manifest.

    Parameters
    ----------
    path : path
        ``.csv`` or ``.tsv`` with a header line, or ``.jsonl`` with an object a
        line. The column or key ``path`` is needed (relative to the manifest);
        ``label``, ``split`` and ``group`` may be there.

    Raises
    ------
    DataError
        If the file cannot be read, a row has no path, or only some have labels.
    """
    try:
        content = read_regular(path)
    except OSError as error:
        raise DataError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    # A path need not be text, as on the disk; all else is.
    text = content.removeprefix(BOM_UTF8).decode(errors="surrogateescape")
    if "\0" in text:
        raise DataError(f"{path}: not UTF-8 text; save it as UTF-8")
    records = _json_lines(path, text) if path.suffix.lower() == ".jsonl" else _table(path, text)
    rows = [_row(path, number, record) for number, record in records]
    if not rows:
        raise DataError(f"{path}: the manifest lists no pictures")
    if len({row.label is None for row in rows}) == 2:
        missing = next(
            number for (number, _), row in zip(records, rows, strict=True) if row.label is None
        )
        raise DataError(
            f"{path}, line {missing}: no label, though other rows have one; give all or none"
        )
    return rows


def _table(path: Path, text: str) -> list[tuple[int, dict]]:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        if "path" not in columns:
            raise DataError(
                f'{path}: the first line names no column "path"; '
                f"make it path{delimiter}label[{delimiter}split{delimiter}group]"
            )
        # Short rows are let through: what they lack is missed by name later.
        rows = [(reader.line_num, dict(zip(columns, row, strict=False))) for row in reader if row]
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: {error}") from None
    return rows


def _json_lines(path: Path, text: str) -> list[tuple[int, dict]]:
    records = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        record = parse_json(line, f"{path}, line {number}", errors="surrogateescape")
        if not isinstance(record, dict):
            raise DataError(f'{path}, line {number}: not a JSON object such as {{"path": "a.png"}}')
        records.append((number, record))
    return records


def _row(path: Path, number: int, record: dict) -> Row:
    if not record.get("path"):
        raise DataError(f"{path}, line {number}: no path; give one, relative to the manifest")
    own = [record.get(key) for key in ("label", "split", "group")]
    label, split, group = (None if value in (None, "") else str(value) for value in own)
    try:
        "".join(text or "" for text in (label, split, group)).encode()
    except UnicodeEncodeError:
        raise DataError(
            f"{path}, line {number}: a label that is not UTF-8 text; save the manifest as UTF-8"
        ) from None
    return Row(path.parent / str(record["path"]), label, split, group)
