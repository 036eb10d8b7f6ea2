"""Feature files for data frames and databases: Parquet, through pyarrow."""

import json
import os
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from ...images.errors import DataError, EdgewiseError
from ...images.json_text import parse_json
from ...images.printable import printable
from ..table import FeatureTable
from .facts import facts_of, table_of
from .limits import TEXT_BYTES, refuse_expansion

if TYPE_CHECKING:
    import pyarrow

KEY = b"edgewise"
# Rows are written some at a time, and read so by whoever does not want all.
ROW_GROUP = 10_000


def _packages() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise EdgewiseError(
            "Parquet needs the package pyarrow; install it with pip install pyarrow"
        ) from None
    return pyarrow


def write_parquet(file: BinaryIO, table: FeatureTable) -> None:
    """Write a table as Parquet to an open file: name, label if there are any, features."""
    pyarrow = _packages()
    schema = _schema(pyarrow, table)
    with pyarrow.parquet.ParquetWriter(file, schema) as writer:
        for start in range(0, len(table), ROW_GROUP):
            writer.write_table(_rows(pyarrow, table, slice(start, start + ROW_GROUP), schema))


def _schema(pyarrow: Any, table: FeatureTable) -> "pyarrow.Schema":
    _refuse_stray_bytes(table.classes)
    texts = ["name", "label"] if table.labels is not None else ["name"]
    fields = [(name, pyarrow.string()) for name in texts]
    length = int(table.X.shape[1])
    vectors = ("features", pyarrow.list_(pyarrow.float32(), length))
    facts = json.dumps(facts_of(table)).encode()
    return pyarrow.schema([*fields, vectors], metadata={KEY: facts})


def _refuse_stray_bytes(classes: tuple[str, ...]) -> None:
    # Of a name a byte may be lost, but two classes would become one.
    for name in classes:
        if name != name.encode(errors="replace").decode():
            raise EdgewiseError(
                f"the class {printable(name)} is no text in UTF-8, and Parquet holds no other",
                hint="rename its folder or label, or write .npz",
            )


def _rows(
    pyarrow: Any, table: FeatureTable, rows: slice, schema: "pyarrow.Schema"
) -> "pyarrow.Table":
    # Parquet's texts are UTF-8: a stray byte of a file name becomes a question mark.
    names = [name.encode(errors="replace").decode() for name in table.names[rows]]
    labels = [] if table.labels is None else [pyarrow.array(table.labels[rows])]
    X = np.ascontiguousarray(table.X[rows], np.float32)
    vectors = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(X.ravel()), X.shape[1])
    return pyarrow.Table.from_arrays([pyarrow.array(names), *labels, vectors], schema=schema)


def read_parquet(file: BinaryIO) -> FeatureTable:
    """Read a table from an open Parquet file."""
    pyarrow = _packages()
    try:
        opened = pyarrow.parquet.ParquetFile(file)
        facts = _checked(pyarrow, opened, os.fstat(file.fileno()).st_size)
        found = opened.read()
        labels = found["label"].to_pylist() if "label" in found.column_names else None
        names = found["name"].to_pylist()
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DataError(f"damaged, or no Parquet file ({error})") from None
    vectors = found["features"].combine_chunks()
    if vectors.null_count or len(vectors) != len(names):
        raise DataError("damaged, or no feature file (there are rows without a vector)")
    values = vectors.flatten().to_numpy(zero_copy_only=False)
    X = np.ascontiguousarray(values, np.float32).reshape(len(found), -1)
    return table_of(X, names, labels, facts)


def _checked(pyarrow: Any, opened: Any, stored: int) -> dict[str, Any]:
    """Return the facts of a file whose columns are those of edgewise hog, before it is read."""
    schema = opened.schema_arrow
    described = (schema.metadata or {}).get(KEY)
    if described is None:
        raise DataError("a Parquet file, but not one of edgewise hog")
    facts = parse_json(described, "its settings", errors="surrogateescape")
    kind: Any = schema.field("features").type if "features" in schema.names else None
    float32 = pyarrow.float32()
    if not (
        isinstance(facts, dict)
        and isinstance(kind, pyarrow.FixedSizeListType)
        and kind.value_type == float32
    ):
        raise DataError("damaged, or no feature file (it holds no vectors of float32)")
    refuse_expansion(opened.metadata.num_rows * (4 * kind.list_size + TEXT_BYTES), stored)
    return facts
