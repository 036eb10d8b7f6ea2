"""The named kernels, each a function of its parameters that gives the array.

All are written for correlation: the first row of the array meets the pixels
above. Derivatives are unnormalised and positive where the image gets brighter
to the right (x) or downwards (y), as OpenCV's and SciPy's.
"""

import math

import numpy as np

from ..images.errors import EdgewiseError
from . import gaussians, oriented  # noqa: F401 (they register their kernels)
from .catalogue import KERNELS, named_kernel
from .registry import suggest
from .windows import check_reach


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


@named_kernel("identity")
def identity() -> np.ndarray:
    """Leave the image as it is."""
    return np.ones((1, 1))


@named_kernel("box")
def box(size: int | tuple[int, int] = 3) -> np.ndarray:
    """Mean of size x size pixels, or of rows/columns."""
    rows, columns = (size, size) if isinstance(size, int) else size
    if min(rows, columns) < 1:
        raise EdgewiseError(f"size={size} is not above 0")
    check_reach(max(rows, columns) // 2)
    return np.full((rows, columns), 1 / (rows * columns))


@named_kernel("binomial")
def binomial(size: int = 3) -> np.ndarray:
    """Binomial blur, Pascal's triangle both ways, of weight 1; like a Gaussian."""
    if not 1 <= size <= 63:
        raise EdgewiseError(f"size={size} is not from 1 to 63")
    row = np.array([math.comb(size - 1, at) for at in range(size)]) / 2 ** (size - 1)
    return np.outer(row, row)


@named_kernel("sobel-x")
def sobel_x() -> np.ndarray:
    """Sobel's derivative to the right, unnormalised."""
    return np.outer([1, 2, 1], [-1, 0, 1])


@named_kernel("sobel-y")
def sobel_y() -> np.ndarray:
    """Sobel's derivative downwards, unnormalised."""
    return sobel_x().T


@named_kernel("prewitt-x")
def prewitt_x() -> np.ndarray:
    """Prewitt's derivative to the right, unnormalised."""
    return np.outer([1, 1, 1], [-1, 0, 1])


@named_kernel("prewitt-y")
def prewitt_y() -> np.ndarray:
    """Prewitt's derivative downwards, unnormalised."""
    return prewitt_x().T


@named_kernel("scharr-x")
def scharr_x() -> np.ndarray:
    """Scharr's derivative to the right, unnormalised."""
    return np.outer([3, 10, 3], [-1, 0, 1])


@named_kernel("scharr-y")
def scharr_y() -> np.ndarray:
    """Scharr's derivative downwards, unnormalised."""
    return scharr_x().T


@named_kernel("roberts-1")
def roberts_1() -> np.ndarray:
    """Roberts' cross, difference along the falling diagonal (2x2)."""
    return np.array([[1, 0], [0, -1]])


@named_kernel("roberts-2")
def roberts_2() -> np.ndarray:
    """Roberts' cross, difference along the rising diagonal (2x2)."""
    return np.array([[0, 1], [-1, 0]])


@named_kernel("laplacian")
def laplacian(neighbours: int = 4) -> np.ndarray:
    """Laplacian of 4 or 8 neighbours, negative in the centre."""
    if neighbours == 4:
        return np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    if neighbours == 8:
        return np.array([[1, 1, 1], [1, -8, 1], [1, 1, 1]])
    raise EdgewiseError(f"neighbours={neighbours} is neither 4 nor 8")


@named_kernel("emboss")
def emboss() -> np.ndarray:
    """Relief lit from above left, the image added in."""
    return np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]])


@named_kernel("sharpen")
def sharpen(amount: float = 1.0) -> np.ndarray:
    """Sharpen: the image minus amount times its 4-neighbour Laplacian."""
    return np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]) - amount * laplacian(4)


@named_kernel("diagonal")
def diagonal() -> np.ndarray:
    """Difference across the falling diagonal (4x4), of sum 0."""
    return np.array([[0, 0, -1, 0], [0, -2, 0, 1], [-1, 0, 2, 0], [0, 1, 0, 0]])
