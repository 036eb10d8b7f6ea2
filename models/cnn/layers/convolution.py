"""Convolution: the kernels that are learned."""

import math
from dataclasses import dataclass

import numpy as np

from ....filters.windows import Axis, Padding, axis_padding, correlation_axis, pair
from ....images.errors import EdgewiseError
from . import loops
from .base import Layer, Parameter, Shape, Use, image_shape
from .taps import ConvolutionPlan, plan_convolution


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
        Zeros around the image; ``same`` puts the smaller half before it.
    groups : int
        Output channels of a group see the input channels of that group only.
    bias : bool

    Notes
    -----
    weight is (F, C/groups, KH, KW) and bias (F,), as in PyTorch's ``Conv2d``.
    All three passes are sums of shifted rows, and differ in which rows: see
    `taps`. On one core, in 1e9 multiply-adds a second, with 32
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
            correlation_axis(n, k, stride=s, dilation=d, padding=_halves(p, d * (k - 1)), anchor=0)
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
        window = math.prod(self.wanted(*shapes)["weight"].shape[1:])
        return math.prod(self.output_shape(*shapes)) * window

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y (F, OH, OW, N) of x (C, H, W, N)."""
        plan, batch = use.plan(self._plan, x.shape), x.shape[3]
        padded = x[:, :, None]
        if plan.before >= 0:
            padded = use.array("padded", (*x.shape[:2], *plan.padded, batch), x.dtype, fill=0)
        use.kept.update(padded=padded, shape=x.shape)
        height, width = plan.rows.count, plan.columns.count
        y = use.array("y", (self.filters, height, width * batch), x.dtype)
        bias = use.parameters["bias"] if self.bias else self._zeros(use, x)
        weight = use.parameters["weight"].reshape(-1)
        if plan.before >= 0:
            use.run(loops.spread_columns, x, plan.before, padded)
        use.run(loops.weigh, padded.reshape(-1), plan.forward, weight, bias, self.groups, y)
        return y.reshape(self.filters, height, width, batch)

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray | None:
        """Return dx (C, H, W, N) of dy (F, OH, OW, N)."""
        shape, rows = use.kept["shape"], dy.reshape(*dy.shape[:2], -1)
        plan, gradients = use.plan(self._plan, shape), use.gradients
        dbias = gradients["bias"] if self.bias else use.array("dbias", (self.filters,), dy.dtype)
        padded = use.kept["padded"]
        line = padded[0, 0].size * plan.rows.stride
        use.run(loops.add_lines, rows, dbias)
        use.run(
            loops.multiply, rows, padded.reshape(-1), line, plan.forward, plan.tops, plan.bottoms,
            self.groups, gradients["weight"].reshape(-1),
        )  # fmt: skip
        if not use.wants_dx:
            return None
        spread, strides = dy, (plan.rows.stride, plan.columns.stride)
        if plan.left >= 0:
            spread = use.array("spread", (len(dy), *plan.spread, dy.shape[3]), dy.dtype, fill=0)
            use.run(loops.spread_pixels, dy, strides, plan.left, spread)
        dx = use.array("dx", (*shape[:2], shape[2] * shape[3]), dy.dtype)
        weight = use.parameters["weight"].reshape(-1)
        use.run(
            loops.weigh, spread.reshape(-1), plan.backward, weight, self._zeros(use, dy),
            self.groups, dx,
        )  # fmt: skip
        return dx.reshape(shape)

    def _plan(self, shape: Shape) -> ConvolutionPlan:
        kernel = self.wanted(shape[:3])["weight"].shape[1:]
        return plan_convolution(
            kernel, self.filters // self.groups, *self.axes(shape[:3]), batch=shape[3]
        )

    def _zeros(self, use: Use, like: np.ndarray) -> np.ndarray:
        most = max(self.filters, use.kept["shape"][0] if use.kept else 0)
        return use.array("zeros", (most,), like.dtype, fill=0)


def _halves(padding: str | tuple[int, int], span: int) -> str | tuple[int, int]:
    """Return the zeros before and after that ``same`` stands for in PyTorch."""
    return (span // 2, span - span // 2) if padding == "same" else padding
