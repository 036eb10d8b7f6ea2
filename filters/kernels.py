"""The named kernels, each a function of its parameters that gives the array.

All are written for correlation: the first row of the array meets the pixels
above. Derivatives are unnormalised and positive where the image gets brighter
to the right (x) or downwards (y), as OpenCV's and SciPy's.
"""

import math

import numpy as np

from ..images.errors import EdgewiseError
from .registry import Named, suggest

KERNELS: dict[str, Named] = {}


def _named(name: str):
    def register(function):
        KERNELS[name] = Named(name, function)
        return function

    return register


def kernel(name: str, **parameters: object) -> np.ndarray:
    """Return a named kernel.

    Parameters
    ----------
    name : str
        A key of `KERNELS`, such as ``gaussian`` or ``sobel-x``.
    **parameters
        The kernel's own, such as ``sigma=2``; `edgewise kernels NAME` lists them.

    Returns
    -------
    ndarray of float32, (K, L)

    Raises
    ------
    EdgewiseError
        If the name or a parameter is unknown, or a value makes no sense.

    Examples
    --------
    >>> kernel("sobel-x")
    array([[-1.,  0.,  1.],
           [-2.,  0.,  2.],
           [-1.,  0.,  1.]], dtype=float32)
    """
    if name not in KERNELS:
        raise EdgewiseError(f'no kernel "{name}"{suggest(name, KERNELS)}')
    entry = KERNELS[name]
    for key in parameters:
        if key not in entry.parameters:
            raise EdgewiseError(f'{name} has no setting "{key}"{suggest(key, entry.parameters)}')
    return np.asarray(entry.function(**parameters), dtype=np.float32)


def _odd_radius(size: int, what: str = "size") -> int:
    if size < 1 or size % 2 == 0:
        raise EdgewiseError(f"{what}={size} is not an odd number above 0")
    return size // 2


def _gaussian_row(sigma: float, radius: int) -> np.ndarray:
    if not sigma > 0 or not math.isfinite(sigma):
        raise EdgewiseError(f"sigma={sigma} is not above 0")
    x = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 * (x / sigma) ** 2)
    return weights / weights.sum()


def _gaussian_radius(sigma: float, size: int | None, truncate: float) -> int:
    # SciPy's rule, so that the same sigma gives the same kernel there.
    return _odd_radius(size) if size is not None else int(truncate * sigma + 0.5)


@_named("identity")
def identity() -> np.ndarray:
    """Leave the image as it is."""
    return np.ones((1, 1))


@_named("box")
def box(size: int = 3) -> np.ndarray:
    """Mean of size x size pixels."""
    if size < 1:
        raise EdgewiseError(f"size={size} is not above 0")
    return np.full((size, size), 1 / size**2)


@_named("gaussian")
def gaussian(sigma: float = 1.0, truncate: float = 4.0, size: int | None = None) -> np.ndarray:
    """Gaussian blur, of weight 1, cut off at truncate sigmas as SciPy's unless size is given."""
    row = _gaussian_row(sigma, _gaussian_radius(sigma, size, truncate))
    return np.outer(row, row)


@_named("sobel-x")
def sobel_x() -> np.ndarray:
    """Sobel's derivative to the right, unnormalised."""
    return np.outer([1, 2, 1], [-1, 0, 1])


@_named("sobel-y")
def sobel_y() -> np.ndarray:
    """Sobel's derivative downwards, unnormalised."""
    return sobel_x().T


@_named("prewitt-x")
def prewitt_x() -> np.ndarray:
    """Prewitt's derivative to the right, unnormalised."""
    return np.outer([1, 1, 1], [-1, 0, 1])


@_named("prewitt-y")
def prewitt_y() -> np.ndarray:
    """Prewitt's derivative downwards, unnormalised."""
    return prewitt_x().T


@_named("scharr-x")
def scharr_x() -> np.ndarray:
    """Scharr's derivative to the right, unnormalised."""
    return np.outer([3, 10, 3], [-1, 0, 1])


@_named("scharr-y")
def scharr_y() -> np.ndarray:
    """Scharr's derivative downwards, unnormalised."""
    return scharr_x().T


@_named("roberts-1")
def roberts_1() -> np.ndarray:
    """Roberts' cross, difference along the falling diagonal (2x2)."""
    return np.array([[1, 0], [0, -1]])


@_named("roberts-2")
def roberts_2() -> np.ndarray:
    """Roberts' cross, difference along the rising diagonal (2x2)."""
    return np.array([[0, 1], [-1, 0]])


@_named("laplacian")
def laplacian(neighbours: int = 4) -> np.ndarray:
    """Laplacian of 4 or 8 neighbours, negative in the centre."""
    if neighbours == 4:
        return np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    if neighbours == 8:
        return np.array([[1, 1, 1], [1, -8, 1], [1, 1, 1]])
    raise EdgewiseError(f"neighbours={neighbours} is neither 4 nor 8")


@_named("log")
def laplacian_of_gaussian(
    sigma: float = 1.4, truncate: float = 4.0, size: int | None = None
) -> np.ndarray:
    """Laplacian of a Gaussian, of sum 0, negative in the centre."""
    radius = max(1, _gaussian_radius(sigma, size, truncate))
    row = _gaussian_row(sigma, radius)
    square = np.arange(-radius, radius + 1) ** 2
    distance = square[:, None] + square
    weights = np.outer(row, row) * (distance - 2 * sigma**2) / sigma**4
    # Cutting the tails leaves a small sum, and flat areas would not be 0.
    return weights - weights.mean()


@_named("emboss")
def emboss() -> np.ndarray:
    """Relief lit from above left, the image added in."""
    return np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]])


@_named("sharpen")
def sharpen(amount: float = 1.0) -> np.ndarray:
    """Sharpen: the image minus amount times its 4-neighbour Laplacian."""
    return np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]) - amount * laplacian(4)


@_named("diagonal")
def diagonal() -> np.ndarray:
    """Difference across the falling diagonal (4x4), of sum 0."""
    return np.array([[0, 0, -1, 0], [0, -2, 0, 1], [-1, 0, 2, 0], [0, 1, 0, 0]])
