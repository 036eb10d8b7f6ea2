"""Feature files beside which a .json says what their rows are: the pair is written and read as one.

The .json names what it speaks of: the size and the SHA-256 of vectors that stand
alone, a check sum of each vector that stands beside its name. So an interruption
between the two files, or one of them copied without the other, is seen.
"""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ...images.atomic import atomic_file, refuse_existing
from ...images.errors import DataError
from ...images.json_text import parse_json
from ...images.regular import read_regular
from ..config import HogConfig
from ..table import FeatureTable
from .facts import facts_with_names, table_of
from .limits import refuse_expansion
from .npy import map_matrix, write_array


class Sealed:
    """An open file that counts and hashes what is written to it."""

    def __init__(self, file: BinaryIO):
        self._file, self._hash, self._bytes = file, hashlib.sha256(), 0

    def write(self, content: Any) -> int:
        """Write bytes."""
        self._hash.update(content)
        self._bytes += memoryview(content).nbytes
        return self._file.write(content)

    def seal(self) -> dict[str, Any]:
        """Return the size and the SHA-256 of what was written."""
        return {"bytes": self._bytes, "sha256": self._hash.hexdigest()}


# Writes the vectors, and returns what the .json holds.
WritePair = Callable[[BinaryIO, FeatureTable], dict[str, Any]]


def json_beside(path: str | os.PathLike) -> Path:
    """Return the path of the .json of a feature file: features.npy.json."""
    return Path(f"{os.fspath(path)}.json")


def write_pair(
    path: str | os.PathLike, table: FeatureTable, write: WritePair, *, overwrite: bool
) -> None:
    """Write a feature file and its .json, each whole or not at all.

    Both are complete before the first is put in place. What is interrupted
    between the two puttings is a pair that `read_beside` refuses.
    """
    refuse_existing(json_beside(path), overwrite)
    with (
        atomic_file(json_beside(path), overwrite=overwrite) as beside,
        atomic_file(path, overwrite=overwrite) as file,
    ):
        facts = write(file, table)
        # Names with stray bytes become escapes in JSON, and come back from them.
        beside.write(json.dumps(facts).encode())
        beside.flush()
        os.fsync(beside.fileno())


def read_facts(path: str | os.PathLike) -> dict[str, Any]:
    """Read the .json beside a feature file."""
    beside = json_beside(path)
    try:
        content = read_regular(beside)
    except FileNotFoundError:
        raise DataError(
            f"the file {beside.name}, which says what the rows are, is not beside it; "
            "keep the two together"
        ) from None
    facts = parse_json(content, beside.name, errors="surrogateescape")
    if not isinstance(facts, dict):
        raise DataError(f"{beside.name} is no file of edgewise hog")
    return facts


def _read_sealed(file: BinaryIO) -> dict[str, Any]:
    """Read the .json, and see whether it speaks of the open file."""
    facts = read_facts(file.name)
    if os.fstat(file.fileno()).st_size != facts["bytes"] or not _has_seal(file, facts):
        raise DataError(
            f"cut short, or not the one that {json_beside(file.name).name} speaks of; make it anew"
        )
    return facts


def _has_seal(file: BinaryIO, facts: dict[str, Any]) -> bool:
    # Older files have none. To hash a GiB takes some 0.7 s.
    if "sha256" not in facts:
        return True
    found = sha256_of(file)
    file.seek(0)
    return found == facts["sha256"]


def sha256_of(file: Any) -> str:
    """Return the SHA-256 of an open file, from where it stands to its end."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def write_npy(file: BinaryIO, table: FeatureTable) -> dict[str, Any]:
    """Write the vectors as .npy to an open file; return what goes into the .json."""
    sealed = Sealed(file)
    write_array(sealed, np.ascontiguousarray(table.X, np.float32))
    return {**facts_with_names(table), **sealed.seal()}


def read_npy(file: BinaryIO) -> FeatureTable:
    """Map the vectors of a .npy file from disk; they are read when they are used."""
    facts = _read_sealed(file)
    return table_of(map_matrix(file), facts["names"], facts["labels"], facts)


def write_svm(file: BinaryIO, table: FeatureTable) -> dict[str, Any]:
    """Write the vectors in the format of LIBLINEAR and LIBSVM to an open file.

    A row is the number of its class, from 0 in the order of `classes`, or 0
    without labels, then ``index:value`` of every value that is not 0, from 1.

    Returns
    -------
    dict
        What goes into the .json.
    """
    sealed = Sealed(file)
    number = {label: n for n, label in enumerate(table.classes)}
    labels = table.labels or [None] * len(table)
    for label, row in zip(labels, table.X, strict=True):
        places = np.flatnonzero(row)
        values = zip((places + 1).tolist(), row[places].tolist(), strict=True)
        words = [str(number[label] if label else 0), *(f"{k}:{value:.9g}" for k, value in values)]
        sealed.write((" ".join(words) + "\n").encode())
    return {**facts_with_names(table), **sealed.seal()}


def read_svm(file: BinaryIO) -> FeatureTable:
    """Read a .svm file."""
    from sklearn.datasets import load_svmlight_file

    facts = _read_sealed(file)
    length = HogConfig.from_dict(facts["config"]).length(*facts["size"])
    refuse_expansion(len(facts["names"]) * length * 4, os.fstat(file.fileno()).st_size)
    how: dict[str, Any] = {"n_features": length, "dtype": np.float32, "zero_based": False}
    X: Any = load_svmlight_file(file, **how)[0]
    if X.shape[0] != len(facts["names"]):
        raise DataError(f"{X.shape[0]} rows for {len(facts['names'])} pictures")
    return table_of(X.toarray(), facts["names"], facts["labels"], facts)
