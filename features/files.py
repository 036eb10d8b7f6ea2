"""Feature files: .npz for programs, .csv for everything else."""

import csv
import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..images.atomic import atomic_file
from ..images.errors import DataError, EdgewiseError
from .config import HogConfig
from .table import FeatureTable

SUFFIXES = (".npz", ".csv")
MARK = "# edgewise "
SCHEMA = "edgewise.features/1"

# A file name need not be valid UTF-8: its stray bytes come back as they were.
STRAY = "surrogateescape"


def feature_suffix(path: str | os.PathLike) -> str:
    """Return the kind of a feature file by its name.

    Raises
    ------
    EdgewiseError
        If it ends in neither .npz nor .csv.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise EdgewiseError(f"{os.fspath(path)}: the name of a feature file ends in .npz or .csv")
    return suffix


def save_features(path: str | os.PathLike, table: FeatureTable, *, overwrite: bool = False) -> None:
    """Write a feature file, whole or not at all.

    Parameters
    ----------
    path : path
        ``.npz``: the arrays X (N, n) float32, names (N,), labels (N,) if there
        are any, classes, size (rows, columns), channels, failed (F, 2), and
        the HoG settings as one JSON text; nothing is pickled. ``.csv``: one
        comment line with the settings, a header, then name, label if there
        are any, h0, h1, ... with all digits of float32.
    table : FeatureTable
    overwrite : bool
        Whether a file may stand there already.

    Raises
    ------
    EdgewiseError
        If the name ends in something else, or the file exists.
    """
    write = {".npz": write_npz, ".csv": write_csv}[feature_suffix(path)]
    with atomic_file(path, overwrite=overwrite) as file:
        write(file, table)


def load_features(path: str | os.PathLike) -> FeatureTable:
    """Read a feature file.

    Raises
    ------
    DataError
        If it is damaged, or was not written by `save_features`.
    OSError
        If it is not there or may not be read.
    """
    read = {".npz": _read_npz, ".csv": _read_csv}[feature_suffix(path)]
    name = os.fspath(path)
    try:
        with open(path, "rb") as file:
            return read(file)
    except DataError as error:
        raise DataError(f"{name}: {error}") from None
    # What NumPy, zipfile, csv and json raise on a damaged file.
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error, csv.Error,
            NotImplementedError, RuntimeError) as error:  # fmt: skip
        raise DataError(
            f"{name}: damaged, or no feature file ({error}); make it with edgewise hog"
        ) from None


def write_npz(file: BinaryIO, table: FeatureTable) -> None:
    """Write a table as .npz to an open file."""
    arrays: dict[str, Any] = {
        "X": table.X,
        "names": _texts(table.names),
        "classes": _texts(table.classes),
        "config": np.array(json.dumps(table.config.to_dict())),
        "size": np.array(table.size, np.int64),
        "channels": np.array(table.channels, np.int64),
        "failed": _texts(table.failed).reshape(-1, 2),
        "schema": np.array(SCHEMA),
    }
    if table.labels is not None:
        arrays["labels"] = _texts(table.labels)
    np.savez(file, **arrays)


def _texts(texts: tuple) -> np.ndarray:
    return np.array(texts, np.str_)


def _read_npz(file: BinaryIO) -> FeatureTable:
    if not zipfile.is_zipfile(file):
        raise DataError("damaged, or no feature file; make it with edgewise hog")
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        _check_schema(arrays["schema"].item())
        X = arrays["X"]
        if X.ndim != 2 or X.dtype != np.float32:
            raise DataError(f"X is {X.ndim}-dimensional {X.dtype}, not a matrix of float32")
        rows, columns = arrays["size"].tolist()
        return FeatureTable(
            X=X,
            names=tuple(arrays["names"].tolist()),
            labels=tuple(arrays["labels"].tolist()) if "labels" in arrays else None,
            classes=tuple(arrays["classes"].tolist()),
            config=HogConfig.from_dict(json.loads(arrays["config"].item())),
            size=(rows, columns),
            channels=int(arrays["channels"]),
            failed=tuple((name, reason) for name, reason in arrays["failed"].tolist()),
        )


def _check_schema(schema: Any) -> None:
    if schema != SCHEMA:
        raise DataError(f"written as {schema}, but this Edgewise reads {SCHEMA}; make it anew")


def write_csv(file: BinaryIO, table: FeatureTable) -> None:
    """Write a table as .csv to an open file."""
    settings = {
        "schema": SCHEMA,
        "config": table.config.to_dict(),
        "size": table.size,
        "channels": table.channels,
        "classes": table.classes,
        "failed": table.failed,
    }
    labels = table.labels
    columns = ["name", *(["label"] if labels else []), *(f"h{k}" for k in range(table.X.shape[1]))]
    file.write(f"{MARK}{json.dumps(settings)}\n{','.join(columns)}\n".encode())
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


def _read_csv(file: BinaryIO) -> FeatureTable:
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
    _check_schema(settings["schema"])
    rows = csv.reader(text)
    labelled = next(rows)[1:2] == ["label"]
    names, labels, X = _csv_rows(rows, labelled)
    config = HogConfig.from_dict(settings["config"])
    size = (int(settings["size"][0]), int(settings["size"][1]))
    return FeatureTable(
        X=X,
        names=tuple(names),
        labels=tuple(labels) if labelled else None,
        classes=tuple(settings["classes"]),
        config=config,
        size=size,
        channels=int(settings["channels"]),
        failed=tuple((name, reason) for name, reason in settings["failed"]),
    )


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


def is_feature_file(path: str | os.PathLike) -> bool:
    """Tell whether a path is a feature file; a .csv may also be a manifest."""
    path = Path(path)
    if not path.is_file():
        return False
    if path.suffix.lower() == ".csv":
        with path.open("rb") as file:
            return file.read(len(MARK)) == MARK.encode()
    return path.suffix.lower() == ".npz"
