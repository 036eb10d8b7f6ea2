"""Feature files: one table of vectors each, in the format that its name says."""

import csv
import os
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ...images.atomic import atomic_file, refuse_existing
from ...images.errors import DataError, WordError
from ..table import FeatureTable
from .beside import json_beside, read_npy, read_svm, write_beside, write_npy, write_svm
from .csv_text import MARK, read_csv, write_csv
from .npz import read_npz, write_npz
from .parquet import read_parquet, write_parquet


class Format(NamedTuple):
    """How a kind of feature file is written and read."""

    write: Callable[[BinaryIO, FeatureTable], None]
    read: Callable[[BinaryIO], FeatureTable]
    beside: bool = False  # a .json beside it says what the rows are


FORMATS = {
    ".npz": Format(write_npz, read_npz),
    ".npy": Format(write_npy, read_npy, beside=True),
    ".csv": Format(write_csv, read_csv),
    ".svm": Format(write_svm, read_svm, beside=True),
    ".parquet": Format(write_parquet, read_parquet),
}

__all__ = [
    "FORMATS",
    "feature_suffix",
    "is_feature_file",
    "load_features",
    "save_features",
    "write_csv",
]


def feature_suffix(path: str | os.PathLike) -> str:
    """Return the kind of a feature file by its name.

    Raises
    ------
    EdgewiseError
        If it ends in none of the suffixes of `FORMATS`.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        *some, last = FORMATS
        raise WordError(
            f"{os.fspath(path)}: the name of a feature file ends in {', '.join(some)} or {last}"
        )
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
        are any, h0, h1, ... with all digits of float32. ``.npy``: X alone, and
        ``.svm``: class number and ``index:value`` as LIBLINEAR and LIBSVM read
        it, both with all else in a .json beside it. ``.parquet``: name, label
        if there are any, features, and the settings as metadata; needs pyarrow.
    table : FeatureTable
    overwrite : bool
        Whether a file may stand there already.

    Raises
    ------
    EdgewiseError
        If the name ends in something else, or the file exists, or pyarrow is
        missing.
    """
    kind = FORMATS[feature_suffix(path)]
    refuse_existing(Path(path), overwrite)
    with atomic_file(path, overwrite=overwrite) as file:
        kind.write(file, table)
        if kind.beside:
            write_beside(path, table, file.tell())


def load_features(path: str | os.PathLike) -> FeatureTable:
    """Read a feature file.

    Raises
    ------
    DataError
        If it is damaged, or was not written by `save_features`.
    OSError
        If it is not there or may not be read.
    """
    read = FORMATS[feature_suffix(path)].read
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


def is_feature_file(path: str | os.PathLike) -> bool:
    """Tell whether a path is a feature file; a .csv may be a manifest, a .npy a picture."""
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in FORMATS or not path.is_file():
        return False
    if suffix == ".csv":
        with path.open("rb") as file:
            return file.read(len(MARK)) == MARK.encode()
    return not FORMATS[suffix].beside or json_beside(path).exists()
