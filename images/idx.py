"""IDX files, the format of MNIST: a small header, then raw bytes."""

import gzip
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np

from .errors import DataError
from .limits import file_size
from .memory import refuse_beyond_memory
from .regular import open_regular

UNSIGNED_BYTE = 0x08
GZIP_MAGIC = b"\x1f\x8b"
PIECE = 1 << 20
MOST_INFLATED = 1100  # bytes that gzip makes of one
MOST_AXES = 4

Readable = BinaryIO | gzip.GzipFile


def is_idx(path: str | os.PathLike) -> bool:
    """Tell by the name whether a file is an IDX file, plain or gzipped."""
    name = Path(path).name.removesuffix(".gz")
    return name.endswith("-ubyte") or re.search(r"[.-]idx\d?$", name) is not None


def read_idx(path: str | os.PathLike) -> np.ndarray:
    """Read an IDX file of unsigned bytes.

    Parameters
    ----------
    path : path
        Plain or gzipped; told by the content.

    Returns
    -------
    ndarray of uint8
        The shape that the header gives.

    Raises
    ------
    DataError
        If the file is missing, is no IDX file, or its size is not what the
        header promises.
    """
    try:
        with _opened(path) as (file, most):
            shape = _shape(path, file)
            there = most - 4 - 4 * len(shape)
            if prod(shape) > there:
                raise _other_size(path, shape, f"{max(0, there):,}")
            refuse_beyond_memory(prod(shape), f"{path}: its pictures")
            content = _at_most(file, prod(shape) + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DataError(
            f"{path}: the gzip file is damaged; copy it again from its source"
        ) from None
    except OSError as error:
        raise DataError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    if len(content) != prod(shape):
        there = f"{len(content):,}" if len(content) < prod(shape) else "more"
        raise _other_size(path, shape, there)
    return np.frombuffer(content, np.uint8).reshape(shape)


def _other_size(path: str | os.PathLike, shape: tuple[int, ...], there: str) -> DataError:
    return DataError(
        f"{path}: the header promises {prod(shape):,} bytes, there are {there}; "
        "copy the file again from its source"
    )


@contextmanager
def _opened(path: str | os.PathLike) -> Iterator[tuple[Readable, int]]:
    """Open a file, and say how many bytes it may hold at most."""
    with open_regular(path) as plain:
        packed = plain.read(2) == GZIP_MAGIC
        plain.seek(0)
        if packed:
            with gzip.GzipFile(fileobj=plain) as unpacked:
                yield unpacked, file_size(plain) * MOST_INFLATED
        else:
            yield plain, file_size(plain)


def _shape(path: str | os.PathLike, file: Readable) -> tuple[int, ...]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] != UNSIGNED_BYTE:
        raise DataError(f"{path}: not an IDX file of unsigned bytes, as MNIST's are")
    axes = magic[3]
    if not 1 <= axes <= MOST_AXES:
        raise DataError(f"{path}: an IDX file of {axes} axes; pictures have 3, labels 1")
    lengths = file.read(4 * axes)
    if len(lengths) < 4 * axes:
        raise DataError(f"{path}: the IDX header is cut short; copy it again from its source")
    return tuple(int.from_bytes(lengths[i : i + 4], "big") for i in range(0, len(lengths), 4))


def _at_most(file: Readable, count: int) -> bytearray:
    """Read so many bytes, taking memory only for those that are there."""
    content = bytearray()
    while piece := file.read(min(PIECE, count - len(content))):
        content += piece
    return content


def labels_beside(path: str | os.PathLike) -> Path:
    """Return the labels file that belongs to an images file.

    ``train-images-idx3-ubyte`` has ``train-labels-idx1-ubyte`` beside it,
    gzipped or not.

    Raises
    ------
    DataError
        If there is none.
    """
    path = Path(path)
    name = path.name.removesuffix(".gz").replace("images", "labels").replace("idx3", "idx1")
    for candidate in (path.with_name(name), path.with_name(f"{name}.gz")):
        if candidate != path and candidate.exists():
            return candidate
    raise DataError(f"{path}: the labels are missing; put {name} or {name}.gz beside it")
