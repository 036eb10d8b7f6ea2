"""What stands beside the vectors in a feature file: settings, size, classes, inputs."""

import zlib
from typing import Any

import numpy as np

from ...images.errors import DataError
from ..config import HogConfig
from ..table import FeatureTable

SCHEMA = "edgewise.features/1"

# A file name need not be valid UTF-8: its stray bytes come back as they were.
STRAY = "surrogateescape"


def facts_of(table: FeatureTable) -> dict[str, Any]:
    """Return all but vectors, names and labels, ready for JSON."""
    return {
        "schema": SCHEMA,
        "config": table.config.to_dict(),
        "size": table.size,
        "channels": table.channels,
        "classes": table.classes,
        "failed": table.failed,
        "inputs": _inputs_of(table),
    }


def _inputs_of(table: FeatureTable) -> dict[str, Any] | None:
    if table.inputs is None:
        return None
    return {"rows": _checksum(table.names), "index": table.inputs.tolist()}


def _inputs(stored: dict[str, Any] | None, names: Any) -> np.ndarray | None:
    """Return the index of inputs, unless rows were removed or moved since it was written."""
    if stored is None or stored["rows"] != _checksum(names):
        return None
    return np.array(stored["index"], np.int32).reshape(-1, 4)


def _checksum(names: Any) -> int:
    return zlib.crc32("\0".join(names).encode(errors="replace"))


def facts_with_names(table: FeatureTable) -> dict[str, Any]:
    """Return all but the vectors, ready for JSON."""
    return {**facts_of(table), "names": table.names, "labels": table.labels}


def table_of(X: np.ndarray, names: Any, labels: Any, facts: dict[str, Any]) -> FeatureTable:
    """Return the table of vectors and what `facts_of` described.

    Raises
    ------
    DataError
        If the facts are of another schema, or do not fit the vectors.
    """
    check_schema(facts["schema"])
    rows, columns = facts["size"]
    return FeatureTable(
        X=X,
        names=tuple(names),
        labels=None if labels is None else tuple(labels),
        classes=tuple(facts["classes"]),
        config=HogConfig.from_dict(facts["config"]),
        size=(int(rows), int(columns)),
        channels=int(facts["channels"]),
        failed=tuple((name, reason) for name, reason in facts["failed"]),
        inputs=_inputs(facts.get("inputs"), names),
    )


def check_schema(schema: Any) -> None:
    """Raise DataError if a file is of another schema."""
    if schema != SCHEMA:
        raise DataError(f"written as {schema}, but this Edgewise reads {SCHEMA}; make it anew")
