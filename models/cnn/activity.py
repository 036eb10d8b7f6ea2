"""How much a network holds in memory while it looks at pictures, before it looks."""

import math

from ...images.errors import DataError
from .network import Network

# Numbers that all layers together may give for one picture: 1 GiB of float32.
MOST_NUMBERS = 2**28


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
