"""Chains run on pictures of any size: large ones band by band, so that memory stays small.

A band of rows is filtered with as many rows around it as the chain looks at, and
these are cut off again: the numbers are those of the whole picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .chain import Chain
from .ranges import Clipped, Fitting
from .values import output_dtype

# Values (pixels times channels) in a band, some 64 MiB as float32; pictures of
# fewer than twice as many are filtered whole.
BAND = 1 << 24


@dataclass(frozen=True)
class Filtered:
    """A picture ready to be written, and what was lost in fitting it.

    Attributes
    ----------
    picture : ndarray, (H, W) or (H, W, C)
    clipped : Clipped
    bands : int
        In how many bands it was filtered.
    """

    picture: np.ndarray
    clipped: Clipped
    bands: int = 1


def filter_picture(chain: Chain, image: np.ndarray, rule: str, dtype: object) -> Filtered:
    """Run a chain and fit the result to a picture.

    Parameters
    ----------
    chain : Chain
    image : ndarray, (H, W) or (H, W, C), uint8, uint16 or float32
    rule : str
        One of `ranges.RANGES`.
    dtype : {uint8, uint16, float32}
        What the picture holds, but for the rule ``float``.
    """
    reach = chain.reach if image.size >= 2 * BAND else None
    if reach is None:
        result = chain(image)
        fitting = Fitting(rule, dtype)
        fitting.look(result)
        picture = fitting.fit(result)
        return Filtered(picture, fitting.clipped)
    return _filter_bands(chain, image, reach, Fitting(rule, dtype))


def _filter_bands(chain: Chain, image: np.ndarray, reach: int, fitting: Fitting) -> Filtered:
    if fitting.must_look:
        for _, _, result in _bands(chain, image, reach):
            fitting.look(result)
    out, count = None, 0
    for start, stop, result in _bands(chain, image, reach):
        picture = fitting.fit(result)
        if out is None:
            out = np.empty((len(image), *picture.shape[1:]), output_dtype(picture.dtype))
        out[start:stop] = picture
        count += 1
    assert out is not None  # an image has at least one row
    return Filtered(out, fitting.clipped, count)


def _bands(chain: Chain, image: np.ndarray, reach: int) -> Iterator[tuple[int, int, np.ndarray]]:
    """Yield (first row, row after the last, result) of every band."""
    height = len(image)
    step = max(1, 2 * reach, BAND * height // image.size)
    for start in range(0, height, step):
        stop = min(start + step, height)
        first, last = max(0, start - reach), min(height, stop + reach)
        result = chain(image[first:last])
        yield start, stop, result[start - first : stop - first]
