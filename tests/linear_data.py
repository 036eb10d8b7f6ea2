"""Small tables of vectors that linear models can learn."""

import numpy as np

from edgewise import HogConfig
from edgewise.features import FeatureTable

CONFIG = HogConfig(cell=4, bins=3)  # 12 values of 8x8 pixels
SIZE = (8, 8)


def make_table(kinds=("cat", "dog", "emu"), count=120, seed=0, **changes):
    """Return vectors whose classes overlap; none of the values is negative."""
    rng = np.random.default_rng(seed)
    numbers = rng.integers(0, len(kinds), count)
    X = rng.gamma(2, 0.2, size=(count, 12)).astype(np.float32)
    X[np.arange(count), numbers] += 0.5
    names = tuple(f"{i}.png" for i in range(count))
    labels = tuple(kinds[i] for i in numbers)
    parts = {"labels": labels, "classes": tuple(kinds), "config": CONFIG, "size": SIZE}
    return FeatureTable(X=X, names=names, **{**parts, **changes})


class Shards:
    """Rows in several arrays, which can only be had by slices."""

    def __init__(self, X, count):
        self.parts, self.shape = np.array_split(X, count), X.shape

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        assert isinstance(rows, slice)
        return np.concatenate(self.parts)[rows]
