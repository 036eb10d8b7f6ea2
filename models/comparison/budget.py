"""How much each model may try: the same rules for every size of the training set."""

import math

from ...images.errors import EdgewiseError
from ..cnn.architectures import default_network

__all__ = ["default_network", "epochs_for", "epochs_within"]

# What the linear model may choose from on the validation pictures.
COSTS = (0.1, 0.316, 1.0, 3.16, 10.0)

BATCH = 64
# Of a network that is given no number: so many steps, in so many epochs.
STEPS, FEWEST_EPOCHS, MOST_EPOCHS = 500, 10, 60


def epochs_for(count: int, epochs: int | None) -> int:
    """Return how many epochs a network learns from `count` pictures.

    Few pictures make few steps an epoch, so that they get more epochs, unless
    a number is given.
    """
    if epochs is not None:
        return epochs
    wanted = math.ceil(STEPS / math.ceil(count / BATCH))
    return min(max(wanted, FEWEST_EPOCHS), MOST_EPOCHS)


def epochs_within(
    sizes: tuple[int, ...], epochs: int | None, seconds: float | None, a_picture: float
) -> tuple[int, ...]:
    """Return the epochs for each size, fewer where all trainings together would take too long.

    Parameters
    ----------
    sizes : tuple of int
        Pictures in each training.
    epochs : int, optional
        The same for all sizes.
    seconds : float, optional
        For all trainings of the network together.
    a_picture : float
        Seconds that learning from a picture takes once; above 0.

    Raises
    ------
    EdgewiseError
        If there is no time for one epoch of each.
    """
    wanted = [epochs_for(size, epochs) for size in sizes]
    if seconds is None:
        return tuple(wanted)
    once = a_picture * sum(sizes)
    if once > seconds:
        raise EdgewiseError(
            f"an epoch of every training takes about {once / 60:.2g} minutes; give more "
            "--minutes, fewer --points, or a smaller --network"
        )
    # Longer ones are cut first, all to the same share of what they wanted.
    asked = a_picture * sum(n * size for n, size in zip(wanted, sizes, strict=True))
    share = min(1.0, seconds / asked)
    return tuple(max(1, int(n * share)) for n in wanted)
