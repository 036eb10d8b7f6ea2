"""Learning rates over the course of a training, as shares of the largest."""

import math

# A one-cycle training warms up for this share of its steps.
WARM_UP = 0.2
FIRST_SHARE = 0.04


def one_cycle(done: float) -> float:
    """Rise linearly for a while, then fall to 0 along a cosine (after Smith 2018)."""
    if done < WARM_UP:
        return FIRST_SHARE + (1 - FIRST_SHARE) * done / WARM_UP
    return cosine((done - WARM_UP) / (1 - WARM_UP))


def cosine(done: float) -> float:
    """Fall to 0 along half a cosine (Loshchilov and Hutter 2017)."""
    return (1 + math.cos(math.pi * done)) / 2


def step(done: float) -> float:
    """Fall to a tenth after half of the training, and again after three quarters."""
    return 1.0 if done < 0.5 else 0.1 if done < 0.75 else 0.01


def constant(done: float) -> float:
    """Stay."""
    return 1.0


SCHEDULES = {"one-cycle": one_cycle, "cosine": cosine, "step": step, "constant": constant}
