"""One pass through a network: forward over all nodes, and back over every path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .layers import BatchNorm, Use
from .memory import packed

if TYPE_CHECKING:
    from .network import Network

INPUT = "input"


class Tape:
    """What one pass of a batch, or of a part of one, remembers.

    Several tapes of a network share its parameters and have gradients of their
    own, so that they can run in as many threads.

    Parameters
    ----------
    network : Network
    learns : bool
        Whether there is room for gradients, so that `backward` can be called.
    """

    def __init__(self, network: Network, *, learns: bool = True):
        self.network = network
        self.parameters = network.parameters
        shapes = {name: array.shape for name, array in self.parameters.items()}
        self.gradient, self.gradients = packed(shapes if learns else {}, network.dtype)
        self.uses = {node.name: self._use(node) for node in network.nodes}

    def _use(self, node) -> Use:
        def own(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
            start = f"{node.owner}."
            return {n.removeprefix(start): a for n, a in arrays.items() if n.startswith(start)}

        return Use(own(self.parameters), own(self.gradients), own(self.network.state))

    def forward(
        self, x: np.ndarray, *, training: bool = False, seed: tuple[int, ...] = (0,)
    ) -> np.ndarray:
        """Return the output for x, the batch innermost in both.

        Parameters
        ----------
        x : ndarray, (C, H, W, N) or (features, N)
        training : bool
        seed : tuple of int
            Where dropout's chance starts from.
        """
        values = {INPUT: x}
        for number, node in enumerate(self.network.nodes):
            use = self.uses[node.name]
            use.training, use.seed = training, (*seed, number)
            inputs = (values[name] for name in node.inputs)
            values[node.name] = node.layer.forward(use, *inputs)
        self.values = values
        return values[self.network.nodes[-1].name]

    def backward(self, dy: np.ndarray, *, wants_dx: bool = False) -> np.ndarray | None:
        """Add to the gradients; return the input's if it is wanted.

        Parameters
        ----------
        dy : ndarray
            Gradient of the output, shaped as it.
        wants_dx : bool
        """
        pending = {self.network.nodes[-1].name: dy}
        for node in reversed(self.network.nodes):
            if node.name not in pending:
                continue
            use = self.uses[node.name]
            use.wants_dx = wants_dx or node.inputs != (INPUT,)
            found = node.layer.backward(use, pending.pop(node.name))
            found = found if isinstance(found, tuple) else (found,)
            for name, dx in zip(node.inputs, found, strict=True):
                if dx is not None:
                    # A value used twice gets both terms of the chain rule.
                    pending[name] = pending[name] + dx if name in pending else dx
        return pending.get(INPUT)


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
