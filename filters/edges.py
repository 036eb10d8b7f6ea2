"""Edge operators: two derivatives, and their magnitude or direction."""

import math
from typing import Literal

import numpy as np

from . import correlation
from .borders import border_name
from .catalogue import named_filter
from .kernels import prewitt_x, scharr_x, sobel_x
from .methods import tell
from .oriented import FARID_SLOPE, FARID_SMOOTH, farid_x, frei_chen_basis, frei_chen_x
from .sliding import Windows
from .strips import lay_out, lay_taps
from .values import as_planes, limits, output_dtype, saturate

Output = Literal["magnitude", "x", "y", "angle"]
Norm = Literal["raw", "divided", "slope"]

# (smooth, slope) of each operator, the sums that norm=divided and norm=slope divide by.
OPERATORS = {
    "sobel": ((1, 2, 1), (-1, 0, 1), 4, 8),
    "prewitt": ((1, 1, 1), (-1, 0, 1), 3, 6),
    "scharr": ((3, 10, 3), (-1, 0, 1), 16, 32),
    "frei-chen": ((1, math.sqrt(2), 1), (-1, 0, 1), 2 + math.sqrt(2), 4 + 2 * math.sqrt(2)),
    "farid": (FARID_SMOOTH, FARID_SLOPE, 1, FARID_SLOPE @ np.arange(-2, 3)),
}
MATRICES = {
    "sobel": sobel_x, "prewitt": prewitt_x, "scharr": scharr_x, "frei-chen": frei_chen_x,
    "farid": farid_x,
}  # fmt: skip


def _five_by_five(**_: object) -> tuple[int, int]:
    return 5, 5


@named_filter("sobel", correlates=True, alpha="sample")
def sobel(
    image: np.ndarray, windows: Windows, output: Output = "magnitude", norm: Norm = "raw"
) -> np.ndarray:
    """Edge strength of Sobel's derivatives [1 2 1] x [-1 0 1], or one of them, or the angle."""
    return _edges(image, windows, "sobel", output, norm)


@named_filter("prewitt", correlates=True, alpha="sample")
def prewitt(
    image: np.ndarray, windows: Windows, output: Output = "magnitude", norm: Norm = "raw"
) -> np.ndarray:
    """Edge strength of Prewitt's derivatives [1 1 1] x [-1 0 1], or one of them, or the angle."""
    return _edges(image, windows, "prewitt", output, norm)


@named_filter("scharr", correlates=True, alpha="sample")
def scharr(
    image: np.ndarray, windows: Windows, output: Output = "magnitude", norm: Norm = "raw"
) -> np.ndarray:
    """Edge strength of Scharr's derivatives [3 10 3] x [-1 0 1], or one of them, or the angle."""
    return _edges(image, windows, "scharr", output, norm)


@named_filter("farid", correlates=True, alpha="sample", reach=_five_by_five)
def farid(
    image: np.ndarray, windows: Windows, output: Output = "magnitude", norm: Norm = "raw"
) -> np.ndarray:
    """Edge strength of Farid and Simoncelli's 5x5 derivatives, or one of them, or the angle."""
    return _edges(image, windows, "farid", output, norm)


@named_filter("frei-chen", correlates=True, alpha="sample")
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
    image: np.ndarray, operator: str = "sobel", *, norm: Norm = "raw", dtype: object = None
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

    Returns
    -------
    ndarray, of the image's shape
    """
    scale = _magnitude_scale(operator, norm)
    return _strength(image, Windows(), operator, scale, output_dtype(dtype))


def _scale(operator: str, norm: Norm) -> float:
    *_, divided, slope = OPERATORS[operator]
    return 1 / {"raw": 1, "divided": divided, "slope": slope}[norm]


def _magnitude_scale(operator: str, norm: Norm) -> float:
    return _scale(operator, norm) * (math.sqrt(0.5) if norm == "divided" else 1)


def _edges(image, windows: Windows, operator: str, output: str, norm: Norm) -> np.ndarray:
    if output == "magnitude":
        scale = _magnitude_scale(operator, norm)
        return _strength(image, windows, operator, scale, np.dtype(np.float32))
    matrix = MATRICES[operator]() * _scale(operator, norm)
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


def _strength(image, windows: Windows, operator: str, scale: float, wanted) -> np.ndarray:
    planes = as_planes(image)
    smooth, slope = (np.asarray(part, float) for part in OPERATORS[operator][:2])
    shape = (smooth.size, smooth.size)
    rows, columns = windows.axes(planes, shape)
    work = rows.count * columns.count * planes.shape[2] * 2 * smooth.size**2
    few = work < correlation.FEW_MULTIPLY_ADDS
    if (few and not _is_free(planes, operator, scale, windows)) or windows.border == "renormalize":
        matrix = MATRICES[operator]() * scale
        result = _combine(image, windows, matrix, matrix.T, "magnitude", False)
        return saturate(result, wanted)
    tell(operator, planes.shape, "both derivatives and the magnitude in one pass")
    return _strength_loops(planes, windows, (rows, columns), (smooth, slope), scale, wanted, image)


def _is_free(planes: np.ndarray, operator: str, scale: float, windows: Windows) -> bool:
    """Say whether the loops are loaded, and give to the last bit what NumPy gives.

    Squares of 8-bit pictures' Sobel and Prewitt derivatives are whole numbers
    that float32 holds, whatever is added first.
    """
    exact = operator in ("sobel", "prewitt") and scale == 1 and planes.dtype == np.uint8
    return exact and border_name(windows.border) != "constant" and correlation.loops_are_loaded()


def _strength_loops(planes, windows, axes, weights, scale, wanted, image) -> np.ndarray:
    from . import edge_loops

    rows, columns = axes
    smooth, slope = weights
    height, width, channels = planes.shape
    layout = lay_out(rows, columns, channels, border_name(windows.border), windows.fill)
    along = lay_taps(rows, columns, channels, np.ones((1, smooth.size), np.float32))
    out = np.empty((rows.count, columns.count, channels), wanted)
    middle = smooth.size // 2
    far, far_slope = (smooth[0], slope[-1]) if middle == 2 else (0.0, 0.0)
    across = (far, smooth[middle - 1], smooth[middle], slope[middle + 1], far_slope)
    # The scale goes into both passes, half each.
    root = math.sqrt(scale)
    edge_loops.magnitude(
        planes.reshape(height, width * channels), layout, rows.dilation, along.columns,
        tuple(np.float32(w * root) for w in across), limits(wanted)[1],
        out.reshape(rows.count, -1),
    )  # fmt: skip
    return out if np.ndim(image) == 3 else out[:, :, 0]


def _likeness(image: np.ndarray, windows: Windows, output: str) -> np.ndarray:
    """Return the share of a window that is an edge or a line: the cosine to that subspace."""
    energy = [np.square(windows.slide(image, frei_chen_basis(n))) for n in range(1, 10)]
    part = sum(energy[:4] if output == "edge" else energy[4:8])
    total = np.maximum(sum(energy), np.finfo(np.float32).tiny)
    return np.sqrt(part / total).astype(np.float32)
