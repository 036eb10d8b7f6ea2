"""Feature files to train from: those that fill much of the memory stay in the file."""

import json
import os
import zipfile
from typing import BinaryIO

import numpy as np

from ..features.config import HogConfig
from ..features.opening import open_features
from ..features.table import FeatureTable
from ..images.errors import DataError
from .room import memory

# Of the memory: a larger matrix is mapped, and read in passes. Its check sum
# is not looked at then, as it would be when all of it is read.
LARGE_SHARE = 0.25

# Of a member of a .zip archive: where the lengths of its name and of its extra
# field stand in the 30 bytes before them.
ZIP_HEADER, NAME_AT, EXTRA_AT = 30, 26, 28


def open_table(path: str | os.PathLike) -> FeatureTable:
    """Open a feature file, or a folder of shards, to train from.

    Returns
    -------
    FeatureTable
        Its X is memory-mapped where it is large.

    Raises
    ------
    DataError
        If it is damaged, or no feature file.
    OSError
        If it is not there or may not be read.
    """
    name, there = os.fspath(path), memory()
    large = there is not None and os.path.getsize(name) >= LARGE_SHARE * there
    return map_table(name) if large and name.lower().endswith(".npz") else open_features(name)


def map_table(path: str) -> FeatureTable:
    """Open an ``.npz`` feature file without reading its vectors."""
    try:
        X = _map_member(path, "X.npy")
        with np.load(path, allow_pickle=False) as arrays:
            rows, columns = arrays["size"].tolist()
            return FeatureTable(
                X=X,
                names=tuple(arrays["names"].tolist()),
                labels=tuple(arrays["labels"].tolist()) if "labels" in arrays else None,
                classes=tuple(arrays["classes"].tolist()),
                config=HogConfig.from_dict(json.loads(arrays["config"].item())),
                size=(rows, columns),
                channels=int(arrays["channels"]),
            )
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: damaged, or no feature file ({error})") from None


def _map_member(path: str, name: str) -> np.ndarray:
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo(name)
    if member.compress_type != zipfile.ZIP_STORED:
        raise DataError("its vectors are compressed and too large; make it with edgewise hog")
    with open(path, "rb") as file:
        file.seek(member.header_offset)
        header = file.read(ZIP_HEADER)
        lengths = [int.from_bytes(header[at : at + 2], "little") for at in (NAME_AT, EXTRA_AT)]
        file.seek(sum(lengths), os.SEEK_CUR)
        return _map_array(file, path)


def _map_array(file: BinaryIO, path: str) -> np.ndarray:
    version = np.lib.format.read_magic(file)
    read = {1: np.lib.format.read_array_header_1_0, 2: np.lib.format.read_array_header_2_0}
    shape, fortran, dtype = read[version[0]](file)
    if len(shape) != 2 or dtype != np.float32 or fortran:
        raise DataError(f"X is {len(shape)}-dimensional {dtype}, not a matrix of float32")
    return np.memmap(path, dtype, "r", file.tell(), shape)
