"""Feature files that hold nothing but vectors: .npy and .svm, the rest in a .json beside them."""

import json
import os
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ...images.atomic import atomic_file
from ...images.errors import DataError
from ..config import HogConfig
from ..table import FeatureTable
from .facts import facts_with_names, table_of


def json_beside(path: str | os.PathLike) -> Path:
    """Return the path of the .json of a .npy or .svm file: features.npy.json."""
    return Path(f"{os.fspath(path)}.json")


def write_beside(path: str | os.PathLike, table: FeatureTable, size: int) -> None:
    """Write the .json: names, labels, classes, settings, failures, and bytes of the other file."""
    # Names with stray bytes become escapes in JSON, and come back from them.
    text = json.dumps({**facts_with_names(table), "bytes": size}).encode()
    with atomic_file(json_beside(path), overwrite=True) as file:
        file.write(text)


def _read_beside(name: str) -> dict[str, Any]:
    try:
        facts = json.loads(json_beside(name).read_bytes())
    except FileNotFoundError:
        raise DataError(
            f"the file {json_beside(name).name}, which says what the rows are, is not beside it; "
            "keep the two together"
        ) from None
    if os.path.getsize(name) != facts["bytes"]:
        raise DataError(
            f"cut short, or not the one that {json_beside(name).name} speaks of; make it anew"
        )
    return facts


def write_npy(file: BinaryIO, table: FeatureTable) -> None:
    """Write the vectors as .npy to an open file."""
    np.save(file, np.ascontiguousarray(table.X, np.float32))


def read_npy(file: BinaryIO) -> FeatureTable:
    """Map the vectors of a .npy file from disk; they are read when they are used."""
    facts = _read_beside(file.name)
    X = np.load(file.name, mmap_mode="r", allow_pickle=False)
    if X.ndim != 2 or X.dtype != np.float32:
        raise DataError(f"holds {X.ndim}-dimensional {X.dtype}, not a matrix of float32")
    return table_of(X, facts["names"], facts["labels"], facts)


def write_svm(file: BinaryIO, table: FeatureTable) -> None:
    """Write the vectors in the format of LIBLINEAR and LIBSVM to an open file.

    A row is the number of its class, from 0 in the order of `classes`, or 0
    without labels, then ``index:value`` of every value that is not 0, from 1.
    """
    number = {label: n for n, label in enumerate(table.classes)}
    labels = table.labels or [None] * len(table)
    for label, row in zip(labels, table.X, strict=True):
        places = np.flatnonzero(row)
        values = zip((places + 1).tolist(), row[places].tolist(), strict=True)
        words = [str(number[label] if label else 0), *(f"{k}:{value:.9g}" for k, value in values)]
        file.write((" ".join(words) + "\n").encode())


def read_svm(file: BinaryIO) -> FeatureTable:
    """Read a .svm file."""
    from sklearn.datasets import load_svmlight_file

    facts = _read_beside(file.name)
    length = HogConfig.from_dict(facts["config"]).length(*facts["size"])
    how: dict[str, Any] = {"n_features": length, "dtype": np.float32, "zero_based": False}
    X: Any = load_svmlight_file(file, **how)[0]
    return table_of(X.toarray(), facts["names"], facts["labels"], facts)
