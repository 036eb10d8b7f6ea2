"""Each layer of a network as operators of ONNX.

Each function adds a layer to a graph and returns the name of what comes out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .cnn.layers.activations import AMPLITUDE, SLOPE

if TYPE_CHECKING:
    from ..filters.windows import Axis
    from .cnn.network import Node
    from .onnx_export import Graph


def _conv(graph: Graph, node: Node, inputs: list[str]) -> str:
    layer: Any = node.layer
    rows, columns = layer.axes(node.input_shapes[0])
    bias = [f"{node.owner}.bias"] if layer.bias else []
    return graph.add(
        "Conv",
        [*inputs, f"{node.owner}.weight", *bias],
        node.name,
        kernel_shape=[rows.size, columns.size],
        strides=[rows.stride, columns.stride],
        dilations=[rows.dilation, columns.dilation],
        pads=_pads(rows, columns),
        group=layer.groups,
    )


def _pads(rows: Axis, columns: Axis) -> list[int]:
    """Return top, left, bottom, right such that exactly the windows there are fit.

    ONNX counts its windows by itself, as many as fit. A window that hangs over
    the end needs padding; what is left over at the end is less than a stride,
    too little for one more.
    """
    return [rows.before, columns.before, *(_after(axis) for axis in (rows, columns))]


def _after(axis: Axis) -> int:
    reach = (axis.count - 1) * axis.stride + axis.span + 1
    return max(reach - axis.before - axis.length, 0)


def _window(rows: Axis, columns: Axis) -> dict[str, Any]:
    return {
        "kernel_shape": [rows.size, columns.size],
        "strides": [rows.stride, columns.stride],
    }


def _max_pool(graph: Graph, node: Node, inputs: list[str]) -> str:
    layer: Any = node.layer
    rows, columns = layer.axes(node.input_shapes[0])
    # Written out, because ONNX wants paddings smaller than the window.
    padded = _padded(graph, node, inputs[0], _pads(rows, columns), -np.inf)
    return graph.add("MaxPool", [padded], node.name, **_window(rows, columns))


def _padded(graph: Graph, node: Node, x: str, pads: list[int], fill: float) -> str:
    if not any(pads):
        return x
    top, left, bottom, right = pads
    both = graph.array(f"{node.name}.pads", [0, 0, top, left, 0, 0, bottom, right], np.int64)
    value = graph.array(f"{node.name}.fill", fill)
    return graph.add("Pad", [x, both, value], f"{node.name}.padded", mode="constant")


def _sums(graph: Graph, node: Node, x: str, name: str) -> str:
    """Add the sum over each window."""
    layer: Any = node.layer
    rows, columns = layer.axes(node.input_shapes[0])
    padded = _padded(graph, node, x, _pads(rows, columns), 0.0)
    means = graph.add("AveragePool", [padded], f"{node.name}.means", **_window(rows, columns))
    count = graph.array(f"{node.name}.pixels", rows.size * columns.size)
    return graph.add("Mul", [means, count], name)


def _average_pool(graph: Graph, node: Node, inputs: list[str]) -> str:
    # What a window is divided by differs at the edges, and from runtime to
    # runtime: sums, and then shares of our own.
    layer: Any = node.layer
    rows, columns = layer.axes(node.input_shapes[0])
    shares = 1 / np.outer(layer.counts(rows), layer.counts(columns))
    sums = _sums(graph, node, inputs[0], f"{node.name}.sums")
    return graph.add("Mul", [sums, graph.array(f"{node.name}.shares", shares)], node.name)


def _scaled_pool(graph: Graph, node: Node, inputs: list[str]) -> str:
    sums = _sums(graph, node, inputs[0], f"{node.name}.sums")
    weight, bias = (_per_channel(graph, node, key) for key in ("weight", "bias"))
    scaled = graph.add("Mul", [sums, weight], f"{node.name}.scaled")
    return graph.add("Add", [scaled, bias], node.name)


def _per_channel(graph: Graph, node: Node, key: str) -> str:
    """Return a layer's array (C,) as (C, 1, 1)."""
    shape = graph.array(f"{node.name}.{key}.shape", [-1, 1, 1], np.int64)
    return graph.add("Reshape", [f"{node.owner}.{key}", shape], f"{node.name}.{key}.column")


