"""IDX files, the format of MNIST: a small header, then raw bytes."""

import gzip
import os
import zlib
from pathlib import Path

import numpy as np

from .errors import DataError

UNSIGNED_BYTE = 0x08


def is_idx(path: str | os.PathLike) -> bool:
    """Tell by the name whether a file is an IDX file, plain or gzipped."""
    name = Path(path).name.removesuffix(".gz")
    return name.endswith(("-ubyte", ".idx")) or "-idx" in name or ".idx" in name


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
    content = _content(Path(path))
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != UNSIGNED_BYTE:
        raise DataError(f"{path}: not an IDX file of unsigned bytes, as MNIST's are")
    axes = content[3]
    header = 4 + 4 * axes
    if axes == 0 or len(content) < header:
        raise DataError(f"{path}: the IDX header is cut short")
    shape = tuple(int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(axes))
    wanted = 1
    for length in shape:
        wanted *= length
    if len(content) - header != wanted:
        raise DataError(
            f"{path}: the header promises {wanted:,} bytes, there are {len(content) - header:,}; "
            "copy the file again from its source"
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DataError(f"{path}: the gzip file is damaged; copy it again") from None
    except OSError as error:
        raise DataError(f"{path}: {(error.strerror or str(error)).lower()}") from None


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
