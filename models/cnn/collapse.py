"""Layers without an activation between them are one layer."""

import numpy as np

from ...images.errors import EdgewiseError
from .network import Network


def collapse(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """Return the one dense layer that a chain of dense layers amounts to.

    ``W2 (W1 x + b1) + b2 = (W2 W1) x + (W2 b1 + b2)``: however many there are,
    without an activation between them they draw straight boundaries only.

    Parameters
    ----------
    network : Network
        Dense layers one after the other; flatten and dropout may stand between
        them.

    Returns
    -------
    weight : ndarray, (out, in)
    bias : ndarray, (out,)

    Raises
    ------
    EdgewiseError
        If there is any other layer.
    """
    inputs = int(np.prod(network.input_shape))
    weight, bias = np.eye(inputs), np.zeros(inputs)
    for node in network.nodes:
        if node.layer.kind in ("flatten", "dropout"):
            continue
        if node.layer.kind != "dense":
            raise EdgewiseError(f"{node.name} is no dense layer; only these collapse into one")
        own = network.parameters[f"{node.owner}.weight"].astype(np.float64)
        weight, bias = own @ weight, own @ bias
        if f"{node.owner}.bias" in network.parameters:
            bias = bias + network.parameters[f"{node.owner}.bias"]
    return weight, bias
