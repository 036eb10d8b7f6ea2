"""What a network costs in memory and time, before it looks at any picture."""

import math
from dataclasses import dataclass

from ...compiled.threads import cores
from ...images.errors import DataError, EdgewiseError
from ..room import amount, check_room, memory
from ..sizes import MODERATE_SIDE, as_option, moderate_size
from .network import Network
from .spec import build

# Numbers that all layers together may give for one picture: 1 GiB of float32.
MOST_NUMBERS = 2**28

# Measured on `small` and `quick` with pictures of 64x64 to 500x374: each number
# that a layer gives is kept, has a gradient, and is copied by some layers.
TRAINING_BYTES = 10
# On one core: for each number, and for each multiply-add, of which there are
# three in a training.
SECONDS_A_NUMBER, SECONDS_A_STEP = 12e-9, 3 / 50e9

# What is said in advance: an epoch that takes longer, or this share of the memory.
LONG_SECONDS, LARGE_SHARE = 30, 0.25


def numbers_a_picture(network: Network) -> int:
    """Return how many numbers input and layers hold for one picture."""
    return math.prod(network.input_shape) + sum(math.prod(node.shape) for node in network.nodes)


def check_pictures(network: Network) -> None:
    """Raise DataError if a network takes pictures that are too large to be looked at."""
    numbers = numbers_a_picture(network)
    if numbers > MOST_NUMBERS:
        _, rows, columns = network.input_shape
        raise DataError(
            f"the layers give {numbers:,} numbers for a picture of {columns}x{rows}; at most "
            f"{MOST_NUMBERS:,} fit"
        )


@dataclass(frozen=True)
class Cost:
    """About what a training takes: bytes of memory, and seconds an epoch."""

    memory: int
    seconds: float

    @classmethod
    def of(cls, network: Network, pictures: int, batch: int, threads: int | None) -> "Cost":
        """Estimate a training from the network and the number of pictures."""
        numbers = numbers_a_picture(network)
        steps = sum(node.layer.multiply_adds(*node.input_shapes) for node in network.nodes)
        each = numbers * SECONDS_A_NUMBER + steps * SECONDS_A_STEP
        # Weights, gradients, momentum and the best weights.
        kept = 4 * network.vector.nbytes
        return cls(
            TRAINING_BYTES * numbers * min(batch, pictures) + kept,
            pictures * each / (threads or cores()),
        )

    @property
    def text(self) -> str:
        """The cost in words."""
        seconds = f"{self.seconds / 60:,.0f} minutes" if self.seconds >= 90 else _seconds(self)
        return f"about {seconds} an epoch and {amount(self.memory)} of memory"


def _seconds(cost: Cost) -> str:
    count = max(1, round(cost.seconds))
    return f"{count} second{'' if count == 1 else 's'}"


def check_cost(
    network: Network, text: str, pictures: int, batch: int, threads: int | None
) -> str | None:
    """Refuse a training for which there is no memory; say what a long one will take.

    Parameters
    ----------
    network : Network
        Of the size of the pictures.
    text : str
        What it was built from.
    pictures, batch : int
    threads : int or None

    Returns
    -------
    str or None
        What to say before the start, with a size that takes less, or None where
        the training is short.

    Raises
    ------
    EdgewiseError
        If it needs more memory than there is.
    DataError
        If the pictures are larger than a model takes.
    """
    check_pictures(network)
    _, rows, columns = network.input_shape
    cost = Cost.of(network, pictures, batch, threads)
    smaller = _smaller(network, text)
    less = "" if smaller is None else Cost.of(smaller, pictures, batch, threads).text
    size = "" if smaller is None else as_option(*smaller.input_shape[1:])
    remedy = f"{size} takes {less}" if size else "use a smaller --batch or --network"
    what = f"the layers' outputs for a batch of pictures of {columns}x{rows}"
    check_room(cost.memory, what, remedy)
    there = memory()
    large = cost.memory > LARGE_SHARE * there
    if smaller is None or not (large or cost.seconds > LONG_SECONDS):
        return None
    return f"pictures of {columns}x{rows} take {cost.text}; {remedy}"


def _smaller(network: Network, text: str) -> Network | None:
    """Return the network for smaller pictures of a size that suits it, None if there is none."""
    channels, rows, columns = network.input_shape
    for factor in (1, 2, 4):
        size = moderate_size(rows, columns, factor * MODERATE_SIDE)
        if size == (rows, columns):
            return None
        classes = network.output_shape[0]
        try:
            # Without chance: it is never asked for its weights.
            return build(Network((channels, *size), seed=None), text, classes)
        except EdgewiseError:
            # Such as AlexNet, whose windows need larger pictures.
            continue
    return None
