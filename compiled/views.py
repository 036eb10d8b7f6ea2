"""Arrays seen in another shape, for compiled loops: nothing is copied, and nothing can fail."""

import numpy as np

from .loop import emitted


@emitted(".llvm_views:table")
def table(values, columns):
    """Return a flat array as rows of `columns` values; what is left over is left out."""
    rows = values.size // columns
    return values[: rows * columns].reshape(rows, columns)


@emitted(".llvm_views:flat")
def flat(values):
    """Return an array as one row."""
    return np.ravel(values)


@emitted(".llvm_views:twice_as_wide")
def twice_as_wide(values):
    """Return a flat array of an even number of numbers as the bits of pairs of them."""
    return values.view(f"u{2 * values.itemsize}")


@emitted(".llvm_views:bits_of")
def bits_of(values):
    """Return a flat array of numbers as their bits, which are unsigned numbers."""
    return values.view(f"u{values.itemsize}")
