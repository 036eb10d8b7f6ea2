"""Point operations in the form in which chains run them."""

from dataclasses import dataclass

import numpy as np

from ..compiled.scratch import scratch
from . import point_loops
from .operations import KnownRows, Shape
from .windows import Rows


@dataclass(frozen=True)
class Pointwise:
    """A change of every value by itself.

    Attributes
    ----------
    kind : int
        What `point_loops.change` calls it.
    a, b, c : float
        Its numbers.
    """

    kind: int
    a: float = 0.0
    b: float = 0.0
    c: float = 0.0

    def strips(self, height: int) -> KnownRows:
        """Say how a picture is cut; see `Operation`."""
        return KnownRows(Rows(), height)

    def result(self, shape: Shape, dtype: np.dtype) -> tuple[Shape, np.dtype]:
        """Return shape and dtype of the result; see `Operation`."""
        return shape, np.dtype(np.float32)

    def strip(
        self, source: np.ndarray, first: int, height: int, start: int, stop: int,
        out: np.ndarray | None,
    ) -> np.ndarray:  # fmt: skip
        """Return some rows of the result; see `Operation`."""
        values = source[start - first : stop - first]
        if out is None:
            out = np.empty(values.shape, np.float32)
        change(values, out, self.kind, self.a, self.b, self.c)
        return out

    def whole(self, image: np.ndarray) -> np.ndarray:
        """Return the result of a whole picture."""
        return self.strip(image, 0, len(image), 0, len(image), None)


def change(
    values: np.ndarray, out: np.ndarray, kind: int, a: float = 0.0, b: float = 0.0, c: float = 0.0
) -> None:
    """Fill out with values changed one by one, both C-contiguous; see `point_loops.change`."""
    flat = values.reshape(len(values), -1)
    rows = scratch("row", (1, flat.shape[1]), np.float32)
    point_loops.change(flat, kind, a, b, c, rows, out.reshape(flat.shape))
