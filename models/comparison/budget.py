"""How much each model may try: the same rules for every size of the training set."""

import math
from bisect import bisect_right

from ...images.errors import EdgewiseError
from ..cnn.training.batches import batches_of

# What the linear model may choose from on the validation pictures.
COSTS = (0.1, 0.316, 1.0, 3.16, 10.0)

BATCH = 64
# Of a network that is given no number: so many steps, in so many epochs.
STEPS, FEWEST_EPOCHS, MOST_EPOCHS = 500, 10, 60
# What judging a picture takes, as a share of learning from it.
JUDGING = 1 / 3


def epochs_for(count: int, epochs: int | None) -> int:
    """Return how many epochs a network learns from all pictures, `count` of them.

    Few pictures make few steps an epoch, so that they get more epochs, unless
    a number is given.
    """
    if epochs is not None:
        return epochs
    wanted = math.ceil(STEPS / steps_an_epoch(count))
    return min(max(wanted, FEWEST_EPOCHS), MOST_EPOCHS)


def steps_an_epoch(count: int) -> int:
    """Return how many steps a network makes while it sees `count` pictures once."""
    return batches_of(count, BATCH)


def epochs_along(sizes: tuple[int, ...], epochs: int) -> tuple[int, ...]:
    """Return the epochs for each size that make about as many steps as `epochs` of the last.

    A learning curve is to show what more pictures bring, not what more steps do.

    Parameters
    ----------
    sizes : tuple of int
        Pictures in each training, ascending.
    epochs : int
        Of the last.
    """
    steps = epochs * steps_an_epoch(sizes[-1])
    return tuple(max(1, round(steps / steps_an_epoch(size))) for size in sizes)


def epochs_within(
    sizes: tuple[int, ...], epochs: int | None, seconds: float | None, a_picture: float, *,
    validation: int = 0, seeds: int = 1,
) -> tuple[int, ...]:  # fmt: skip
    """Return the epochs for each size, fewer where all trainings together would take too long.

    Parameters
    ----------
    sizes : tuple of int
        Pictures in each training, ascending.
    epochs : int, optional
        Of the last.
    seconds : float, optional
        For all trainings of the network together.
    a_picture : float
        Seconds that learning from a picture takes once; above 0.
    validation : int
        Pictures that are judged after each epoch.
    seeds : int
        How often each size is trained.

    Raises
    ------
    EdgewiseError
        If there is no time for one epoch of the last.
    """
    wanted = epochs_for(sizes[-1], epochs)
    if seconds is None:
        return epochs_along(sizes, wanted)

    def needed(last: int) -> float:
        along = zip(epochs_along(sizes, last), sizes, strict=True)
        return seeds * a_picture * sum(n * (size + JUDGING * validation) for n, size in along)

    # Fewer for the last are fewer for all.
    within = bisect_right(range(1, wanted + 1), seconds, key=needed)
    if not within:
        raise EdgewiseError(
            f"the shortest trainings of the network take about {needed(1) / 60:.2g} minutes",
            hint="give more --minutes, fewer --points or --seeds, or a smaller --network",
        )
    return epochs_along(sizes, within)
