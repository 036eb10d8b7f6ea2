"""How long a model takes to judge pictures."""

import time
from collections.abc import Callable
from statistics import median

import numpy as np

# So many pictures at a time, again and again for so many seconds.
PICTURES, SECONDS, LEAST_ROUNDS = 256, 0.5, 3


def seconds_a_picture(judge: Callable[[np.ndarray], np.ndarray], images: np.ndarray) -> float:
    """Return the median time that judging a picture takes, pictures being in memory already."""
    few = images[:PICTURES]
    judge(few)  # Compiles what is not compiled yet.
    rounds: list[float] = []
    while len(rounds) < LEAST_ROUNDS or sum(rounds) < SECONDS:
        started = time.perf_counter()
        judge(few)
        rounds.append(time.perf_counter() - started)
    return median(rounds) / len(few)
