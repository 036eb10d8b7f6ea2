"""Feature files for programs: NumPy's .npz."""

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np

from ...images.errors import DataError
from ...images.json_text import parse_json
from ...images.npy_format import Header, read_header
from ..config import HogConfig
from ..table import FeatureTable, check_shape
from .facts import SCHEMA, check_schema, table_of
from .limits import TEXT_BYTES, refuse_expansion
from .npy import check_matrix, map_matrix

# Each array, its kinds of values, and its axes.
ARRAYS = {
    "X": ("f", 2), "names": ("U", 1), "classes": ("U", 1), "config": ("U", 0), "size": ("i", 1),
    "channels": ("i", 0), "failed": ("U", 2), "schema": ("U", 0), "labels": ("U", 1),
    "inputs": ("i", 2),
}  # fmt: skip
NEEDED = tuple(ARRAYS)[:8]
LONGEST_CONFIG = 1 << 20
# Of a member: where the lengths of its name and of its extra field stand in the
# 30 bytes before them, after which its data begin.
ZIP_HEADER, NAME_AT, EXTRA_AT = 30, 26, 28


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
    with _opened(file) as archive:
        headers = _headers(archive)
        _refuse_bombs(archive, headers, os.fstat(file.fileno()).st_size)
        return _table(archive, headers, None)


def map_npz(file: BinaryIO) -> FeatureTable:
    """Read a table from an open .npz file, but map its vectors; their check sum is looked at."""
    with _opened(file) as archive:
        member = archive.NameToInfo.get("X.npy")
        if member is not None and member.compress_type != zipfile.ZIP_STORED:
            raise DataError("its vectors are compressed and too large; make it with edgewise hog")
        headers, member = _headers(archive), archive.getinfo("X.npy")
        _check_sum(archive, member)
        X = map_matrix(file, _start(file, member), alone=False)
        return _table(archive, headers, X)


@contextmanager
def _opened(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    if not zipfile.is_zipfile(file):
        raise DataError("damaged, or no feature file; make it with edgewise hog")
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        yield archive


def _headers(archive: zipfile.ZipFile) -> dict[str, Header]:
    there = {name for name in ARRAYS if f"{name}.npy" in archive.NameToInfo}
    if missing := [name for name in NEEDED if name not in there]:
        raise DataError(f"no feature file, as it holds no {missing[0]}; make it with edgewise hog")
    return {name: _header(archive, name) for name in ARRAYS if name in there}


def _header(archive: zipfile.ZipFile, name: str) -> Header:
    """Return what a member says of itself, once that fits what the archive says of it."""
    member = archive.getinfo(f"{name}.npy")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError("compressed in a way that NumPy does not use; make it with edgewise hog")
    with archive.open(member) as file:
        header = read_header(file)
    kinds, axes = ARRAYS[name]
    if name == "X":
        check_matrix(header)
    if header.dtype.kind not in kinds or len(header.shape) != axes:
        raise DataError(
            f"no feature file ({name} is {len(header.shape)}-dimensional {header.dtype})"
        )
    if header.end != member.file_size or header.dtype.itemsize == 0:
        raise DataError(f"damaged, or no feature file ({name} has not the size that it speaks of)")
    return header


def _refuse_bombs(archive: zipfile.ZipFile, headers: dict[str, Header], stored: int) -> None:
    """Raise DataError before anything is inflated that does not fit the rest."""
    sizes = (
        header.end + (TEXT_BYTES * header.count if header.dtype.kind == "U" else 0)
        for header in headers.values()
    )
    refuse_expansion(sum(sizes), stored)


def _table(
    archive: zipfile.ZipFile, headers: dict[str, Header], X: np.ndarray | None
) -> FeatureTable:
    """Return the table, its vectors read last unless they are there."""
    if headers["config"].end > LONGEST_CONFIG:
        raise DataError("damaged, or no feature file (its settings are too long)")
    small = {name: _array(archive, name) for name in headers if name != "X"}
    check_schema(small["schema"].item())
    config = parse_json(small["config"].item(), "damaged, or no feature file")
    facts = {
        "schema": SCHEMA, "config": config, "size": small["size"].tolist(),
        "channels": small["channels"].item(), "classes": small["classes"].tolist(),
        "failed": small["failed"].tolist(),
    }  # fmt: skip
    names, labels = small["names"].tolist(), small.get("labels")
    size = tuple(facts["size"])
    if len(size) != 2:
        raise DataError("damaged, or no feature file (its size is not of rows and columns)")
    check_shape(headers["X"].shape, len(names), HogConfig.from_dict(config), size)
    X = _array(archive, "X") if X is None else X
    listed = None if labels is None else labels.tolist()
    return table_of(X, names, listed, facts, inputs=small.get("inputs"))


def _array(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    with archive.open(f"{name}.npy") as file:
        array = np.lib.format.read_array(file, allow_pickle=False)
        # At its very end its check sum is looked at.
        file.read()
    return array


def _start(file: BinaryIO, member: zipfile.ZipInfo) -> int:
    """Return where the data of a member that is not compressed begin."""
    file.seek(member.header_offset)
    header = file.read(ZIP_HEADER)
    lengths = [int.from_bytes(header[at : at + 2], "little") for at in (NAME_AT, EXTRA_AT)]
    return member.header_offset + ZIP_HEADER + sum(lengths)


def _check_sum(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Read a member; at its end `zipfile` raises an error if its check sum is wrong."""
    with archive.open(member) as file:
        while file.read(1 << 20):
            pass
