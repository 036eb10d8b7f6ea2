"""Dense layers: a window that covers everything."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ....images.errors import EdgewiseError
from . import loops
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
        use.kept["x"] = x
        bias = use.parameters["bias"] if self.bias else self._zeros(use, x)
        y = use.array("y", (self.units, x.shape[1]), x.dtype)
        taps = use.plan(self._plan, x.shape).forward
        _product(use, use.parameters["weight"], taps, x, bias, y)
        return y

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray | None:
        """Return dx (inputs, N) of dy (units, N)."""
        x, weight, gradients = use.kept["x"], use.parameters["weight"], use.gradients
        plan, zeros = use.plan(self._plan, x.shape), self._zeros(use, x)
        dbias = gradients["bias"] if self.bias else use.array("dbias", (self.units,), x.dtype)
        across = use.array("across", x.shape[::-1], x.dtype)
        product = use.array("product", weight.shape, x.dtype)
        use.run(loops.add_lines, dy[:, None], dbias)
        # The rows of dweight sum the rows of x turned, one for each picture.
        use.run(loops.turn, x, across)
        _product(use, dy, plan.weight, across, zeros, product)
        use.run(loops.add, product.reshape(-1), gradients["weight"].reshape(-1))
        if not use.wants_dx:
            return None
        dx = use.array("dx", x.shape, x.dtype)
        _product(use, weight, plan.input, dy, zeros, dx)
        return dx

    def _plan(self, shape: Shape) -> "DensePlan":
        inputs, batch = shape
        return DensePlan(
            _taps(inputs, batch, 1, inputs),
            _taps(batch, inputs, 1, batch),
            _taps(self.units, batch, inputs, 1),
        )

    def _zeros(self, use: Use, like: np.ndarray) -> np.ndarray:
        most = max(use.parameters["weight"].shape)
        return use.array("zeros", (most,), like.dtype, fill=0)


class DensePlan(NamedTuple):
    """The taps of y, of the weights' gradient and of dx, for one shape of input."""

    forward: loops.Taps
    weight: loops.Taps
    input: loops.Taps


def _taps(count: int, row: int, place: int, step: int) -> loops.Taps:
    """Return the taps of a product of matrices: rows of the second weighed by the first."""
    numbers, none = np.arange(count), np.zeros(1, np.int64)
    return loops.Taps(none, none, np.array([count]), numbers * row, numbers * place, step)


def _product(use: Use, a: np.ndarray, taps: loops.Taps, b: np.ndarray, start, out) -> None:
    use.run(loops.weigh, b.reshape(-1), taps, a.reshape(-1), start, 1, out[:, None])
