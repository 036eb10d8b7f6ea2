"""Activations: what makes two layers more than one."""

import math
from dataclasses import dataclass

import numpy as np

from ....images.errors import EdgewiseError
from . import loops
from .base import Layer, Shape, Use

# LeCun et al. 1998, appendix A: f(1) = 1, f(-1) = -1, steepest curvature there.
AMPLITUDE, SLOPE = 1.7159, 2 / 3


@dataclass(frozen=True)
class Relu(Layer):
    """``max(x, 0)``; the slope at 0 is 0."""

    kind = "relu"

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y, shaped as x."""
        y = use.kept["y"] = use.array("y", x.shape, x.dtype)
        use.run(loops.rectify, x.reshape(-1), y.reshape(-1))
        return y

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx, shaped as dy."""
        dx = use.array("dx", dy.shape, dy.dtype)
        use.run(loops.rectify_backward, dy.reshape(-1), use.kept["y"].reshape(-1), dx.reshape(-1))
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
        y = use.array("y", x.shape, x.dtype)
        use.kept["positive"] = positive = use.array("positive", x.shape, bool)

        def leak() -> None:
            np.multiply(x, x.dtype.type(self.slope), out=y)
            np.copyto(y, x, where=np.greater(x, 0, out=positive))

        use.then(leak)
        return y

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx, shaped as dy."""
        dx, positive = use.array("dx", dy.shape, dy.dtype), use.kept["positive"]

        def leak() -> None:
            np.multiply(dy, dy.dtype.type(self.slope), out=dx)
            np.copyto(dx, dy, where=positive)

        use.then(leak)
        return dx


@dataclass(frozen=True)
class Sigmoid(Layer):
    """``1 / (1 + exp(-x))``."""

    kind = "sigmoid"

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y, shaped as x."""
        y = use.kept["y"] = use.array("y", x.shape, x.dtype)
        half = x.dtype.type(0.5)

        def squash() -> None:
            # By way of tanh, which cannot overflow.
            np.tanh(np.multiply(x, half, out=y), out=y)
            np.add(np.multiply(y, half, out=y), half, out=y)

        use.then(squash)
        return y

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx, shaped as dy."""
        y, dx = use.kept["y"], use.array("dx", dy.shape, dy.dtype)
        use.then(lambda: np.multiply(dy * y, 1 - y, out=dx))
        return dx


@dataclass(frozen=True)
class Tanh(Layer):
    """``tanh(x)``."""

    kind = "tanh"

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y, shaped as x."""
        y = use.kept["y"] = use.array("y", x.shape, x.dtype)
        use.then(lambda: np.tanh(x, out=y))
        return y

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx, shaped as dy."""
        y, dx = use.kept["y"], use.array("dx", dy.shape, dy.dtype)
        use.then(lambda: np.multiply(dy, 1 - y**2, out=dx))
        return dx


@dataclass(frozen=True)
class ScaledTanh(Layer):
    """``1.7159 * tanh(2 / 3 * x)``, LeNet's squashing function (LeCun et al. 1998)."""

    kind = "scaledtanh"

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y, shaped as x."""
        y = use.array("y", x.shape, x.dtype)
        use.kept["tanh"] = tanh = use.array("tanh", x.shape, x.dtype)
        slope, amplitude = x.dtype.type(SLOPE), x.dtype.type(AMPLITUDE)

        def squash() -> None:
            np.tanh(np.multiply(x, slope, out=tanh), out=tanh)
            np.multiply(tanh, amplitude, out=y)

        use.then(squash)
        return y

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx, shaped as dy."""
        tanh, dx = use.kept["tanh"], use.array("dx", dy.shape, dy.dtype)
        steepest = dy.dtype.type(AMPLITUDE * SLOPE)
        use.then(lambda: np.multiply(dy * steepest, 1 - tanh**2, out=dx))
        return dx
