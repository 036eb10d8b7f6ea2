"""Feature files to train from: those that fill much of the memory stay in the file."""

import os

from ..features.files import load_features
from ..features.opening import open_features
from ..features.table import FeatureTable
from .room import memory

# Of the memory: a larger matrix is mapped, and read in passes.
LARGE_SHARE = 0.25


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
    large = os.path.getsize(name) >= LARGE_SHARE * there
    large_npz = large and name.lower().endswith(".npz")
    return load_features(name, mapped=True) if large_npz else open_features(name)
