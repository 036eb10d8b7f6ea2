"""The named filters that are more than one kernel, each a function of the image.

Pooling and point operations stand here, all others in modules of their own, which
are imported to register them.
"""

import numpy as np

from ..images.colour import to_gray
from . import compass, edges, rank, sharpen  # noqa: F401 (they register their filters)
from .catalogue import FILTERS, Filter, named_filter
from .pooling import pool
from .sliding import Windows
from .windows import Padding

__all__ = ["FILTERS", "Filter", "Windows"]


@named_filter("relu")
def relu(image: np.ndarray) -> np.ndarray:
    """Negative values become 0."""
    return np.maximum(image, np.float32(0)).astype(np.float32)


@named_filter("abs")
def absolute(image: np.ndarray) -> np.ndarray:
    """Negative values become positive."""
    return np.abs(image.astype(np.float32))


@named_filter("threshold")
def threshold(
    image: np.ndarray, level: float = 127.5, above: float = 255.0, below: float = 0.0
) -> np.ndarray:
    """Two values: one above the level, another at it and below; NaN stays."""
    values = image.astype(np.float32)
    result = np.where(values > level, np.float32(above), np.float32(below))
    return np.where(np.isnan(values), values, result)


@named_filter("gray")
def gray(image: np.ndarray) -> np.ndarray:
    """Luma of Rec. 601: 0.299 red + 0.587 green + 0.114 blue."""
    return to_gray(image.astype(np.float32))


@named_filter("maxpool", alpha="same")
def maxpool(
    image: np.ndarray,
    size: int | tuple[int, int] = 2,
    stride: int | tuple[int, int] | None = None,
    padding: Padding = 0,
    dilation: int | tuple[int, int] = 1,
    ceil: bool = False,
) -> np.ndarray:
    """Greatest value of every window; the stride is the size unless given."""
    return pool(image, size, stride=stride, padding=padding, dilation=dilation, ceil=ceil)


@named_filter("minpool", alpha="same")
def minpool(
    image: np.ndarray,
    size: int | tuple[int, int] = 2,
    stride: int | tuple[int, int] | None = None,
    padding: Padding = 0,
    dilation: int | tuple[int, int] = 1,
    ceil: bool = False,
) -> np.ndarray:
    """Least value of every window; the stride is the size unless given."""
    return pool(
        image, size, kind="min", stride=stride, padding=padding, dilation=dilation, ceil=ceil
    )


@named_filter("avgpool", alpha="same")
def avgpool(
    image: np.ndarray,
    size: int | tuple[int, int] = 2,
    stride: int | tuple[int, int] | None = None,
    padding: Padding = 0,
    dilation: int | tuple[int, int] = 1,
    ceil: bool = False,
    count_padding: bool = False,
) -> np.ndarray:
    """Mean of every window; the stride is the size unless given."""
    return pool(
        image, size, kind="average", stride=stride, padding=padding, dilation=dilation,
        ceil=ceil, count_padding=count_padding,
    )  # fmt: skip


@named_filter("medianpool", alpha="same")
def medianpool(
    image: np.ndarray,
    size: int | tuple[int, int] = 3,
    stride: int | tuple[int, int] | None = None,
    padding: Padding = 0,
) -> np.ndarray:
    """Median of every window; the stride is the size unless given."""
    return pool(image, size, kind="median", stride=stride, padding=padding)
