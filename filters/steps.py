"""The named filters that are more than one kernel, each a function of the image."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..images.colour import to_gray
from .borders import border_name
from .correlation import convolve, correlate
from .kernels import gaussian, prewitt_x, scharr_x, sobel_x
from .pooling import pool
from .registry import Named
from .windows import Padding, axis_padding, pair


@dataclass(frozen=True)
class Windows:
    """How a correlating step lays its windows; the settings of `correlate`."""

    stride: int | tuple[int, int] = 1
    dilation: int | tuple[int, int] = 1
    padding: Padding = "same"
    border: str = "reflect"
    fill: float = 0.0
    flip: bool = False

    def __post_init__(self) -> None:
        # Now, not with the first picture: a mistake here spoils all of them.
        pair(self.stride, "stride")
        pair(self.dilation, "dilation")
        axis_padding(self.padding)
        border_name(self.border)

    def slide(self, image: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Correlate, or with `flip` convolve, in float32."""
        operation = convolve if self.flip else correlate
        return operation(
            image,
            weights,
            stride=self.stride,
            dilation=self.dilation,
            padding=self.padding,
            border=self.border,
            fill=self.fill,
        )


@dataclass(frozen=True)
class Filter(Named):
    """A named filter.

    `correlates` says that it takes the window settings. `alpha` says what
    becomes of an alpha channel: ``same`` runs it through the filter too,
    ``sample`` only takes it to the new size, ``keep`` leaves it.
    """

    correlates: bool = False
    alpha: str = "keep"


FILTERS: dict[str, Filter] = {}


def _named(name: str, *, correlates: bool = False, alpha: str = "keep") -> Callable:
    def register(function):
        FILTERS[name] = Filter(name, function, correlates, alpha)
        return function

    return register


def _magnitude(image: np.ndarray, windows: Windows, x_kernel: np.ndarray) -> np.ndarray:
    across = windows.slide(image, x_kernel)
    down = windows.slide(image, x_kernel.T)
    across *= across
    down *= down
    across += down
    return np.sqrt(across, out=across)


@_named("sobel", correlates=True, alpha="sample")
def sobel(image: np.ndarray, windows: Windows) -> np.ndarray:
    """Edge strength, the magnitude of sobel-x and sobel-y."""
    return _magnitude(image, windows, sobel_x())


@_named("prewitt", correlates=True, alpha="sample")
def prewitt(image: np.ndarray, windows: Windows) -> np.ndarray:
    """Edge strength, the magnitude of prewitt-x and prewitt-y."""
    return _magnitude(image, windows, prewitt_x())


@_named("scharr", correlates=True, alpha="sample")
def scharr(image: np.ndarray, windows: Windows) -> np.ndarray:
    """Edge strength, the magnitude of scharr-x and scharr-y."""
    return _magnitude(image, windows, scharr_x())


@_named("unsharp", correlates=True, alpha="same")
def unsharp(
    image: np.ndarray, windows: Windows, sigma: float = 1.0, amount: float = 1.0
) -> np.ndarray:
    """Unsharp masking: the image plus amount times what a Gaussian blur takes away."""
    blur = gaussian(sigma)
    weights = -amount * blur
    weights[blur.shape[0] // 2, blur.shape[1] // 2] += 1 + amount
    return windows.slide(image, weights)


@_named("relu")
def relu(image: np.ndarray) -> np.ndarray:
    """Negative values become 0."""
    return np.maximum(image, np.float32(0)).astype(np.float32)


@_named("abs")
def absolute(image: np.ndarray) -> np.ndarray:
    """Negative values become positive."""
    return np.abs(image.astype(np.float32))


@_named("threshold")
def threshold(
    image: np.ndarray, level: float = 127.5, above: float = 255.0, below: float = 0.0
) -> np.ndarray:
    """Two values: one above the level, another at it and below; NaN stays."""
    values = image.astype(np.float32)
    result = np.where(values > level, np.float32(above), np.float32(below))
    return np.where(np.isnan(values), values, result)


@_named("gray")
def gray(image: np.ndarray) -> np.ndarray:
    """Luma of Rec. 601: 0.299 red + 0.587 green + 0.114 blue."""
    return to_gray(image.astype(np.float32))


@_named("maxpool", alpha="same")
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


@_named("minpool", alpha="same")
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


@_named("avgpool", alpha="same")
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


@_named("medianpool", alpha="same")
def medianpool(
    image: np.ndarray,
    size: int | tuple[int, int] = 3,
    stride: int | tuple[int, int] | None = None,
    padding: Padding = 0,
) -> np.ndarray:
    """Median of every window; the stride is the size unless given."""
    return pool(image, size, kind="median", stride=stride, padding=padding)
