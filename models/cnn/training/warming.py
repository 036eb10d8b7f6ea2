"""Compiling loops before they are needed, so that it can be announced."""

import numpy as np

from ..network import Network
from ..tape import Tape
from .augmentation import Augmentation
from .batches import Batches, Normalization
from .optimizers import OPTIMIZERS


def warm_up(network: Network) -> None:
    """Run every loop that training a network needs on a batch of two pictures.

    The network is left as it was.
    """
    channels, height, width = network.input_shape
    images = np.zeros((2, height, width, channels), np.uint8)
    x = np.empty((*network.input_shape, 2), np.float32)
    for text in ("", "rotate:1"):
        changes = Augmentation.from_text(text)
        Batches(images, Normalization.of(images), changes, 2, (0,)).gather(range(2), x)
    tape = Tape(network)
    tape.backward(np.zeros_like(tape.forward(x, training=True)))
    nothing = np.zeros(1, np.float32)
    for optimizer in OPTIMIZERS.values():
        optimizer().step(nothing.copy(), nothing, 0.0, nothing)
