"""Models as ONNX graphs, for other programs."""

import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import __version__
from ..features.config import HogConfig
from ..images.atomic import atomic_file
from ..images.errors import EdgewiseError, WordError
from .files import Model
from .linear import LinearModel
from .linear_calibration import Isotonic
from .linear_features import Features

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

    from .cnn.model import CnnModel
    from .cnn.network import Network, Node

# The oldest operator set with everything that is used here; runtimes of 2023
# and newer have it.
OPSET, IR = 18, 8
INPUT, OUTPUT = "images", "probabilities"
# What computes vectors that no command does: several HoGs joined, or pixels.
FROM_PYTHON = "edgewise.models.linear_features.compute"


def save_onnx(path: str | os.PathLike, model: Model, *, overwrite: bool = False) -> None:
    """Write a model as ONNX, whole or not at all.

    Parameters
    ----------
    path : path
        Ends in ``.onnx``.
    model : LinearModel or CnnModel
    overwrite : bool
        Whether a file may stand there already.

    Raises
    ------
    EdgewiseError
        If the package onnx is missing, the name ends otherwise, or the file
        exists and must be kept.

    Notes
    -----
    The same model gives the same bytes.
    """
    check_onnx_name(path)
    content = to_onnx(model).SerializeToString(deterministic=True)
    with atomic_file(path, overwrite=overwrite) as file:
        file.write(content)


def check_onnx_name(path: str | os.PathLike) -> None:
    """Raise WordError if a path does not end as ONNX files do."""
    if not os.fspath(path).endswith(".onnx"):
        raise WordError(f"{os.fspath(path)}: end the name of an ONNX file in .onnx")


def require_onnx() -> None:
    """Raise EdgewiseError if the package onnx is not installed."""
    try:
        import onnx  # noqa: F401
    except ImportError:
        raise EdgewiseError(
            "writing ONNX needs the package onnx; install it with pip install onnx"
        ) from None


def to_onnx(model: Model) -> "ModelProto":
    """Return a model as an ONNX graph.

    Parameters
    ----------
    model : LinearModel or CnnModel

    Returns
    -------
    onnx.ModelProto
        Of a CNN the input is ``images`` (N, C, H, W) float32 in 0 to 255,
        normalised inside; of a linear model ``features`` (N, n) float32, as
        `hog` gives them: HoG is no operator of ONNX. The output is
        ``probabilities`` (N, classes), or ``scores`` of an SVM without calibration. The classes,
        the size and the HoG settings stand in the metadata as JSON.

    Raises
    ------
    EdgewiseError
        If the package onnx is missing.
    """
    require_onnx()
    return _linear(model) if isinstance(model, LinearModel) else _cnn(model)


