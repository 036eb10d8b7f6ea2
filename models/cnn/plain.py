"""A network's answers in NumPy alone, for so little work that loading Numba would take longer.

Most layers say what they give outside training in NumPy already; here are the
ones that have loops. The batch is innermost, as everywhere in a network. Nothing
goes through BLAS, whose sums may depend on the number of threads; `einsum` of two
arrays reaches 4 to 12 multiply-adds a nanosecond here.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from ...filters.plain import pad, taps
from ...filters.windows import Axis, pair
from .layers import AveragePool, Conv, Dense, MaxPool, ScaledPool, Use
from .network import Network
from .tape import INPUT, Tape
from .training.batches import Normalization


def work(network: Network) -> int:
    """Return the multiply-adds, comparisons and other steps for one picture."""
    return sum(
        max(node.layer.multiply_adds(*node.input_shapes), math.prod(node.shape) * _window(node))
        for node in network.nodes
    )


def _window(node) -> int:
    """Return how many numbers a pooling layer puts together; 1 for any other layer."""
    pools = isinstance(node.layer, MaxPool | AveragePool | ScaledPool)
    return math.prod(pair(node.layer.size, "size")) if pools else 1


def scores_of(network: Network, images: np.ndarray, normalization: Normalization) -> np.ndarray:
    """Return a network's output for pictures.

    Parameters
    ----------
    network : Network
    images : ndarray, (M, H, W, C) uint8
    normalization : Normalization

    Returns
    -------
    ndarray, (M, classes) float32
    """
    factor, offset = (
        values[:, None, None, None] for values in (normalization.factor, normalization.offset)
    )
    return forward(network, images.transpose(3, 1, 2, 0) * factor + offset).T


def forward(network: Network, x: np.ndarray) -> np.ndarray:
    """Return the output for x outside training, the batch innermost in both.

    Parameters
    ----------
    network : Network
    x : ndarray, (C, H, W, N) or (features, N), float32

    Returns
    -------
    ndarray, (..., N) float32
    """
    values, uses = {INPUT: x}, Tape(network, learns=False).uses
    for node in network.nodes:
        run = FORWARD.get(node.layer.kind, type(node.layer).forward)
        inputs = (values[name] for name in node.inputs)
        values[node.name] = run(node.layer, uses[node.name], *inputs)
    return values[network.nodes[-1].name]


def convolve(layer: Conv, use: Use, x: np.ndarray) -> np.ndarray:
    """Return what `Conv.forward` does: for each tap of the kernel a matrix product."""
    rows, columns = layer.axes(x.shape[:3])
    y = np.zeros((layer.filters, rows.count, columns.count, x.shape[3]), x.dtype)
    weight = use.parameters["weight"]
    for u, v, seen in _taps(x, rows, columns):
        groups = zip(*(np.split(a, layer.groups) for a in (weight, seen, y)), strict=True)
        for own, part, total in groups:
            # Copied, so that whole images are one long row.
            part = np.ascontiguousarray(part).reshape(len(part), -1)
            total += np.einsum("fc,cp->fp", own[:, :, u, v], part).reshape(total.shape)
    return y + use.parameters["bias"][:, None, None, None] if layer.bias else y


def dense(layer: Dense, use: Use, x: np.ndarray) -> np.ndarray:
    """Return what `Dense.forward` does."""
    y = np.einsum("oi,ni->on", use.parameters["weight"], np.ascontiguousarray(x.T))
    return y + use.parameters["bias"][:, None] if layer.bias else y


def max_pool(layer: MaxPool, use: Use, x: np.ndarray) -> np.ndarray:
    """Return what `MaxPool.forward` does; NaN wins here too."""
    (_, _, largest), *others = _taps(x, *layer.axes(x.shape[:3]), fill=-np.inf)
    for _, _, seen in others:
        largest = np.maximum(largest, seen)
    return largest


def average_pool(layer: AveragePool, use: Use, x: np.ndarray) -> np.ndarray:
    """Return what `AveragePool.forward` does."""
    shares = layer.plan(x.shape).shares.astype(x.dtype)
    return _sums(layer, x) * shares[:, :, None]


def scaled_pool(layer: ScaledPool, use: Use, x: np.ndarray) -> np.ndarray:
    """Return what `ScaledPool.forward` does."""
    weight, bias = (use.parameters[name][:, None, None, None] for name in ("weight", "bias"))
    return _sums(layer, x) * weight + bias


def _sums(layer: AveragePool | ScaledPool, x: np.ndarray) -> np.ndarray:
    total, *others = (seen for _, _, seen in _taps(x, *layer.axes(x.shape[:3])))
    for seen in others:
        total = total + seen
    return total


def _taps(
    x: np.ndarray, rows: Axis, columns: Axis, fill: float = 0
) -> Iterator[tuple[int, int, np.ndarray]]:
    """Yield (u, v, what every window of x sees there, (C, OH, OW, N))."""
    padded = pad(np.moveaxis(x, 0, 2), rows, columns, "constant", fill)
    for u, v, seen in taps(padded, rows, columns):
        yield u, v, np.moveaxis(seen, 2, 0)


# By the names of the layers' kinds; whoever is not here needs no loop.
FORWARD: dict[str, Callable[..., np.ndarray]] = {
    "conv": convolve,
    "dense": dense,
    "maxpool": max_pool,
    "avgpool": average_pool,
    "scaledpool": scaled_pool,
}
