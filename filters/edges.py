"""Edge operators: two derivatives, and their magnitude or direction."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np

from .catalogue import named_filter
from .kernels import prewitt_x, scharr_x, sobel_x
from .magnitude import Magnitude, Norm, magnitude_of, magnitude_scale, scale
from .oriented import farid_x, frei_chen_basis, frei_chen_x
from .runner import Finish, run
from .sliding import Windows
from .values import as_image

Output = Literal["magnitude", "x", "y", "angle"]

MATRICES = {
    "sobel": sobel_x, "prewitt": prewitt_x, "scharr": scharr_x, "frei-chen": frei_chen_x,
    "farid": farid_x,
}  # fmt: skip


def _edge_filter(name: str, **facts: Any) -> Callable:
    operation = partial(magnitude_of, operator=name)
    return named_filter(name, correlates=True, alpha="sample", operation=operation, **facts)


def _five_by_five(**_: object) -> tuple[int, int]:
    return 5, 5


@named_filter(
    "sobel", correlates=True, alpha="sample", operation=partial(magnitude_of, operator="sobel")
)
def sobel(
    image: np.ndarray, windows: Windows, output: Output = "magnitude", norm: Norm = "raw"
) -> np.ndarray:
    """Edge strength of Sobel's derivatives [1 2 1] x [-1 0 1], or one of them, or the angle."""
    return _edges(image, windows, "sobel", output, norm)


@named_filter(
    "prewitt", correlates=True, alpha="sample", operation=partial(magnitude_of, operator="prewitt")
)
def prewitt(
    image: np.ndarray, windows: Windows, output: Output = "magnitude", norm: Norm = "raw"
) -> np.ndarray:
    """Edge strength of Prewitt's derivatives [1 1 1] x [-1 0 1], or one of them, or the angle."""
    return _edges(image, windows, "prewitt", output, norm)


@named_filter(
    "scharr", correlates=True, alpha="sample", operation=partial(magnitude_of, operator="scharr")
)
def scharr(
    image: np.ndarray, windows: Windows, output: Output = "magnitude", norm: Norm = "raw"
) -> np.ndarray:
    """Edge strength of Scharr's derivatives [3 10 3] x [-1 0 1], or one of them, or the angle."""
    return _edges(image, windows, "scharr", output, norm)


@_edge_filter("farid", reach=_five_by_five)
def farid(
    image: np.ndarray, windows: Windows, output: Output = "magnitude", norm: Norm = "raw"
) -> np.ndarray:
    """Edge strength of Farid and Simoncelli's 5x5 derivatives, or one of them, or the angle."""
    return _edges(image, windows, "farid", output, norm)


@named_filter(
    "frei-chen",
    correlates=True,
    alpha="sample",
    operation=partial(magnitude_of, operator="frei-chen"),
)
def frei_chen(
    image: np.ndarray, windows: Windows,
    output: Literal["magnitude", "x", "y", "angle", "edge", "line"] = "magnitude",
    norm: Norm = "raw",
) -> np.ndarray:  # fmt: skip
    """Edge strength of Frei and Chen's [1 sqrt(2) 1] x [-1 0 1], or edge or line likeness."""
    if output in ("edge", "line"):
        return _likeness(image, windows, output)
    return _edges(image, windows, "frei-chen", output, norm)


@named_filter("roberts", correlates=True, alpha="sample", reach=lambda **_: (2, 2))
def roberts(
    image: np.ndarray, windows: Windows, output: Output = "magnitude", norm: Norm = "raw"
) -> np.ndarray:
    """Edge strength of Roberts' 2x2 cross; x is the falling diagonal, y the rising one."""
    falling, rising = np.array([[-1, 0], [0, 1]]), np.array([[0, -1], [1, 0]])
    scale = 1.0 if norm != "slope" else math.sqrt(0.5)
    return _combine(image, windows, falling * scale, rising * scale, output, norm == "divided")


def edge_strength(
    image: np.ndarray,
    operator: str = "sobel",
    *,
    norm: Norm = "raw",
    dtype: object = None,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """Return the gradient magnitude of an image.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C), uint8, uint16 or float32
    operator : {'sobel', 'prewitt', 'scharr', 'frei-chen', 'farid'}
    norm : {'raw', 'divided', 'slope'}
        ``raw`` takes the weights as they are, as OpenCV and SciPy; ``divided`` makes
        the smoothing weights sum to 1 and divides by sqrt(2), as scikit-image;
        ``slope`` gives values per pixel.
    dtype : {None, float32, uint8, uint16}
        An integer dtype rounds half to even and saturates.
    out : ndarray, optional
        Where the result goes, C-contiguous, of the image's shape and of `dtype`.

    Returns
    -------
    ndarray, of the image's shape
    """
    magnitude = Magnitude(Windows(), operator, magnitude_scale(operator, norm))
    finish = Finish(out.dtype if dtype is None and out is not None else dtype)
    return run([magnitude], as_image(image), finish, out)


def _edges(image, windows: Windows, operator: str, output: str, norm: Norm) -> np.ndarray:
    operation = magnitude_of(windows, output, norm, operator=operator)
    if operation is not None:
        return run([operation], as_image(image), None)
    factor = magnitude_scale if output == "magnitude" else scale
    matrix = MATRICES[operator]() * factor(operator, norm)
    return _combine(image, windows, matrix, matrix.T, output, False)


def _combine(image, windows: Windows, right, down, output: str, halve: bool) -> np.ndarray:
    """Correlate with one derivative or both, and combine them."""
    if output == "x":
        return windows.slide(image, right)
    if output == "y":
        return windows.slide(image, down)
    x, y = windows.slide(image, right), windows.slide(image, down)
    if output == "angle":
        return _angle(x, y)
    x *= x
    y *= y
    x += y
    if halve:
        x *= np.float32(0.5)
    return np.sqrt(x, out=x)


def _angle(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the direction of the gradient in degrees, [0, 360): 0 right, 90 down."""
    angle = np.degrees(np.arctan2(y, x), dtype=np.float32)
    angle[angle < 0] += 360
    angle[angle == 360] = 0  # what lies just below 0 is rounded to it
    return angle


def _likeness(image: np.ndarray, windows: Windows, output: str) -> np.ndarray:
    """Return the share of a window that is an edge or a line: the cosine to that subspace."""
    energy = [np.square(windows.slide(image, frei_chen_basis(n))) for n in range(1, 10)]
    part = sum(energy[:4] if output == "edge" else energy[4:8])
    total = np.maximum(sum(energy), np.finfo(np.float32).tiny)
    return np.sqrt(part / total).astype(np.float32)