class Graph:
    """An ONNX graph that grows node by node."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.arrays: list[Any] = []

    def array(self, name: str, values: Any, dtype: Any = np.float32) -> str:
        """Store an array and return its name."""
        from onnx import numpy_helper

        content = np.array(values, dtype, order="C")
        self.arrays.append(numpy_helper.from_array(content, name))
        return name

    def add(self, operator: str, inputs: list[str], output: str, **settings: Any) -> str:
        """Add an operator and return the name of its output."""
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], output, **settings))
        return output

    def model(
        self, given: tuple[str, list], made: tuple[str, int], words: str, facts: dict
    ) -> "ModelProto":
        """Return the whole: `given` names the input and its shape, `made` the output and its."""
        from onnx import TensorProto, checker, helper

        floats = TensorProto.FLOAT
        graph = helper.make_graph(
            self.nodes,
            "edgewise",
            [helper.make_tensor_value_info(given[0], floats, ["N", *given[1]])],
            [helper.make_tensor_value_info(made[0], floats, ["N", made[1]])],
            self.arrays,
            words,
        )
        whole = helper.make_model(
            graph,
            producer_name="edgewise",
            producer_version=__version__,
            doc_string=words,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR,
        )
        helper.set_model_props(whole, {"edgewise": json.dumps(facts, sort_keys=True)})
        try:
            checker.check_model(whole)
        except checker.ValidationError as error:
            # Such as a layer that bears the name of another one's array.
            raise EdgewiseError(f"the network makes no ONNX graph ({error})") from None
        return whole


def _linear(model: LinearModel) -> "ModelProto":
    if model.map is not None or isinstance(model.calibration, Isotonic):
        what = "an isotonic calibration" if model.map is None else "a kernel map"
        raise EdgewiseError(f"models with {what} are not written as ONNX; train without it")
    graph = Graph()
    weights, bias = graph.array("weights", model.weights), graph.array("bias", model.bias)
    scores = graph.add("Gemm", ["features", weights, bias], "scores", transB=1)
    made = _probabilities(graph, model, scores)
    rows, columns = model.size
    words = (
        f"Linear classifier on the HoG of {columns}x{rows} pictures; the input is the feature "
        f"vector (HoG is no operator of ONNX), {_maker(model.config)} with the settings in "
        "the metadata"
    )
    facts = {
        "type": "linear",
        "classes": list(model.classes),
        "size": list(model.size),
        "channels": model.channels,
        "hog": model.config.to_dict(),
    }
    shape = [model.weights.shape[1]]
    return graph.model(("features", shape), (made, len(model.classes)), words, facts)


def _maker(config: Features) -> str:
    """Return what makes the vectors."""
    if isinstance(config, HogConfig):
        return "as edgewise hog computes it"
    return f"as {FROM_PYTHON} computes it"


def _probabilities(graph: Graph, model: LinearModel, scores: str) -> str:
    """Add what makes probabilities of scores; return the name of the output."""
    if model.calibration is not None:
        return _platt(graph, model.calibration, scores)
    if model.kind == "svm":
        return scores
    return graph.add("Softmax", [scores], OUTPUT, axis=1)


def _platt(graph: Graph, curves: Any, scores: str) -> str:
    """Add a logistic curve for each class, and share its probabilities out to sum to 1."""
    slope, offset = graph.array("slope", curves.slope), graph.array("offset", curves.offset)
    leaning = graph.add("Mul", [scores, slope], "calibration.scaled")
    shifted = graph.add("Add", [leaning, offset], "calibration.shifted")
    each = graph.add("Sigmoid", [shifted], "calibration.each")
    axis = graph.array("calibration.axis", [1], np.int64)
    total = graph.add("ReduceSum", [each, axis], "calibration.total", keepdims=1)
    zero, even = graph.array("zero", 0.0), graph.array("even", 1 / len(curves.slope))
    some = graph.add("Greater", [total, zero], "calibration.some")
    shares = graph.add("Div", [each, total], "calibration.shares")
    return graph.add("Where", [some, shares, even], OUTPUT)


def _cnn(model: "CnnModel") -> "ModelProto":
    graph = Graph()
    normal = model.normalization
    mean = graph.array("input.mean", normal.mean.reshape(-1, 1, 1))
    deviation = graph.array("input.deviation", normal.deviation.reshape(-1, 1, 1))
    centred = graph.add("Sub", [INPUT, mean], "input.centred")
    start = graph.add("Div", [centred, deviation], "input.normalised")
    scores = add_network(graph, model.network, start)
    graph.add("Softmax", [scores], OUTPUT, axis=1)
    words = (
        "Convolutional network; the input is pictures (N, C, H, W), float32 in 0 to 255, of the "
        "size in the metadata, gray (1 channel) or red, green, blue (3); the normalisation is "
        "inside"
    )
    facts = {
        "type": "cnn",
        "classes": list(model.classes),
        "size": list(model.size),
        "channels": model.channels,
    }
    shape = list(model.network.input_shape)
    return graph.model((INPUT, shape), (OUTPUT, len(model.classes)), words, facts)


def add_network(graph: Graph, network: "Network", start: str) -> str:
    """Add every layer of a network to a graph; return the name of its output.

    Parameters
    ----------
    graph : Graph
    network : Network
    start : str
        What in the graph is the network's input.
    """
    from .onnx_layers import LAYERS

    for name, values in (network.parameters | network.state).items():
        graph.array(name, values)
    names = {"input": start}
    for node in network.nodes:
        write: Callable[[Graph, Node, list[str]], str] = LAYERS[node.layer.kind]
        names[node.name] = write(graph, node, [names[one] for one in node.inputs])
    return names[network.nodes[-1].name] if network.nodes else start
