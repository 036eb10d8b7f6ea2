"""Dense layers: a window that covers everything."""

from dataclasses import dataclass

import numpy as np

from ....images.errors import EdgewiseError
from .base import Layer, Parameter, Shape, Use


@dataclass(frozen=True)
class Flatten(Layer):
    """Make each image one vector, channel by channel, row by row."""

    kind = "flatten"

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return (C * H * W,)."""
        return (int(np.prod(shapes[0])),)

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y (C * H * W, N) of x (C, H, W, N); nothing is copied."""
        use.kept["shape"] = x.shape
        return x.reshape(-1, x.shape[-1])

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx (C, H, W, N) of dy (C * H * W, N)."""
        return dy.reshape(use.kept["shape"])


@dataclass(frozen=True)
class Dense(Layer):
    """Sum all inputs, each with its own weight.

    ``y[n, o] = bias[o] + sum over i of x[n, i] * weight[o, i]``

    Parameters
    ----------
    units : int
        Outputs.
    bias : bool

    Notes
    -----
    weight is (out, in) and bias (out,), as in PyTorch's ``Linear``.
    """

    units: int
    bias: bool = True

    kind = "dense"

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return (units,)."""
        if len(shapes[0]) != 1:
            raise EdgewiseError(
                "dense needs vectors, and gets images; put flatten or globalpool before it"
            )
        if self.units < 1:
            raise EdgewiseError(f"dense:{self.units}: units are at least 1")
        return (self.units,)

    def wanted(self, *shapes: Shape) -> dict[str, Parameter]:
        """Return weight (units, inputs) and bias (units,)."""
        weight = Parameter((self.units, shapes[0][0]), shapes[0][0], decays=True)
        return {"weight": weight} | ({"bias": Parameter((self.units,))} if self.bias else {})

    def multiply_adds(self, *shapes: Shape) -> int:
        """Return units * inputs."""
        return self.units * shapes[0][0]

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y (units, N) of x (inputs, N)."""
        from . import loops

        use.kept["x"] = x
        bias = use.parameters["bias"] if self.bias else self._zeros(use, x)
        y = use.array("y", (self.units, x.shape[1]), x.dtype)
        loops.dense(x, use.parameters["weight"], bias, y)
        return y

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray | None:
        """Return dx (inputs, N) of dy (units, N)."""
        from . import loops

        x, weight, gradients = use.kept["x"], use.parameters["weight"], use.gradients
        dbias = gradients["bias"] if self.bias else use.array("dbias", (self.units,), x.dtype)
        dx = use.array("dx", x.shape, x.dtype) if use.wants_dx else np.empty((0, 0), x.dtype)
        across = use.array("across", x.shape[::-1], x.dtype)
        product = use.array("product", weight.shape, x.dtype)
        loops.dense_backward(
            dy, x, weight, gradients["weight"], dbias, across, product, self._zeros(use, x), dx
        )
        return dx if use.wants_dx else None

    def _zeros(self, use: Use, like: np.ndarray) -> np.ndarray:
        most = max(use.parameters["weight"].shape)
        return use.array("zeros", (most,), like.dtype, fill=0)
