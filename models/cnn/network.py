"""A network: a graph of layers, and the arrays that they learn."""

import math
from dataclasses import dataclass

import numpy as np

from ...images.errors import EdgewiseError
from ..room import check_room
from .layers import Add, Layer, Shape
from .memory import aligned, packed
from .tape import INPUT, Tape, absorb_statistics


@dataclass(frozen=True)
class Node:
    """A layer in its place.

    `inputs` are names of nodes; `shape` is that of the output, without the
    batch; `owner` is the node whose parameters it uses, mostly itself.
    """

    name: str
    layer: Layer
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    shape: Shape
    owner: str


class Network:
    """Layers, each fed by earlier ones; the last one's output is the network's.

    Parameters
    ----------
    input_shape : tuple of int
        (C, H, W) of the images, or (features,) of vectors.
    dtype : dtype
        float32, or float64 to check gradients.
    seed : int or None
        Where the first weights are drawn from; None leaves them at 0, to be
        filled in.

    Examples
    --------
    >>> from edgewise.models.cnn import Add, Conv, Network, Relu
    >>> network = Network((1, 8, 8))
    >>> first = network.add(Conv(4, padding=1))
    >>> branch = network.add(Conv(4, padding=1))
    >>> network.add(Add(), first, branch)
    'add1'
    >>> network.forward(np.zeros((2, 1, 8, 8), np.float32)).shape
    (2, 4, 8, 8)
    """

    def __init__(self, input_shape: Shape, *, dtype=np.float32, seed: int | None = 0):
        self.input_shape: Shape = tuple(int(n) for n in input_shape)
        self.dtype = np.dtype(dtype)
        self.nodes: list[Node] = []
        self._named: dict[str, Node] = {}
        self.state: dict[str, np.ndarray] = {}
        self._random = None if seed is None else np.random.default_rng(seed)
        self._parameters: dict[str, np.ndarray] = {}
        self._decays: dict[str, bool] = {}
        self._vector: np.ndarray | None = None
        self._tape: Tape | None = None

    @classmethod
    def from_spec(
        cls,
        text: str,
        input_shape: Shape,
        *,
        classes: int | None = None,
        dtype=np.float32,
        seed: int = 0,
    ) -> "Network":
        """Build an architecture by its name, or a chain of layers.

        Parameters
        ----------
        text : str
            Such as ``lenet5``, ``mlp:128:64`` or
            ``conv:6:5:padding=2,relu,maxpool:2,flatten,dense:10``; ``dense:classes``
            has as many units as there are classes.
        input_shape : tuple of int
        classes : int, optional
        dtype : dtype
        seed : int

        Raises
        ------
        EdgewiseError
            If a layer or setting is unknown, or does not fit what comes before.
        """
        from .spec import build

        return build(cls(input_shape, dtype=dtype, seed=seed), text, classes)

    def add(
        self, layer: Layer, *inputs: str, name: str | None = None, share: str | None = None
    ) -> str:
        """Add a layer.

        Parameters
        ----------
        layer : Layer
        *inputs : str
            Names of the nodes that feed it; the last one added when left out,
            ``input`` for the network's own.
        name : str, optional
        share : str, optional
            A node whose weights this one uses too.

        Returns
        -------
        str
            The node's name.

        Raises
        ------
        EdgewiseError
            If a name is unknown or taken, or the shapes do not fit.
        """
        inputs = inputs or (self.nodes[-1].name if self.nodes else INPUT,)
        shapes = tuple(self._shape_of(one) for one in inputs)
        name = name or self._free_name(layer.kind)
        if name == INPUT or name in self._named:
            raise EdgewiseError(f'there is a node "{name}" already; give another name')
        if len(inputs) > 1 and not isinstance(layer, Add):
            raise EdgewiseError(f"{name} has {len(inputs)} inputs; only add takes more than one")
        shape = layer.output_shape(*shapes)
        node = Node(name, layer, inputs, shapes, shape, self._owner(share) if share else name)
        self._allocate(node)
        self.nodes.append(node)
        self._named[name] = node
        return name

    def _shape_of(self, name: str) -> Shape:
        return self.input_shape if name == INPUT else self.node(name).shape

    def to_dict(self) -> dict:
        """Return the graph, without its arrays, ready for JSON."""
        from .spec import to_dict

        return to_dict(self)

    @classmethod
    def from_dict(cls, description: dict) -> "Network":
        """Return the network that `to_dict` described, its weights all 0."""
        from .spec import from_dict

        return from_dict(description)

    def rows(self) -> list[tuple[str, str, Shape, int, int]]:
        """Return for each node its name, text, output shape, weights and multiply-adds."""
        from .spec import rows

        return rows(self)

    def node(self, name: str) -> Node:
        """Return a node by its name, or raise EdgewiseError."""
        if name in self._named:
            return self._named[name]
        raise EdgewiseError(
            f'no node "{name}"; there are {", ".join([INPUT, *(n.name for n in self.nodes)])}'
        )

    def _free_name(self, kind: str) -> str:
        return f"{kind}{1 + sum(node.layer.kind == kind for node in self.nodes)}"

    def _owner(self, share: str) -> str:
        return self.node(share).owner

    def _allocate(self, node: Node) -> None:
        wanted = node.layer.wanted(*node.input_shapes)
        if node.owner != node.name:
            for key, parameter in wanted.items():
                found = self._parameters.get(f"{node.owner}.{key}")
                if found is None or found.shape != parameter.shape:
                    raise EdgewiseError(
                        f"{node.name} cannot use the weights of {node.owner}, whose shapes differ"
                    )
            return
        # A training holds weights, gradients, momentum and the best weights.
        needed = 4 * self.dtype.itemsize * sum(math.prod(p.shape) for p in wanted.values())
        check_room(needed, f"the weights of {node.name} ({node.layer.text})", "make it smaller")
        for key, parameter in wanted.items():
            values = parameter.draw(self._random).astype(self.dtype)
            self._parameters[f"{node.name}.{key}"] = values
            self._decays[f"{node.name}.{key}"] = parameter.decays
        for key, parameter in node.layer.states(*node.input_shapes).items():
            self.state[f"{node.name}.{key}"] = parameter.draw(self._random).astype(self.dtype)
        self._vector = self._tape = None

    @property
    def vector(self) -> np.ndarray:
        """All parameters in one vector; `parameters` are views of it."""
        if self._vector is None:
            shapes = {name: array.shape for name, array in self._parameters.items()}
            self._vector, views = packed(shapes, self.dtype)
            for name, array in self._parameters.items():
                views[name][...] = array
            self._parameters = views
        return self._vector

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """Trained arrays by name, in the order of the layers."""
        return self._parameters if self.vector is not None else {}

    @property
    def decays(self) -> np.ndarray:
        """For each number of `vector`, 1 if weight decay pulls at it, else 0."""
        parts = [np.full(a.size, self._decays[name]) for name, a in self.parameters.items()]
        return np.concatenate(parts or [np.empty(0)]).astype(self.dtype)

    @property
    def tape(self) -> Tape:
        """The tape of `forward` and `backward`."""
        if self._tape is None or self._tape.parameters is not self.parameters:
            self._tape = Tape(self)
        return self._tape

    @property
    def gradients(self) -> dict[str, np.ndarray]:
        """What `backward` has added up, by the parameters' names."""
        return self.tape.gradients

    @property
    def output_shape(self) -> Shape:
        """Shape of the output, without the batch."""
        return self.nodes[-1].shape if self.nodes else self.input_shape

    def clear_gradients(self) -> None:
        """Set all gradients to 0."""
        self.tape.gradient[:] = 0

    def forward(self, x: np.ndarray, *, training: bool = False, seed: int = 0) -> np.ndarray:
        """Return the output for a batch.

        Parameters
        ----------
        x : ndarray, (N, C, H, W) or (N, features)
        training : bool
            Whether dropout drops, and batch norm uses and remembers the batch.
        seed : int
            Where dropout's chance starts from.

        Returns
        -------
        ndarray, (N, ...)

        Raises
        ------
        EdgewiseError
            If the shape is not the network's.
        """
        if x.shape[1:] != self.input_shape:
            wanted = "x".join(map(str, self.input_shape))
            raise EdgewiseError(
                f"the network takes inputs of {wanted}, and gets {'x'.join(map(str, x.shape[1:]))}"
            )
        y = self.tape.forward(batch_last(x, self.dtype), training=training, seed=(seed,))
        if training:
            absorb_statistics([self.tape])
        return batch_first(y)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Add to `gradients`, and return the input's gradient.

        Parameters
        ----------
        dy : ndarray
            Gradient of what the last `forward` returned, shaped as it.

        Returns
        -------
        ndarray
            Shaped as the input.
        """
        dx = self.tape.backward(batch_last(dy, self.dtype), wants_dx=True)
        return batch_first(np.zeros((*self.input_shape, len(dy))) if dx is None else dx)


def batch_last(x: np.ndarray, dtype) -> np.ndarray:
    """Return (N, ...) as contiguous (..., N)."""
    found = aligned((*x.shape[1:], len(x)), dtype)
    found[...] = np.moveaxis(x, 0, -1)
    return found


def batch_first(y: np.ndarray) -> np.ndarray:
    """Return (..., N) as contiguous (N, ...), a copy."""
    return np.moveaxis(y, -1, 0).copy()
