"""Networks from text: the chain grammar, and back."""

import inspect
import math
from dataclasses import dataclass

from ...filters.grammar import Step, parse_chain
from ...filters.registry import Named, suggest
from ...images.errors import EdgewiseError
from .architectures import ARCHITECTURES, expand
from .layers import LAYERS, Layer, Shape
from .network import Network

# Layers of a network in a file: ten times those of the deepest ones that are known.
MOST_NODES = 10_000


@dataclass(frozen=True)
class NamedLayer(Named):
    """A layer under the name that the terminal knows; its fields are its settings."""

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """What can be set from text: every field."""
        return dict(inspect.signature(self.function).parameters)

    @property
    def usage(self) -> str:
        """The name with its settings, as one writes it in a chain."""
        words = (p.name.upper() if p.default is p.empty else None for p in self.parameters.values())
        given = [word for word in words if word]
        return ":".join([self.name, *given, *super().usage.split(":")[1 + len(given) :]])


NAMED_LAYERS = {name: NamedLayer(name, layer) for name, layer in LAYERS.items()}


def build(network: Network, text: str, classes: int | None) -> Network:
    """Add to a network what a text says."""
    for step, layer in read_layers(text, classes, network.input_shape):
        try:
            network.add(layer)
        except EdgewiseError as problem:
            raise step.error(str(problem)) from None
    return network


def read_layers(
    text: str, classes: int | None = None, shape: Shape | None = None
) -> list[tuple[Step, Layer]]:
    """Return the layers that a text spells, which need not fit each other yet.

    Raises
    ------
    ChainError
        If there is no such layer, or a setting makes no sense.
    """
    return [(step, read_layer(step, classes)) for step in parse_chain(expand(text, shape))]


def read_layer(step: Step, classes: int | None = None) -> Layer:
    """Return the layer that a step of a chain spells.

    Raises
    ------
    ChainError
        If there is no such layer, or a setting makes no sense.
    """
    if step.name not in NAMED_LAYERS:
        known = [*NAMED_LAYERS, *ARCHITECTURES]
        raise step.error(f"no such layer{suggest(step.name, known)}")
    named = NAMED_LAYERS[step.name]
    try:
        settings = named.bind(_with_classes(step.values, classes), step.options)
        missing = [n for n, p in named.parameters.items() if p.default is p.empty]
        if missing := [name for name in missing if name not in settings]:
            raise EdgewiseError(f"{missing[0]} is missing; it is written {named.usage}")
        return named.function(**settings)
    except EdgewiseError as problem:
        raise step.error(str(problem)) from None


def _with_classes(values: tuple[str, ...], classes: int | None) -> tuple[str, ...]:
    if "classes" in values and classes is None:
        raise EdgewiseError("the number of classes is not known here; write it as a number")
    return tuple(str(classes) if value == "classes" else value for value in values)


def to_dict(network: Network) -> dict:
    """Return the graph of a network, without its arrays, ready for JSON."""
    return {
        "input": list(network.input_shape),
        "nodes": [
            {"name": n.name, "layer": n.layer.text, "inputs": list(n.inputs), "owner": n.owner}
            for n in network.nodes
        ],
    }


def from_dict(description: dict, shapes: dict[str, Shape] | None = None) -> Network:
    """Build the network that `to_dict` described, its weights all 0.

    Parameters
    ----------
    description : dict
    shapes : dict, optional
        Shapes of all arrays by name; they are compared before room is made for
        any, so that a damaged file cannot ask for more memory than its own size.

    Raises
    ------
    EdgewiseError, KeyError, TypeError, ValueError
        If the description makes no sense, or the shapes are others.
    """
    network = Network(tuple(description["input"]), seed=None)
    for node in _nodes(description):
        steps = parse_chain(node["layer"])
        if len(steps) != 1:
            raise EdgewiseError(f'{node["name"]} is "{node["layer"]}", and not one layer')
        layer = read_layer(steps[0])
        share = node["owner"] if node["owner"] != node["name"] else None
        if shapes is not None and not share:
            _check_shapes(network, layer, node, shapes)
        network.add(layer, *node["inputs"], name=node["name"], share=share)
    return network


def _nodes(description: dict) -> list[dict]:
    """Return the nodes of a description, of which there are not too many, with inputs."""
    nodes = description["nodes"]
    if not isinstance(nodes, list) or not 1 <= len(nodes) <= MOST_NODES:
        raise EdgewiseError(f"its network is no list of 1 to {MOST_NODES:,} layers")
    for node in nodes:
        if not all(isinstance(node[key], str) for key in ("name", "layer", "owner")):
            raise EdgewiseError("the name, layer and owner of a node are texts")
        if not isinstance(node["inputs"], list) or not node["inputs"]:
            raise EdgewiseError(f"{node['name']} has no list of inputs")
    return nodes


def _check_shapes(network: Network, layer: Layer, node: dict, shapes: dict[str, Shape]) -> None:
    inputs = [
        network.input_shape if name == "input" else network.node(name).shape
        for name in node["inputs"]
    ]
    # Settings that do not fit the inputs are told better here than by a shape.
    layer.output_shape(*inputs)
    for key, parameter in layer.wanted(*inputs).items():
        name = f"{node['name']}.{key}"
        if name not in shapes:
            raise ValueError(f"{name} is missing")
        if shapes[name] != parameter.shape:
            raise ValueError(f"{name} is {shapes[name]}, and the network's {parameter.shape}")


def rows(network: Network) -> list[tuple[str, str, Shape, int, int]]:
    """Return for each node its name, text, output shape, weights and multiply-adds."""
    return [
        (
            node.name,
            node.layer.text,
            node.shape,
            sum(math.prod(p.shape) for p in node.layer.wanted(*node.input_shapes).values())
            if node.owner == node.name
            else 0,
            node.layer.multiply_adds(*node.input_shapes),
        )
        for node in network.nodes
    ]
