"""Convolution: the kernels that are learned."""

from dataclasses import dataclass

import numpy as np

from ....filters.windows import Axis, Padding, axis_padding, correlation_axis, pair
from ....images.errors import EdgewiseError
from . import loops
from .base import Layer, Parameter, Shape, Use, image_shape
from .taps import (
    backward_taps,
    forward_taps,
    group_lines,
    spread_columns,
    spread_gradient,
)


@dataclass(frozen=True)
class Conv(Layer):
    """Correlate with learned kernels; every output channel sums over all input channels.

    ``y[n, f, i, j] = bias[f] + sum over c, u, v of
    x[n, c, i*stride + u*dilation - padding, j*stride + v*dilation - padding] * weight[f, c, u, v]``

    Parameters
    ----------
    filters : int
        Output channels, F.
    kernel : int or (int, int)
        Rows and columns, KH and KW.
    stride, dilation : int or (int, int)
    padding : {'valid', 'same', 'full'}, int, (int, int) or ((int, int), (int, int))
        Zeros around the image.
    groups : int
        Output channels of a group see the input channels of that group only.
    bias : bool

    Notes
    -----
    weight is (F, C/groups, KH, KW) and bias (F,), as in PyTorch's ``Conv2d``.
    All three passes are weighted sums of shifted rows, and differ in which
    rows: see `taps`. On one core, in 1e9 multiply-adds a second, with 32
    pictures: forward 100 to 110, weight gradient 80 to 105, where OpenBLAS's
    matrix product reaches 50.
    """

    filters: int
    kernel: int | tuple[int, int] = 3
    stride: int | tuple[int, int] = 1
    dilation: int | tuple[int, int] = 1
    padding: Padding = 0
    groups: int = 1
    bias: bool = True

    kind = "conv"

    def axes(self, shape: Shape) -> tuple[Axis, Axis]:
        """Return where the windows lie, rows and columns."""
        _, height, width = image_shape(self, shape)
        settings = zip(
            (height, width),
            pair(self.kernel, "kernel"),
            pair(self.stride, "stride"),
            pair(self.dilation, "dilation"),
            axis_padding(self.padding),
            strict=True,
        )
        rows, columns = (
            correlation_axis(n, k, stride=s, dilation=d, padding=p, anchor=(k - 1) // 2)
            for n, k, s, d, p in settings
        )
        return rows, columns

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return (F, OH, OW)."""
        channels = image_shape(self, shapes[0])[0]
        if self.filters < 1 or self.groups < 1:
            raise EdgewiseError(f"{self.text}: filters and groups are at least 1")
        if channels % self.groups or self.filters % self.groups:
            raise EdgewiseError(
                f"{self.groups} groups do not divide {channels} input and {self.filters} output "
                "channels"
            )
        rows, columns = self.axes(shapes[0])
        return self.filters, rows.count, columns.count

    def wanted(self, *shapes: Shape) -> dict[str, Parameter]:
        """Return weight (F, C/groups, KH, KW) and bias (F,)."""
        channels = shapes[0][0] // self.groups
        kernel = pair(self.kernel, "kernel")
        inputs = channels * kernel[0] * kernel[1]
        weight = Parameter((self.filters, channels, *kernel), inputs, decays=True)
        return {"weight": weight} | ({"bias": Parameter((self.filters,))} if self.bias else {})

    def multiply_adds(self, *shapes: Shape) -> int:
        """Return F * OH * OW * C/groups * KH * KW."""
        window = np.prod(self.wanted(*shapes)["weight"].shape[1:])
        return int(np.prod(self.output_shape(*shapes)) * window)

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y (F, OH, OW, N) of x (C, H, W, N)."""
        rows, columns = self.axes(x.shape[:3])
        batch, weight = x.shape[3], use.parameters["weight"]
        padded = spread_columns(use, "padded", x, columns)
        taps = forward_taps(weight.shape[1:], rows, columns, batch)
        use.kept.update(padded=padded, shape=x.shape)
        y = use.array("y", (self.filters, rows.count, columns.count * batch), x.dtype)
        bias = use.parameters.get("bias")
        start = np.zeros(self.filters, x.dtype) if bias is None else bias
        for part, own in self._split(padded, y, weight, start):
            loops.weigh(part.reshape(-1), taps.lines, taps.firsts, taps.lasts, taps.offsets,
                        own[1].reshape(-1), taps.places, taps.step, own[2], own[0])  # fmt: skip
        return y.reshape(self.filters, rows.count, columns.count, batch)

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray | None:
        """Return dx (C, H, W, N) of dy (F, OH, OW, N)."""
        rows, columns = self.axes(use.kept["shape"][:3])
        batch, weight, padded = dy.shape[3], use.parameters["weight"], use.kept["padded"]
        lines = dy.reshape(self.filters, rows.count, -1)
        if self.bias:
            use.gradients["bias"] += lines.sum(axis=(1, 2))
        taps = forward_taps(weight.shape[1:], rows, columns, batch)
        tops, bottoms = group_lines(rows)
        x_line = padded[0, 0].size * rows.stride
        for part, own in self._split(padded, lines, use.gradients["weight"]):
            loops.weigh_backward(
                own[0], part.reshape(-1), taps.lines, x_line, tops, bottoms,
                taps.offsets, taps.places, taps.step, own[1].reshape(-1),
            )  # fmt: skip
        return self._input_gradient(use, dy, rows, columns) if use.wants_dx else None

    def _input_gradient(self, use: Use, dy: np.ndarray, rows: Axis, columns: Axis) -> np.ndarray:
        """Return dx: each input pixel sums the windows that saw it, so taps run backwards."""
        channels, height, width, batch = use.kept["shape"]
        weight = use.parameters["weight"]
        filters = self.filters // self.groups
        taps = backward_taps(weight.shape[1:], filters, rows, columns, batch)
        source = spread_gradient(use, dy, rows, columns)
        dx = use.array("dx", (channels, height, width * batch), dy.dtype)
        start = np.zeros(channels, dy.dtype)
        for part, own in self._split(source, dx, weight, start):
            loops.weigh(part.reshape(-1), taps.lines, taps.firsts, taps.lasts, taps.offsets,
                        own[1].reshape(-1), taps.places, taps.step, own[2], own[0])  # fmt: skip
        return dx.reshape(channels, height, width, batch)

    def _split(self, source: np.ndarray, *others: np.ndarray):
        """Yield each group's part of the rows, and of other arrays by their first axis."""
        if self.groups == 1:
            yield source, others
            return
        parts = [np.split(array, self.groups) for array in (source, *others)]
        for part, *own in zip(*parts, strict=True):
            yield part, own
