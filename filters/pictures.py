"""Chains run on pictures that will be written: fitted to their depth, and what did not fit."""

from dataclasses import dataclass
from math import prod

import numpy as np

from .ranges import Clipped, Fitting
from .runner import Finish
from .stages import HELD, Chain


@dataclass(frozen=True)
class Filtered:
    """A picture ready to be written, and what was lost in fitting it.

    Attributes
    ----------
    picture : ndarray, (H, W) or (H, W, C)
    clipped : Clipped
    """

    picture: np.ndarray
    clipped: Clipped


@np.errstate(all="ignore")
def filter_picture(chain: Chain, image: np.ndarray, rule: str, dtype: object) -> Filtered:
    """Run a chain and fit the result to a picture.

    Parameters
    ----------
    chain : Chain
    image : ndarray, (H, W) or (H, W, C), uint8, uint16 or float32
    rule : str
        One of `ranges.RANGES`.
    dtype : {uint8, uint16, float32}
        What the picture shall hold, but for the rule ``float``.
    """
    fitting = Fitting(rule, dtype, np.asarray(image).dtype)
    if fitting.must_look and image.size <= HELD:
        values = chain.run(image, Finish(np.float32))
        fitting.look(values)
        return Filtered(fitting.fit(values), fitting.clipped)
    if fitting.must_look:
        for part in chain.parts(image):
            fitting.look(part)
    return Filtered(chain.run(image, fitting), fitting.clipped)


def least_memory(chain: Chain, shape: tuple[int, ...], dtype: np.dtype) -> int:
    """Return how many bytes a picture and what is made of it take at the least.

    Parameters
    ----------
    chain : Chain
    shape : (int, int, int)
        Rows, columns and channels.
    dtype : dtype
        Of the picture.
    """
    values = prod(shape)
    whole = values and chain.needs_whole(shape[0])
    return values * dtype.itemsize + (2 * 4 * values if whole else 0)
