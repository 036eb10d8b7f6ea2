"""Small tables of features that differ in everything, for tests of their files."""

import numpy as np

from edgewise.features import FeatureTable, HogConfig

SIZE = (8, 8)
SUFFIXES = (".npz", ".npy", ".csv", ".svm", ".parquet")
# Beside these stands a .json.
PAIRS = (".npy", ".csv", ".svm")


def table(kind: str = "old", count: int = 3, **changes) -> FeatureTable:
    """Return a table whose vectors, names and labels say of which kind it is.

    Two kinds of as many letters take as many bytes.
    """
    config = HogConfig(cell=4, block=1)
    start = 0.1 if kind == "old" else 0.6
    length = config.length(*SIZE)
    X = start + np.arange(count * length, dtype=np.float32).reshape(count, length) / 2**20
    parts = {
        "X": X.astype(np.float32),
        "names": tuple(f"{kind}-{k}.png" for k in range(count)),
        "labels": tuple(f"{kind}{k % 2}" for k in range(count)),
        "classes": (f"{kind}0", f"{kind}1"),
        "config": config,
        "size": SIZE,
        "inputs": np.array([[k, k % 2, 8, 8] for k in range(count)], np.int32),
    }
    return FeatureTable(**{**parts, **changes})


def kind_of(found: FeatureTable) -> str:
    """Return the kind of a table that was read, all of whose parts must be of it."""
    kind = found.classes[0][:-1]
    wanted = table(kind, len(found))
    np.testing.assert_array_equal(found.X, wanted.X)
    assert (found.names, found.labels) == (wanted.names, wanted.labels)
    return kind