def _global_pool(graph: Graph, node: Node, inputs: list[str]) -> str:
    layer: Any = node.layer
    operator = {"average": "GlobalAveragePool", "max": "GlobalMaxPool"}[layer.what]
    pooled = graph.add(operator, inputs, f"{node.name}.pooled")
    return graph.add("Flatten", [pooled], node.name, axis=1)


def _flatten(graph: Graph, node: Node, inputs: list[str]) -> str:
    return graph.add("Flatten", inputs, node.name, axis=1)


def _dense(graph: Graph, node: Node, inputs: list[str]) -> str:
    layer: Any = node.layer
    bias = [f"{node.owner}.bias"] if layer.bias else []
    return graph.add("Gemm", [*inputs, f"{node.owner}.weight", *bias], node.name, transB=1)


def _plain(operator: str) -> Callable[[Graph, Node, list[str]], str]:
    def write(graph: Graph, node: Node, inputs: list[str]) -> str:
        return graph.add(operator, inputs, node.name)

    return write


def _leaky_relu(graph: Graph, node: Node, inputs: list[str]) -> str:
    layer: Any = node.layer
    return graph.add("LeakyRelu", inputs, node.name, alpha=float(layer.slope))


def _scaled_tanh(graph: Graph, node: Node, inputs: list[str]) -> str:
    slope = graph.array(f"{node.name}.slope", SLOPE)
    amplitude = graph.array(f"{node.name}.amplitude", AMPLITUDE)
    flat = graph.add("Mul", [*inputs, slope], f"{node.name}.flat")
    squashed = graph.add("Tanh", [flat], f"{node.name}.squashed")
    return graph.add("Mul", [squashed, amplitude], node.name)


def _batch_norm(graph: Graph, node: Node, inputs: list[str]) -> str:
    layer: Any = node.layer
    arrays = [f"{node.owner}.{key}" for key in ("weight", "bias", "mean", "variance")]
    epsilon = float(layer.epsilon)
    return graph.add("BatchNormalization", [*inputs, *arrays], node.name, epsilon=epsilon)


def _local_response_norm(graph: Graph, node: Node, inputs: list[str]) -> str:
    layer: Any = node.layer
    x, size = inputs[0], layer.size
    # ONNX's LRN leans to the other side where the size is even: written out as
    # a sum over channels, which is a convolution with a band of ones.
    channels = node.input_shapes[0][0]
    near = np.arange(channels) - np.arange(channels)[:, None]
    band = (near >= -(size // 2)) & (near <= (size - 1) // 2)
    if size % 2:
        return graph.add(
            "LRN", inputs, node.name, size=size, alpha=layer.alpha, beta=layer.beta, bias=layer.k
        )
    weight = graph.array(
        f"{node.name}.band", band[:, :, None, None] * np.float32(layer.alpha / size)
    )
    squares = graph.add("Mul", [x, x], f"{node.name}.squares")
    strength = graph.add("Conv", [squares, weight], f"{node.name}.strength", kernel_shape=[1, 1])
    k, beta = (graph.array(f"{node.name}.{key}", getattr(layer, key)) for key in ("k", "beta"))
    base = graph.add("Add", [strength, k], f"{node.name}.base")
    power = graph.add("Pow", [base, beta], f"{node.name}.power")
    return graph.add("Div", [x, power], node.name)


def _add(graph: Graph, node: Node, inputs: list[str]) -> str:
    return graph.add("Sum", inputs, node.name)


LAYERS: dict[str, Callable[[Graph, Node, list[str]], str]] = {
    "conv": _conv,
    "maxpool": _max_pool,
    "avgpool": _average_pool,
    "globalpool": _global_pool,
    "scaledpool": _scaled_pool,
    "dense": _dense,
    "flatten": _flatten,
    "relu": _plain("Relu"),
    "leakyrelu": _leaky_relu,
    "sigmoid": _plain("Sigmoid"),
    "tanh": _plain("Tanh"),
    "scaledtanh": _scaled_tanh,
    "batchnorm": _batch_norm,
    # Dropout only drops while a network is trained.
    "dropout": _plain("Identity"),
    "localresponsenorm": _local_response_norm,
    "add": _add,
}
