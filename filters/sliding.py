"""How the steps of a chain lay their windows over an image."""

from dataclasses import dataclass

import numpy as np

from ..images.errors import EdgewiseError
from .borders import BORDERS, OUTSIDE, border_index, border_name
from .correlation import convolve, correlate
from .registry import AnyFloat
from .values import as_planes
from .windows import (
    Axis,
    Padding,
    Rows,
    axis_padding,
    check_reach,
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

    def axes(self, image: np.ndarray, shape: tuple[int, int]) -> tuple[Axis, Axis]:
        """Lay odd windows of a shape along the rows and the columns of an image."""
        strides, dilations = pair(self.stride, "stride"), pair(self.dilation, "dilation")
        paddings = axis_padding(self.padding)
        rows, columns = (
            correlation_axis(
                image.shape[axis],
                shape[axis],
                stride=strides[axis],
                dilation=dilations[axis],
                padding=paddings[axis],
                anchor=shape[axis] // 2,
            )
            for axis in (0, 1)
        )
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

    def frame(self, image: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
        """Return the image (H, W, C) with what its windows see outside, in its own dtype.

        For filters that are not sums: they then take every window that lies
        inside the frame, and `sample` leaves those that are asked for.

        Raises
        ------
        EdgewiseError
            If a dilation is set, the windows are too large, or none fits.
        """
        planes, rows, columns, border = self.lay(image, shape)
        return _framed(planes, rows, columns, border, self.fill)

    def lay(self, image: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, Axis, Axis, str]:
        """Return the image (H, W, C), its windows' rows and columns, and the border; see `frame`.

        Raises
        ------
        EdgewiseError
            If a dilation is set, the windows are too large, or none fits.
        """
        if pair(self.dilation, "dilation") != (1, 1):
            raise EdgewiseError("it takes no dilation; leave dilation out")
        check_reach(max(shape) // 2)
        planes = as_planes(image)
        rows, columns = self.axes(planes, shape)
        border = border_name(self.border)
        if border not in BORDERS:
            raise EdgewiseError(f"it takes no border {border}; there are {', '.join(BORDERS)}")
        return planes, rows, columns, border

    def sample(self, result: np.ndarray, image: np.ndarray) -> np.ndarray:
        """Return every stride-th result, without the channel axis of a gray image."""
        rows, columns = pair(self.stride, "stride")
        if (rows, columns) != (1, 1):
            result = np.ascontiguousarray(result[::rows, ::columns])
        return result if np.ndim(image) == 3 else result[:, :, 0]


def _framed(planes: np.ndarray, rows: Axis, columns: Axis, border: str, fill: float) -> np.ndarray:
    height, width, channels = planes.shape
    top, left = rows.before, columns.before
    # A last window of a coarse stride need not reach the end of the image.
    below, right = max(rows.after, 0), max(columns.after, 0)
    if not (top or left or below or right):
        return planes
    framed = np.empty((top + height + below, left + width + right, channels), planes.dtype)
    framed[top : top + height, left : left + width] = planes
    column = border_index(width, left, right, border)
    sides = np.r_[0:left, left + width : framed.shape[1]]
    framed[top : top + height, sides] = _filled(planes, column[sides], 1, fill)
    row = border_index(height, top, below, border)
    ends = np.r_[0:top, top + height : framed.shape[0]]
    framed[ends] = _filled(framed[top : top + height], row[ends], 0, fill)
    return framed


def _filled(planes: np.ndarray, index: np.ndarray, axis: int, fill: float) -> np.ndarray:
    values = np.take(planes, np.maximum(index, 0), axis=axis)
    outside = [slice(None)] * 3
    outside[axis] = index == OUTSIDE
    if planes.dtype.kind == "u":
        fill = np.clip(np.rint(fill), 0, np.iinfo(planes.dtype).max)
    values[tuple(outside)] = fill
    return values
