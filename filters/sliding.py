"""How the steps of a chain lay their windows over an image."""

from dataclasses import dataclass

import numpy as np

from .borders import border_name
from .correlation import convolve, correlate
from .registry import AnyFloat
from .windows import (
    Axis,
    Padding,
    Rows,
    axis_padding,
    correlation_axis,
    made_up,
    pair,
)


@dataclass(frozen=True)
class Windows:
    """How a correlating step lays its windows; the settings of `correlate`."""

    stride: int | tuple[int, int] = 1
    dilation: int | tuple[int, int] = 1
    padding: Padding = "same"
    border: str = "reflect"
    fill: AnyFloat = 0.0
    flip: bool = False

    def __post_init__(self) -> None:
        # Now, not with the first picture: a mistake here spoils all of them.
        pair(self.stride, "stride")
        pair(self.dilation, "dilation")
        axis_padding(self.padding)
        border_name(self.border)

    def slide(self, image: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Correlate, or with `flip` convolve, in float32."""
        operation = convolve if self.flip else correlate
        return operation(
            image,
            weights,
            stride=self.stride,
            dilation=self.dilation,
            padding=self.padding,
            border=self.border,
            fill=self.fill,
        )

    def axis(self, which: int, length: int, size: int) -> Axis:
        """Lay odd windows of a size along rows, 0, or columns, 1."""
        return correlation_axis(
            length,
            size,
            stride=pair(self.stride, "stride")[which],
            dilation=pair(self.dilation, "dilation")[which],
            padding=axis_padding(self.padding)[which],
            anchor=size // 2,
        )

    def axes(self, image: np.ndarray, shape: tuple[int, int]) -> tuple[Axis, Axis]:
        """Lay odd windows of a shape along the rows and the columns of an image."""
        rows, columns = (self.axis(k, image.shape[k], shape[k]) for k in (0, 1))
        return rows, columns

    def reach(
        self, shape: tuple[int, int], anchor: tuple[int, int] | None = None
    ) -> tuple[Rows | None, Rows | None]:
        """Return which rows, and which columns, the results of windows of a shape come from.

        None along an axis that they stride over.
        """
        rows, columns = (self._reach(axis, shape, anchor) for axis in (0, 1))
        return rows, columns

    def _reach(self, axis: int, shape: tuple[int, int], anchor: tuple[int, int] | None):
        if pair(self.stride, "stride")[axis] != 1:
            return None
        size = shape[axis]
        place = size // 2 if anchor is None else anchor[axis]
        # A flipped kernel's anchor lies as far from its other end.
        place = size - 1 - place if self.flip else place
        dilation = pair(self.dilation, "dilation")[axis]
        span = dilation * (size - 1)
        before, after = made_up(axis_padding(self.padding)[axis], span, dilation * place)
        return Rows(before, after, span, border_name(self.border) == "wrap")

    def centres(self, image: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
        """Return the pixel in the middle of every window of an odd shape, float32."""
        if self.padding == "same" and self.stride in (1, (1, 1)):
            return image.astype(np.float32)
        middle = np.zeros(shape, np.float32)
        middle[shape[0] // 2, shape[1] // 2] = 1
        return self.slide(image, middle)
