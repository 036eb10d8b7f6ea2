"""One pass through a network: forward over all nodes, and back over every path."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ...compiled.bound import joined
from .layers import BatchNorm, Use
from .memory import aligned, packed

if TYPE_CHECKING:
    from .network import Network

INPUT = "input"


class Way:
    """A planned pass in one direction.

    Parameters
    ----------
    given : ndarray
        What it starts from.
    how : bool
        What else it depends on.
    steps : list of callable
    result : ndarray or None
        Where the result is found.
    """

    def __init__(self, given: np.ndarray, how: bool, steps: list, result: np.ndarray | None):
        self.given, self.how, self.result = given, how, result
        self.steps = joined(steps)

    def go(self) -> Any:
        """Do the steps, and return the result."""
        for step in self.steps:
            step()
        return self.result


class Tape:
    """What one pass of a batch, or of a part of one, remembers.

    Several tapes of a network share its parameters and have gradients of their
    own, so that they can run in as many threads.

    Parameters
    ----------
    network : Network
    learns : bool
        Whether there is room for gradients, so that `backward` can be called.

    Attributes
    ----------
    values : dict of str to ndarray
        What each node gave in the last pass forward.
    """

    def __init__(self, network: Network, *, learns: bool = True):
        self.network = network
        self.parameters = network.parameters
        shapes = {name: array.shape for name, array in self.parameters.items()}
        self.gradient, self.gradients = packed(shapes if learns else {}, network.dtype)
        self._arrays: dict[str, np.ndarray] = {}
        self.values: dict[str, np.ndarray] = {}
        self._way: Way | None = None
        self._way_back: Way | None = None
        self.uses = {node.name: self._use(node) for node in network.nodes}

    def _use(self, node) -> Use:
        def own(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
            start = f"{node.owner}."
            return {n.removeprefix(start): a for n, a in arrays.items() if n.startswith(start)}

        return Use(own(self.parameters), own(self.gradients), own(self.network.state))

    def input(self, count: int) -> np.ndarray:
        """Return memory for as many inputs, (..., N), the same as long as their number is."""
        return self._array("input", (*self.network.input_shape, count))

    def upper(self, count: int) -> np.ndarray:
        """Return memory for the gradients of as many outputs, as `input` does."""
        return self._array("upper", (*self.network.output_shape, count))

    def _array(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        if name not in self._arrays or self._arrays[name].shape != shape:
            self._arrays[name] = aligned(shape, self.network.dtype)
        return self._arrays[name]

    def forward(
        self, x: np.ndarray, *, training: bool = False, seed: tuple[int, ...] = (0,)
    ) -> np.ndarray:
        """Return the output for x, the batch innermost in both.

        The next pass with this tape may overwrite it.

        Parameters
        ----------
        x : ndarray, (C, H, W, N) or (features, N)
            The pass is planned anew where it is another array than last time.
        training : bool
        seed : tuple of int
            Where dropout's chance starts from.
        """
        if self._way is None or self._way.given is not x or self._way.how != training:
            way = Way(x, training, *self.steps_forward(x, training))
            self._way, self._way_back = way, None
        for number, use in enumerate(self.uses.values()):
            use.seed = (*seed, number)
        return self._way.go()

    def steps_forward(self, x: np.ndarray, training: bool) -> tuple[list, np.ndarray]:
        """Plan the way forward; return its steps, and where the output will be."""
        values: dict[str, np.ndarray] = {INPUT: x}
        steps: list[Callable[[], object]] = []
        for node in self.network.nodes:
            use = self.uses[node.name]
            use.training, use.steps = training, steps
            inputs = (values[name] for name in node.inputs)
            values[node.name] = node.layer.forward(use, *inputs)
        self.values = values
        return steps, values[self.network.nodes[-1].name]

    def backward(self, dy: np.ndarray, *, wants_dx: bool = False) -> np.ndarray | None:
        """Add to the gradients; return the input's if it is wanted.

        Parameters
        ----------
        dy : ndarray
            Gradient of the output, shaped as it.
        wants_dx : bool
        """
        back = self._way_back
        if back is None or back.given is not dy or back.how != wants_dx:
            back = self._way_back = Way(dy, wants_dx, *self.steps_backward(dy, wants_dx))
        return back.go()

    def steps_backward(self, dy: np.ndarray, wants_dx: bool) -> tuple[list, np.ndarray | None]:
        """Plan the way back; return its steps, and where the input's gradient will be."""
        pending = {self.network.nodes[-1].name: dy}
        steps: list[Callable[[], object]] = []
        for node in reversed(self.network.nodes):
            if node.name not in pending:
                continue
            use = self.uses[node.name]
            use.wants_dx, use.steps = wants_dx or node.inputs != (INPUT,), steps
            found = node.layer.backward(use, pending.pop(node.name))
            found = found if isinstance(found, tuple) else (found,)
            for name, dx in zip(node.inputs, found, strict=True):
                if dx is not None:
                    pending[name] = _sum(use, name, pending[name], dx) if name in pending else dx
        return steps, pending.get(INPUT)


def _sum(use: Use, name: str, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Plan the sum of two gradients: a value used twice gets both terms of the chain rule."""
    total = use.array(f"gradient of {name}", first.shape, first.dtype)
    use.then(lambda: np.add(first, second, out=total))
    return total


def absorb_statistics(tapes: list[Tape], least: float = 0.0) -> None:
    """Move batch norm's running averages by what a batch's tapes have seen, in their order.

    The batch weighs the layer's momentum, but at least `least`.
    """
    shared: dict[str, tuple[BatchNorm, list[Use]]] = {}
    for node in tapes[0].network.nodes:
        if isinstance(node.layer, BatchNorm):
            _, uses = shared.setdefault(node.owner, (node.layer, []))
            uses += [tape.uses[node.name] for tape in tapes]
    for layer, uses in shared.values():
        layer.absorb(uses, least)
