"""Feature files for programs: NumPy's .npz."""

import json
import zipfile
from typing import Any, BinaryIO

import numpy as np

from ...images.errors import DataError
from ..config import HogConfig
from ..table import FeatureTable
from .facts import SCHEMA, check_schema


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
    if table.inputs is not None:
        arrays["inputs"] = table.inputs
    np.savez(file, **arrays)


def _texts(texts: tuple) -> np.ndarray:
    return np.array(texts, np.str_)


def read_npz(file: BinaryIO) -> FeatureTable:
    """Read a table from an open .npz file."""
    if not zipfile.is_zipfile(file):
        raise DataError("damaged, or no feature file; make it with edgewise hog")
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        inputs = arrays["inputs"] if "inputs" in arrays else None  # noqa: SIM401
        check_schema(arrays["schema"].item())
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
            inputs=inputs,
        )
