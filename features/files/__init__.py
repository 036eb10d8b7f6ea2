"""Feature files: one table of vectors each, in the format that its name says."""

import csv
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ...images.atomic import atomic_file, refuse_existing
from ...images.errors import DataError, WordError
from ...images.regular import open_regular
from ..table import FeatureTable
from .beside import json_beside, read_npy, read_svm, write_npy, write_pair, write_svm
from .csv_text import MARK, is_header, read_csv, write_csv
from .npz import map_npz, read_npz, write_npz
from .parquet import read_parquet, write_parquet


class Format(NamedTuple):
    """How a kind of feature file is written and read.

    With a .json `beside` it, which says what the rows are, `write` returns what
    that is to hold.
    """

    write: Callable[[BinaryIO, FeatureTable], Any]
    read: Callable[[BinaryIO], FeatureTable]
    beside: bool = False


FORMATS = {
    ".npz": Format(write_npz, read_npz),
    ".npy": Format(write_npy, read_npy, beside=True),
    ".csv": Format(write_csv, read_csv, beside=True),
    ".svm": Format(write_svm, read_svm, beside=True),
    ".parquet": Format(write_parquet, read_parquet),
}

# As far as the first column of a .csv is looked for.
LONGEST_LINE = 1000

__all__ = [
    "FORMATS",
    "feature_suffix",
    "is_feature_file",
    "load_features",
    "refuse_existing_features",
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
        the HoG settings as one JSON text; nothing is pickled. ``.csv``: a
        header, then name, label if there are any, h0, h1, ... with all digits
        of float32. ``.npy``: X alone, and ``.svm``: class number and
        ``index:value`` as LIBLINEAR and LIBSVM read it. These three have all
        else in a .json beside them. ``.parquet``: name, label if there are
        any, features, and the settings as metadata; needs pyarrow.
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
    refuse_existing_features(path, overwrite)
    if kind.beside:
        write_pair(path, table, kind.write, overwrite=overwrite)
        return
    with atomic_file(path, overwrite=overwrite) as file:
        kind.write(file, table)


def refuse_existing_features(path: str | os.PathLike, overwrite: bool) -> None:
    """Raise EdgewiseError if a feature file, or the .json beside it, cannot be written there."""
    refuse_existing(Path(path), overwrite)
    if FORMATS[feature_suffix(path)].beside:
        refuse_existing(json_beside(path), overwrite)


def load_features(path: str | os.PathLike, *, mapped: bool = False) -> FeatureTable:
    """Read a feature file.

    Parameters
    ----------
    path : path
    mapped : bool
        Leave the vectors of an ``.npz`` in the file, to be read when they are
        used; those of a ``.npy`` always are.

    Raises
    ------
    DataError
        If it is damaged, or was not written by `save_features`.
    OSError
        If it is not there or may not be read.
    """
    suffix = feature_suffix(path)
    read = map_npz if mapped and suffix == ".npz" else FORMATS[suffix].read
    with open_regular(path) as file, _damage_named(os.fspath(path)):
        return read(file)


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    """Turn whatever a damaged file raises into one error that names it."""
    try:
        yield
    except DataError as error:
        raise DataError(f"{name}: {error}") from None
    # What NumPy, zipfile, csv and scikit-learn raise on a damaged file.
    except (ValueError, LookupError, TypeError, ArithmeticError, EOFError, zipfile.BadZipFile,
            zlib.error, csv.Error, NotImplementedError, RuntimeError) as error:  # fmt: skip
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
        return _is_feature_csv(path)
    return not FORMATS[suffix].beside or json_beside(path).exists()


def _is_feature_csv(path: Path) -> bool:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        line = file.readline(LONGEST_LINE)
    return line.startswith(MARK) or (is_header(line) and json_beside(path).exists())
