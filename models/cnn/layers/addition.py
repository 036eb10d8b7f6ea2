"""The sum of several branches."""

from dataclasses import dataclass

import numpy as np

from ....images.errors import EdgewiseError
from .base import Layer, Shape, Use


@dataclass(frozen=True)
class Add(Layer):
    """Add the inputs, as a residual connection does (He et al. 2016)."""

    kind = "add"

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return the shape that all inputs have."""
        if len(set(shapes)) != 1:
            words = " and ".join("x".join(map(str, shape)) for shape in dict.fromkeys(shapes))
            raise EdgewiseError(f"add needs inputs of one shape, and gets {words}")
        return shapes[0]

    def forward(self, use: Use, *inputs: np.ndarray) -> np.ndarray:
        """Return the sum, shaped as each input."""
        use.kept["count"] = len(inputs)
        y = use.array("y", inputs[0].shape, inputs[0].dtype)

        def add() -> None:
            y[...] = inputs[0]
            for other in inputs[1:]:
                np.add(y, other, out=y)

        use.then(add)
        return y

    def backward(self, use: Use, dy: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return dy for every input."""
        return (dy,) * use.kept["count"]
