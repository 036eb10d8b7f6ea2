"""Pooling: one number for every window of a channel."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ....filters.windows import Axis, Padding, axis_padding, pair, pooling_axis
from ....images.errors import EdgewiseError
from . import pooling_loops as loops
from .base import Layer, Parameter, Shape, Use, image_shape


class PoolPlan(NamedTuple):
    """Where everything lies, for one shape of input.

    rows, columns : (size, stride, before); shape : of the output, (C, OH, OW, N);
    shares : (OH, OW), what a window's sum is multiplied with; pairs : whether
    all windows are 2x2 pixels, side by side, inside the image.
    """

    rows: tuple[int, int, int]
    columns: tuple[int, int, int]
    shape: Shape
    shares: np.ndarray
    pairs: bool


class _Pool(Layer):
    """What pooling layers share: where their windows lie."""

    size: int | tuple[int, int] = 2
    stride: int | tuple[int, int] | None = None
    padding: Padding = 0
    ceil: bool = False

    def axes(self, shape: Shape) -> tuple[Axis, Axis]:
        """Return where the windows lie, rows and columns."""
        _, height, width = image_shape(self, shape)
        size = pair(self.size, "size")
        settings = zip(
            (height, width),
            size,
            pair(size if self.stride is None else self.stride, "stride"),
            axis_padding(self.padding),
            strict=True,
        )
        rows, columns = (
            pooling_axis(n, k, stride=s, dilation=1, padding=p, ceil=self.ceil)
            for n, k, s, p in settings
        )
        return rows, columns

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return (C, OH, OW)."""
        rows, columns = self.axes(shapes[0])
        return shapes[0][0], rows.count, columns.count

    def plan(self, shape: Shape) -> PoolPlan:
        """Return where the windows lie for inputs (C, H, W, N)."""
        rows, columns = self.axes(shape[:3])
        counts = np.outer(self.counts(rows), self.counts(columns))
        return PoolPlan(
            (rows.size, rows.stride, rows.before),
            (columns.size, columns.stride, columns.before),
            (shape[0], rows.count, columns.count, shape[3]),
            1 / counts,
            all(
                (axis.size, axis.stride, axis.before) == (2, 2, 0) and 2 * axis.count <= axis.length
                for axis in (rows, columns)
            ),
        )

    def counts(self, axis: Axis) -> np.ndarray:
        """Return by how many positions along an axis a sum is divided, window by window."""
        return np.ones(axis.count)


@dataclass(frozen=True)
class MaxPool(_Pool):
    """The largest number of each window, as PyTorch's ``MaxPool2d``.

    Parameters
    ----------
    size : int or (int, int)
    stride : int or (int, int), optional
        The size when left out.
    padding : {'valid', 'same', 'full'}, int, (int, int) or ((int, int), (int, int))
        Never wins.
    ceil : bool
        Keep a last window that hangs over the end.

    Notes
    -----
    The gradient goes to the first of equals, row by row. A rectifier gives the
    same after pooling as before it, for a quarter of the work.
    """

    size: int | tuple[int, int] = 2
    stride: int | tuple[int, int] | None = None
    padding: Padding = 0
    ceil: bool = False

    kind = "maxpool"

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y (C, OH, OW, N) of x (C, H, W, N)."""
        plan = use.plan(self.plan, x.shape)
        y = use.array("y", plan.shape, x.dtype)
        winners = use.array("winners", plan.shape, np.int32)
        use.kept.update(shape=x.shape, winners=winners)
        if plan.pairs:
            use.run(loops.max_pool_pairs, x, y, winners)
        else:
            use.run(loops.max_pool, x, plan.rows, plan.columns, y, winners)
        return y

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx (C, H, W, N) of dy (C, OH, OW, N)."""
        dx = use.array("dx", use.kept["shape"], dy.dtype)
        plan, winners = use.plan(self.plan, dx.shape), use.kept["winners"]
        if plan.pairs:
            use.run(loops.max_pool_pairs_backward, dy, winners, dx)
        else:
            use.run(loops.max_pool_backward, dy, winners, plan.rows, plan.columns, dx)
        return dx


