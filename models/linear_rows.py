"""Vectors that are read block by block, from memory, a mapped file or shards."""

from typing import Protocol

import numpy as np

# Of vectors in a block: it stays in a core's cache between two products.
BLOCK_BYTES = 8 << 20


class Rows(Protocol):
    """What vectors have to be: rows by slices, each a float32 matrix."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        ...

    def __getitem__(self, rows: slice, /) -> np.ndarray: ...

    def __len__(self) -> int: ...


def blocks(X: Rows, rows: int | None = None) -> list[slice]:
    """Return the slices of a pass, of as many rows as fit in a block."""
    step = rows or max(256, BLOCK_BYTES // (4 * X.shape[1]))
    return [slice(at, min(at + step, len(X))) for at in range(0, len(X), step)]


def mean_of(X: Rows) -> np.ndarray:
    """Return the mean row, (n,) float64."""
    total = np.zeros(X.shape[1])
    for part in blocks(X):
        total += X[part].sum(axis=0, dtype=np.float64)
    return total / len(X)
