"""Dense layers: a window that covers everything."""

from dataclasses import dataclass
from functools import lru_cache

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
        bias = use.parameters.get("bias")
        start = np.zeros(self.units, x.dtype) if bias is None else bias
        y = use.array("y", (self.units, x.shape[1]), x.dtype)
        return _product(use.parameters["weight"], x, start, y)

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray | None:
        """Return dx (inputs, N) of dy (units, N)."""
        x, weight = use.kept["x"], use.parameters["weight"]
        if self.bias:
            use.gradients["bias"] += dy.sum(axis=1)
        # The rows of dweight sum the rows of x, one for each picture.
        across = np.ascontiguousarray(x.T)
        product = use.array("dweight", weight.shape, x.dtype)
        zeros = np.zeros(max(weight.shape), x.dtype)
        use.gradients["weight"] += _product(dy, across, zeros, product)
        if not use.wants_dx:
            return None
        return _product_turned(weight, dy, zeros, use.array("dx", x.shape, x.dtype))


def _product(a: np.ndarray, b: np.ndarray, start: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Set out to ``start[:, None] + a @ b``."""
    return _weigh(a, b, start, out, *_steps(len(b), b.shape[1], 1), a.shape[1])


def _product_turned(a: np.ndarray, b: np.ndarray, start: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Set out to ``start[:, None] + a.T @ b``, without turning a."""
    return _weigh(a, b, start, out, *_steps(len(b), b.shape[1], a.shape[1]), 1)


def _weigh(a, b, start, out, offsets, places, one_line, last, step) -> np.ndarray:
    loops.weigh(b.reshape(-1), one_line, one_line, last, offsets, a.reshape(-1), places, step,
                start, out[:, None, :])  # fmt: skip
    return out


@lru_cache(maxsize=256)
def _steps(taps: int, row: int, place: int) -> tuple[np.ndarray, ...]:
    numbers = np.arange(taps)
    return numbers * row, numbers * place, np.zeros(1, np.int64), np.array([taps])
