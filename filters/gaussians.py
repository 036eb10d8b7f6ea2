"""Kernels made of Gaussians: blurs, derivatives, differences, steered lines."""

import math
from typing import Literal

import numpy as np

from ..images.errors import EdgewiseError
from .catalogue import named_kernel
from .windows import check_reach

Preset = Literal["scipy", "opencv", "imagemagick"]

# OpenCV's getGaussianKernel takes these where the size is given and sigma is not.
OPENCV_ROWS = {
    1: [1.0],
    3: [0.25, 0.5, 0.25],
    5: [0.0625, 0.25, 0.375, 0.25, 0.0625],
    7: [0.03125, 0.109375, 0.21875, 0.28125, 0.21875, 0.109375, 0.03125],
    9: [v / 256 for v in (4, 13, 30, 51, 60, 51, 30, 13, 4)],
}

# One step of ImageMagick's 16-bit build: weights below it are left out.
QUANTUM = 1 / 65535


def odd_radius(size: int, what: str = "size") -> int:
    """Return the radius of an odd size, or refuse it."""
    if size < 1 or size % 2 == 0:
        raise EdgewiseError(f"{what}={size} is not an odd number above 0")
    return check_reach(size // 2)


def check_sigma(sigma: float) -> float:
    """Return a standard deviation, or refuse what is none."""
    if not sigma > 0 or not math.isfinite(sigma):
        raise EdgewiseError(f"sigma={sigma} is not above 0")
    return sigma


def gaussian_row(sigma: float, radius: int) -> np.ndarray:
    """Return a Gaussian sampled at whole positions, of sum 1."""
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / check_sigma(sigma)) ** 2)
    return weights / weights.sum()


def gaussian_radius(sigma: float, size: int | None, truncate: float) -> int:
    """Return how far a Gaussian reaches, by SciPy's rule unless the size is given."""
    if not 0 <= truncate < math.inf:
        raise EdgewiseError(f"truncate={truncate} is not 0 or above")
    if size is not None:
        return odd_radius(size)
    return check_reach(truncate * check_sigma(sigma) + 0.5)


@named_kernel("gaussian")
def gaussian(
    sigma: float | tuple[float, float] = 1.0,
    truncate: float | None = None,
    size: int | None = None,
    radius: int | None = None,
    preset: Preset = "scipy",
) -> np.ndarray:
    """Gaussian blur of weight 1; sigma may be rows/columns, preset says whose cut-off.

    The kernel ends `truncate` sigmas from its centre (scipy: 4, opencv: 3, its
    rule for 8-bit pictures), or at `radius`, or is `size` wide. With
    preset=opencv, a sigma of 0 follows from the size.
    """
    sigmas = sigma if isinstance(sigma, tuple) else (sigma, sigma)
    if radius is not None:
        if size is not None or radius < 0:
            raise EdgewiseError(f"radius={radius} is below 0, or the size is set too")
        size = 2 * radius + 1
    column, row = (_preset_row(s, truncate, size, preset) for s in sigmas)
    return np.outer(column, row)


def _preset_row(sigma: float, truncate, size, preset: Preset) -> np.ndarray:
    if preset == "opencv":
        return _opencv_row(sigma, truncate, size)
    if preset == "imagemagick" and size is None and truncate is None:
        return gaussian_row(sigma, _imagemagick_radius(check_sigma(sigma)))
    return gaussian_row(sigma, gaussian_radius(sigma, size, 4.0 if truncate is None else truncate))


