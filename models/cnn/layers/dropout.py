"""Dropout: forget some of the inputs while training."""

from dataclasses import dataclass

import numpy as np

from ....images.errors import EdgewiseError
from .base import Layer, Shape, Use


@dataclass(frozen=True)
class Dropout(Layer):
    """Set inputs to 0 by chance in training, and scale up the others to make up for it.

    Srivastava et al. 2014. Outside training nothing happens.

    Parameters
    ----------
    rate : float
        Chance of each number to be dropped, 0 <= rate < 1.
    """

    rate: float = 0.5

    kind = "dropout"

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return the input's shape."""
        if not 0 <= self.rate < 1:
            raise EdgewiseError(f"dropout:{self.rate}: the rate is at least 0 and below 1")
        return shapes[0]

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y, shaped as x."""
        use.kept["mask"] = None
        if not (use.training and self.rate):
            return x
        y, drawn = use.array("y", x.shape, x.dtype), use.array("drawn", x.shape, np.float32)
        use.kept["mask"] = mask = use.array("mask", x.shape, x.dtype)

        def drop() -> None:
            np.random.default_rng(use.seed).random(out=drawn, dtype=np.float32)
            np.multiply(drawn >= self.rate, x.dtype.type(1 / (1 - self.rate)), out=mask)
            np.multiply(x, mask, out=y)

        use.then(drop)
        return y

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx, shaped as dy."""
        mask = use.kept["mask"]
        if mask is None:
            return dy
        dx = use.array("dx", dy.shape, dy.dtype)
        use.then(lambda: np.multiply(dy, mask, out=dx))
        return dx
