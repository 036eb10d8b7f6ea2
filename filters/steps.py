"""The named filters that are more than one kernel, each a function of the image.

Pooling stands here, all others in modules of their own, which are imported to
register them.
"""

import numpy as np

from . import (  # noqa: F401 (they register their filters)
    bilateral,
    canny,
    compass,
    edges,
    local,
    points,
    pyramid,
    rank,
    sharpen,
    threshold,
)
from .catalogue import FILTERS, Filter, named_filter
from .pooling import pool
from .sliding import Windows
from .windows import Padding

__all__ = ["FILTERS", "Filter", "Windows"]


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
