"""Activations: what makes two layers more than one."""

import math
from dataclasses import dataclass

import numpy as np

from ....images.errors import EdgewiseError
from .base import Layer, Shape, Use

# LeCun et al. 1998, appendix A: f(1) = 1, f(-1) = -1, steepest curvature there.
AMPLITUDE, SLOPE = 1.7159, 2 / 3


@dataclass(frozen=True)
class Relu(Layer):
    """``max(x, 0)``; the slope at 0 is 0."""

    kind = "relu"

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y, shaped as x."""
        y = use.array("y", x.shape, x.dtype)
        use.kept["y"] = y
        return np.maximum(x, 0, out=y)

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx, shaped as dy."""
        from . import loops

        dx = use.array("dx", dy.shape, dy.dtype)
        loops.rectify_backward(dy.reshape(-1), use.kept["y"].reshape(-1), dx.reshape(-1))
        return dx


@dataclass(frozen=True)
class LeakyRelu(Layer):
    """``x`` above 0, ``slope * x`` below.

    Parameters
    ----------
    slope : float
    """

    slope: float = 0.01

    kind = "leakyrelu"

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return the input's shape."""
        if not math.isfinite(self.slope):
            raise EdgewiseError(f"{self.text}: the slope is a finite number")
        return shapes[0]

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y, shaped as x."""
        use.kept["positive"] = x > 0
        return np.where(use.kept["positive"], x, x * x.dtype.type(self.slope))

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx, shaped as dy."""
        return np.where(use.kept["positive"], dy, dy * dy.dtype.type(self.slope))


@dataclass(frozen=True)
class Sigmoid(Layer):
    """``1 / (1 + exp(-x))``."""

    kind = "sigmoid"

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y, shaped as x."""
        # By way of tanh, which cannot overflow.
        half = x.dtype.type(0.5)
        use.kept["y"] = half * np.tanh(half * x) + half
        return use.kept["y"]

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx, shaped as dy."""
        y = use.kept["y"]
        return dy * y * (1 - y)


@dataclass(frozen=True)
class Tanh(Layer):
    """``tanh(x)``."""

    kind = "tanh"

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y, shaped as x."""
        use.kept["y"] = np.tanh(x)
        return use.kept["y"]

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx, shaped as dy."""
        return dy * (1 - use.kept["y"] ** 2)


@dataclass(frozen=True)
class ScaledTanh(Layer):
    """``1.7159 * tanh(2 / 3 * x)``, LeNet's squashing function (LeCun et al. 1998)."""

    kind = "scaledtanh"

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y, shaped as x."""
        use.kept["tanh"] = np.tanh(x.dtype.type(SLOPE) * x)
        return x.dtype.type(AMPLITUDE) * use.kept["tanh"]

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx, shaped as dy."""
        return dy * dy.dtype.type(AMPLITUDE * SLOPE) * (1 - use.kept["tanh"] ** 2)
