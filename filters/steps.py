"""The named filters that are more than one kernel, each a function of the image.

Pooling stands here, all others in modules of their own, which are imported to
register them.
"""

from collections.abc import Callable
from functools import partial

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
from .pooling import Pooling, pool
from .registry import Positive
from .sliding import Windows
from .windows import Padding

__all__ = ["FILTERS", "Filter", "Windows"]


def _pooling(kind: str) -> Callable:
    """Return what makes the operation of a kind of pooling; sizes are 2 unless given, or 3."""
    return partial(Pooling.of, size=3 if kind == "median" else 2, kind=kind)


@named_filter("maxpool", operation=_pooling("max"), alpha="same")
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


@named_filter("minpool", operation=_pooling("min"), alpha="same")
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


@named_filter("avgpool", operation=_pooling("average"), alpha="same")
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


@named_filter("sumpool", operation=_pooling("sum"), alpha="mean")
def sumpool(
    image: np.ndarray,
    size: int | tuple[int, int] = 2,
    stride: int | tuple[int, int] | None = None,
    padding: Padding = 0,
    dilation: int | tuple[int, int] = 1,
    ceil: bool = False,
) -> np.ndarray:
    """Sum of every window; the stride is the size unless given."""
    return pool(
        image, size, kind="sum", stride=stride, padding=padding, dilation=dilation, ceil=ceil
    )


@named_filter("lppool", operation=_pooling("lp"), alpha="mean")
def lppool(
    image: np.ndarray,
    size: int | tuple[int, int] = 2,
    p: Positive = 2.0,
    stride: int | tuple[int, int] | None = None,
    padding: Padding = 0,
    dilation: int | tuple[int, int] = 1,
    ceil: bool = False,
) -> np.ndarray:
    """Root of the sum of powers, (sum |x|^p)^(1/p), of every window; p=2 is the length."""
    return pool(
        image, size, kind="lp", stride=stride, padding=padding, dilation=dilation, ceil=ceil, p=p
    )


@named_filter("medianpool", operation=_pooling("median"), alpha="same")
def medianpool(
    image: np.ndarray,
    size: int | tuple[int, int] = 3,
    stride: int | tuple[int, int] | None = None,
    padding: Padding = 0,
) -> np.ndarray:
    """Median of every window; the stride is the size unless given."""
    return pool(image, size, kind="median", stride=stride, padding=padding)
