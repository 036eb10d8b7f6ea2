"""What stands beside the vectors in a feature file: settings, size, classes, failures."""

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
    }


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
    )


def check_schema(schema: Any) -> None:
    """Raise DataError if a file is of another schema."""
    if schema != SCHEMA:
        raise DataError(f"written as {schema}, but this Edgewise reads {SCHEMA}; make it anew")