def _opencv_row(sigma: float, truncate: float | None, size: int | None) -> np.ndarray:
    if size is None:
        truncate = 3.0 if truncate is None else truncate
        gaussian_radius(sigma, None, truncate)  # or it is refused
        reach = sigma * truncate
        size = round(2 * reach + 1) | 1
    odd_radius(size)
    if sigma > 0:
        return gaussian_row(sigma, size // 2)
    if size in OPENCV_ROWS:
        return np.array(OPENCV_ROWS[size])
    return gaussian_row(0.15 * size + 0.35, size // 2)


def _imagemagick_radius(sigma: float) -> int:
    """Return the greatest radius whose outermost weight on the axis is a step or more."""
    reach = 2
    while True:
        row = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
        if row[0] / row.sum() ** 2 < QUANTUM:
            return reach - 1
        reach = check_reach(reach + 1)


def derivative_row(sigma: float, order: int, radius: int) -> np.ndarray:
    """Return the order-th derivative of a sampled Gaussian, written for correlation.

    As SciPy's: the polynomial q with g^(n) = q g, where q' + q * (-x / sigma^2)
    takes it from one order to the next. Correlating looks the other way, which
    changes the sign of odd orders.
    """
    x = np.arange(-radius, radius + 1)
    polynomial = np.polynomial.Polynomial([1.0])
    slope = np.polynomial.Polynomial([0.0, -1 / sigma**2])
    for _ in range(order):
        polynomial = polynomial.deriv() + polynomial * slope
    return polynomial(x) * gaussian_row(sigma, radius) * (-1) ** order


@named_kernel("gaussian-derivative")
def gaussian_derivative(
    sigma: float | tuple[float, float] = 1.0,
    order: int | tuple[int, int] = (0, 1),
    truncate: float = 4.0,
    size: int | None = None,
) -> np.ndarray:
    """Differentiate a Gaussian; order counts rows/columns, 0/1 is to the right.

    As ``scipy.ndimage.gaussian_filter``.
    """
    sigmas = sigma if isinstance(sigma, tuple) else (sigma, sigma)
    orders = order if isinstance(order, tuple) else (order, order)
    if not 0 <= min(orders) <= max(orders) <= 8:
        raise EdgewiseError(f"order={order} is not from 0 to 8")
    rows = [
        derivative_row(check_sigma(s), n, gaussian_radius(s, size, truncate))
        for s, n in zip(sigmas, orders, strict=True)
    ]
    return np.outer(*rows)


@named_kernel("log")
def laplacian_of_gaussian(
    sigma: float = 1.4, truncate: float = 4.0, size: int | None = None
) -> np.ndarray:
    """Laplacian of a Gaussian, of sum 0, negative in the centre."""
    radius = max(1, gaussian_radius(sigma, size, truncate))
    row = gaussian_row(sigma, radius)
    square = np.arange(-radius, radius + 1) ** 2
    distance = square[:, None] + square
    weights = np.outer(row, row) * (distance - 2 * sigma**2) / sigma**4
    # Cutting the tails leaves a small sum, and flat areas would not be 0.
    return weights - weights.mean()


@named_kernel("dog")
def difference_of_gaussians(
    sigma: float = 1.0, wider: float | None = None, truncate: float = 4.0
) -> np.ndarray:
    """Difference of Gaussians: the narrow minus the wider one (1.6 sigma), of sum 0."""
    wider = 1.6 * check_sigma(sigma) if wider is None else wider
    if wider <= sigma:
        raise EdgewiseError(f"wider={wider} is not above sigma={sigma}")
    narrow = gaussian_row(sigma, gaussian_radius(sigma, None, truncate))
    broad = gaussian_row(wider, gaussian_radius(wider, None, truncate))
    narrow = np.pad(narrow, (broad.size - narrow.size) // 2)
    return np.outer(narrow, narrow) - np.outer(broad, broad)


@named_kernel("steerable")
def steerable(angle: float = 0.0, sigma: float = 1.5, truncate: float = 4.0) -> np.ndarray:
    """Second derivative of a Gaussian along an angle in degrees, 0 right, 90 down."""
    radius = max(1, gaussian_radius(sigma, None, truncate))
    plain, slope, curve = (derivative_row(sigma, order, radius) for order in range(3))
    curve = curve - curve.mean()
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    weights = cosine**2 * np.outer(plain, curve) + sine**2 * np.outer(curve, plain)
    return weights + 2 * cosine * sine * np.outer(slope, slope)
