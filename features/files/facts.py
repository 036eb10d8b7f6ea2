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


def _inputs(stored: Any, names: tuple[str, ...]) -> np.ndarray | None:
    """Return the index of inputs, unless rows were removed or moved since it was written."""
    if stored is None or stored["rows"] != _checksum(names):
        return None
    rows = stored["index"]
    if not all(whole_numbers(row, 4) for row in rows):
        raise DataError("its index of inputs is damaged")
    return np.array(rows, np.int64).reshape(-1, 4)


def whole_numbers(values: Any, count: int) -> bool:
    """Say whether JSON holds a list of so many whole numbers that fit in 32 bits."""
    return (
        isinstance(values, list)
        and len(values) == count
        and all(type(value) is int and -(2**31) <= value < 2**31 for value in values)
    )


def _checksum(names: Any) -> int:
    return zlib.crc32("\0".join(names).encode(errors="replace"))


def facts_with_names(table: FeatureTable) -> dict[str, Any]:
    """Return all but the vectors, ready for JSON."""
    return {**facts_of(table), "names": table.names, "labels": table.labels}


def table_of(
    X: np.ndarray, names: Any, labels: Any, facts: dict[str, Any], *, inputs: Any = None
) -> FeatureTable:
    """Return the table of vectors and what `facts_of` described.

    Raises
    ------
    DataError
        If the facts are of another schema, or do not fit the vectors.
    """
    check_schema(facts["schema"])
    if not (whole_numbers(facts["size"], 2) and whole_numbers([facts["channels"]], 1)):
        raise DataError("damaged, or no feature file (its size or channels are no whole numbers)")
    rows, columns = facts["size"]
    names = _texts(names, "names")
    return FeatureTable(
        X=X,
        names=names,
        labels=None if labels is None else _texts(labels, "labels"),
        classes=_texts(facts["classes"], "classes"),
        config=HogConfig.from_dict(facts["config"]),
        size=(rows, columns),
        channels=facts["channels"],
        failed=tuple((name, reason) for name, reason in facts["failed"]),
        inputs=_inputs(facts.get("inputs"), names) if inputs is None else inputs,
    )


def _texts(values: Any, what: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise DataError(f"damaged, or no feature file (its {what} are no list of texts)")
    return tuple(values)


def check_schema(schema: Any) -> None:
    """Raise DataError if a file is of another schema."""
    if schema != SCHEMA:
        raise DataError(
            f"written as {str(schema)[:40]}, but this Edgewise reads {SCHEMA}; make it anew"
        )
