"""Features from wherever they were written."""

import os
from pathlib import Path

from .files import is_feature_file, load_features
from .shards.opening import open_shards
from .shards.plan_files import is_shard_folder
from .table import FeatureTable


def open_features(path: str | os.PathLike) -> FeatureTable:
    """Open a feature file or a folder of shards.

    Parameters
    ----------
    path : path
        A feature file, or a folder of shards, whose X is
        mapped from disk and read when it is used.

    Returns
    -------
    FeatureTable
        X, names, labels, classes, config, and what failed.

    Raises
    ------
    DataError
        If it is damaged, not finished, or holds no features.
    OSError
        If it is not there or may not be read.
    """
    return open_shards(Path(path)) if is_shard_folder(path) else load_features(path)


def holds_features(path: str | os.PathLike) -> bool:
    """Tell a feature file or a folder of shards from pictures and lists of pictures."""
    return is_feature_file(path) or is_shard_folder(path)