@dataclass(frozen=True)
class AveragePool(_Pool):
    """The average of each window, as PyTorch's ``AvgPool2d``.

    Parameters
    ----------
    size : int or (int, int)
    stride : int or (int, int), optional
        The size when left out.
    padding : {'valid', 'same', 'full'}, int, (int, int) or ((int, int), (int, int))
    ceil : bool
        Keep a last window that hangs over the end.
    count_padding : bool
        Whether to divide by the padded pixels too (PyTorch does, unless told
        otherwise); what hangs over the end never counts.
    """

    size: int | tuple[int, int] = 2
    stride: int | tuple[int, int] | None = None
    padding: Padding = 0
    ceil: bool = False
    count_padding: bool = False

    kind = "avgpool"

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y (C, OH, OW, N) of x (C, H, W, N)."""
        use.kept["shape"] = x.shape
        plan = use.plan(self.plan, x.shape)
        y = use.array("y", plan.shape, x.dtype)
        use.run(loops.sum_pool, x, plan.rows, plan.columns, plan.shares, y)
        return y

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx (C, H, W, N) of dy (C, OH, OW, N)."""
        dx = use.array("dx", use.kept["shape"], dy.dtype)
        plan = use.plan(self.plan, dx.shape)
        use.run(loops.sum_pool_backward, dy, plan.rows, plan.columns, plan.shares, dx)
        return dx

    def counts(self, axis: Axis) -> np.ndarray:
        """Return how many positions of each window along an axis count."""
        first = np.arange(axis.count) * axis.stride - axis.before
        low, high = (
            (-axis.before, axis.length + axis.after) if self.count_padding else (0, axis.length)
        )
        return np.minimum(first + axis.size, high) - np.maximum(first, low)


@dataclass(frozen=True)
class GlobalPool(Layer):
    """One number for each channel: the average, or the largest, of the whole image.

    Parameters
    ----------
    what : {'average', 'max'}
    """

    what: str = "average"

    kind = "globalpool"

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return (C,)."""
        if self.what not in ("average", "max"):
            raise EdgewiseError(f'globalpool:{self.what}: write "average" or "max"')
        return (image_shape(self, shapes[0])[0],)

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y (C, N) of x (C, H, W, N)."""
        use.kept["shape"] = x.shape
        pixels = x.reshape(len(x), -1, x.shape[3])
        y = use.array("y", (len(x), x.shape[3]), x.dtype)
        if self.what == "average":
            use.then(lambda: pixels.mean(axis=1, out=y))
            return y
        use.kept["winners"] = winners = use.array("winners", y.shape, np.intp)

        def choose() -> None:
            pixels.argmax(axis=1, out=winners)
            pixels.max(axis=1, out=y)

        use.then(choose)
        return y

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx (C, H, W, N) of dy (C, N)."""
        shape = use.kept["shape"]
        dx = use.array("dx", (shape[0], shape[1] * shape[2], shape[3]), dy.dtype)
        if self.what == "average":
            count = dx.dtype.type(dx.shape[1])
            use.then(lambda: np.copyto(dx, dy[:, None] / count))
            return dx.reshape(shape)
        winners = use.kept["winners"]

        def give() -> None:
            dx[:] = 0
            np.put_along_axis(dx, winners[:, None], dy[:, None], axis=1)

        use.then(give)
        return dx.reshape(shape)


@dataclass(frozen=True)
class ScaledPool(_Pool):
    """The sum of each window, times a trained weight, plus a trained bias.

    The sub-sampling layers of LeNet-5 (LeCun et al. 1998, section II.B): one
    weight and one bias for each channel.

    Parameters
    ----------
    size : int or (int, int)
    """

    size: int | tuple[int, int] = 2

    kind = "scaledpool"

    def wanted(self, *shapes: Shape) -> dict[str, Parameter]:
        """Return weight (C,), first 1 / pixels of the window, and bias (C,)."""
        tall, wide = pair(self.size, "size")
        channels = shapes[0][:1]
        return {"weight": Parameter(channels, value=1 / (tall * wide)), "bias": Parameter(channels)}

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y (C, OH, OW, N) of x (C, H, W, N)."""
        plan = use.plan(self.plan, x.shape)
        sums = use.array("sums", plan.shape, x.dtype)
        use.kept.update(shape=x.shape, sums=sums)
        use.run(loops.sum_pool, x, plan.rows, plan.columns, plan.shares, sums)
        weight, bias = (use.parameters[name][:, None, None, None] for name in ("weight", "bias"))
        y = use.array("y", plan.shape, x.dtype)
        use.then(lambda: np.add(np.multiply(sums, weight, out=y), bias, out=y))
        return y

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx (C, H, W, N) of dy (C, OH, OW, N)."""
        scaled = use.array("scaled", dy.shape, dy.dtype)
        weight, sums = use.parameters["weight"][:, None, None, None], use.kept["sums"]

        def scale() -> None:
            use.gradients["weight"] += np.multiply(dy, sums, out=scaled).sum(axis=(1, 2, 3))
            use.gradients["bias"] += dy.sum(axis=(1, 2, 3))
            np.multiply(dy, weight, out=scaled)

        use.then(scale)
        dx = use.array("dx", use.kept["shape"], dy.dtype)
        plan = use.plan(self.plan, dx.shape)
        use.run(loops.sum_pool_backward, scaled, plan.rows, plan.columns, plan.shares, dx)
        return dx
