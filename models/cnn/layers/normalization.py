"""Layers that bring their inputs to a common scale."""

import math
from dataclasses import dataclass

import numpy as np

from ....images.errors import EdgewiseError
from . import loops
from .base import Layer, Parameter, Shape, Use, image_shape


@dataclass(frozen=True)
class BatchNorm(Layer):
    """Give every channel mean 0 and variance 1 over the batch, then scale and shift it.

    Ioffe and Szegedy 2015. In training mean and variance are those of the batch
    (of the part of it that one thread holds, while `fit` trains); otherwise
    running averages.

    Parameters
    ----------
    epsilon : float
        Added to the variance.
    momentum : float
        Weight of the newest batch in the running averages.

    Notes
    -----
    As PyTorch's ``BatchNorm2d``: the running variance is the unbiased one.
    Unlike there, `fit` weighs the first batches alike, each with 1 / (batches so
    far): a short training would else be judged by what the averages began with.
    """

    epsilon: float = 1e-5
    momentum: float = 0.1

    kind = "batchnorm"

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return the input's shape."""
        if not (0 < self.epsilon < math.inf and 0 <= self.momentum <= 1):
            raise EdgewiseError(f"{self.text}: epsilon is above 0, momentum from 0 to 1")
        return shapes[0]

    def wanted(self, *shapes: Shape) -> dict[str, Parameter]:
        """Return weight (C,), first 1, and bias (C,)."""
        return {"weight": Parameter(shapes[0][:1], value=1), "bias": Parameter(shapes[0][:1])}

    def states(self, *shapes: Shape) -> dict[str, Parameter]:
        """Return mean (C,) and variance (C,), the running averages."""
        return {"mean": Parameter(shapes[0][:1]), "variance": Parameter(shapes[0][:1], value=1)}

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y, shaped as x (C, ..., N)."""
        rows, y = x.reshape(len(x), -1), use.array("y", x.shape, x.dtype)
        weight, bias = use.parameters["weight"], use.parameters["bias"]
        use.kept.update(x=rows, training=use.training)
        if use.training:
            mean, variance = (use.array(name, (len(x),), x.dtype) for name in ("mean", "variance"))
            use.kept.update(mean=mean, variance=variance)
            use.run(
                loops.batch_norm, rows, weight, bias, self.epsilon, mean, variance,
                y.reshape(rows.shape),
            )  # fmt: skip
            return y
        use.kept["scale"] = scale = use.array("scale", (len(x),), x.dtype)
        out, epsilon = y.reshape(rows.shape), x.dtype.type(self.epsilon)

        def scale_and_shift() -> None:
            np.divide(weight, np.sqrt(use.state["variance"] + epsilon), out=scale)
            np.multiply(rows, scale[:, None], out=out)
            np.add(out, (bias - use.state["mean"] * scale)[:, None], out=out)

        use.then(scale_and_shift)
        return y

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx, shaped as dy."""
        x, upper = use.kept["x"], dy.reshape(len(dy), -1)
        dx = use.array("dx", dy.shape, dy.dtype)
        if use.kept["training"]:
            use.run(
                loops.batch_norm_backward, upper, x, use.parameters["weight"], self.epsilon,
                use.kept["mean"], use.kept["variance"], use.gradients["weight"],
                use.gradients["bias"], dx.reshape(upper.shape),
            )  # fmt: skip
            return dx
        scale, out = use.kept["scale"], dx.reshape(upper.shape)

        def scale_back() -> None:
            deviation = np.sqrt(use.state["variance"] + dy.dtype.type(self.epsilon))
            standard = (x - use.state["mean"][:, None]) / deviation[:, None]
            use.gradients["weight"] += (upper * standard).sum(axis=1)
            use.gradients["bias"] += upper.sum(axis=1)
            np.multiply(upper, scale[:, None], out=out)

        use.then(scale_back)
        return dx

    def absorb(self, uses: list[Use], least: float = 0.0) -> None:
        """Move the running averages towards the mean of what the uses have seen.

        Parameters
        ----------
        uses : list of Use
        least : float
            Weight of what was seen now, where `momentum` is less.
        """
        state, newest = uses[0].state, max(self.momentum, least)
        seen = [use.kept["x"].shape[1] for use in uses]
        for name in ("mean", "variance"):
            total = sum(
                use.kept[name] * (n / max(n - 1, 1) if name == "variance" else 1) * (n / sum(seen))
                for use, n in zip(uses, seen, strict=True)
            )
            state[name] *= state[name].dtype.type(1 - newest)
            state[name] += state[name].dtype.type(newest) * total


@dataclass(frozen=True)
class LocalResponseNorm(Layer):
    """Divide by the neighbouring channels' strength at the same pixel.

    ``y[c] = x[c] / (k + alpha / size * sum of x[c']**2) ** beta``, c' from
    c - size // 2 to c + (size - 1) // 2 (Krizhevsky et al. 2012, section 3.3,
    with PyTorch's alpha, which is `size` times the paper's).

    Parameters
    ----------
    size : int
    alpha, beta, k : float
    """

    size: int = 5
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 2.0

    kind = "localresponsenorm"

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return (C, H, W)."""
        numbers = self.alpha, self.beta, self.k
        if self.size < 1 or self.k <= 0 or not all(0 <= n < math.inf for n in numbers):
            raise EdgewiseError(
                f"{self.text}: size is at least 1, alpha and beta at least 0, k above 0"
            )
        return image_shape(self, shapes[0])

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Return y, shaped as x (C, H, W, N)."""
        number = x.dtype.type
        y, base = (use.array(name, x.shape, x.dtype) for name in ("y", "base"))
        use.kept.update(x=x, base=base)

        def weaken() -> None:
            strength = _over_channels(x * x, self.size // 2, (self.size - 1) // 2)
            np.add(number(self.k), number(self.alpha / self.size) * strength, out=base)
            np.multiply(x, base ** number(-self.beta), out=y)

        use.then(weaken)
        return y

    def backward(self, use: Use, dy: np.ndarray) -> np.ndarray:
        """Return dx, shaped as dy."""
        x, base, number = use.kept["x"], use.kept["base"], dy.dtype.type
        dx = use.array("dx", dy.shape, dy.dtype)

        def weaken() -> None:
            power = base ** number(-self.beta)
            # Channel c is in the sums of those whose window it is in: the window turned around.
            felt = _over_channels(dy * x * power / base, (self.size - 1) // 2, self.size // 2)
            indirect = number(2 * self.alpha * self.beta / self.size) * x * felt
            np.subtract(dy * power, indirect, out=dx)

        use.then(weaken)
        return dx


def _over_channels(x: np.ndarray, before: int, after: int) -> np.ndarray:
    """Return for each channel the sum of those from `before` below to `after` above it."""
    # Beyond the first and the last channel there is nothing to add.
    before, after = min(before, len(x) - 1), min(after, len(x) - 1)
    padding = [(before, after)] + [(0, 0)] * (x.ndim - 1)
    padded = np.pad(x, padding)
    return sum((padded[i : i + len(x)] for i in range(1, before + after + 1)), padded[: len(x)])
