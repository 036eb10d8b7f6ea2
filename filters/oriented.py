"""Kernels with a direction: Farid, Frei-Chen, compass masks, Gabor, motion."""

import math

import numpy as np

from ..images.errors import EdgewiseError
from .catalogue import named_kernel
from .gaussians import check_sigma, odd_radius
from .windows import check_reach

# Farid and Simoncelli 2004, the 5-tap pair, as scikit-image's.
FARID_SMOOTH = np.array(
    [0.0376593171958126, 0.249153396177344, 0.426374573253687, 0.249153396177344,
     0.0376593171958126]
)  # fmt: skip
FARID_SLOPE = np.array([-0.109603762960254, -0.276690988455557, 0, 0.276690988455557,
                        0.109603762960254])  # fmt: skip

# The eight neighbours as (row, column), from the right against the clock.
RING = ((1, 2), (0, 2), (0, 1), (0, 0), (1, 0), (2, 0), (2, 1), (2, 2))
COMPASSES = {
    "kirsch": (5, 5, -3, -3, -3, -3, -3, 5),
    "robinson": (2, 1, 0, -1, -2, -1, 0, 1),
}


@named_kernel("farid-x")
def farid_x() -> np.ndarray:
    """Farid and Simoncelli's derivative to the right, 5x5, in values per pixel."""
    return np.outer(FARID_SMOOTH, FARID_SLOPE)


@named_kernel("farid-y")
def farid_y() -> np.ndarray:
    """Farid and Simoncelli's derivative downwards, 5x5, in values per pixel."""
    return farid_x().T


@named_kernel("frei-chen-x")
def frei_chen_x() -> np.ndarray:
    """Isotropic derivative to the right of Frei and Chen, unnormalised."""
    return np.outer([1, math.sqrt(2), 1], [-1, 0, 1])


@named_kernel("frei-chen-y")
def frei_chen_y() -> np.ndarray:
    """Isotropic derivative downwards of Frei and Chen, unnormalised."""
    return frei_chen_x().T


@named_kernel("frei-chen-basis")
def frei_chen_basis(number: int = 1) -> np.ndarray:
    """One of the nine orthonormal masks of Frei and Chen: 1-4 edges, 5-8 lines, 9 mean."""
    if not 1 <= number <= 9:
        raise EdgewiseError(f"number={number} is not from 1 to 9")
    root = math.sqrt(2)
    masks = (
        [1, root, 1, 0, 0, 0, -1, -root, -1],
        [1, 0, -1, root, 0, -root, 1, 0, -1],
        [0, -1, root, 1, 0, -1, -root, 1, 0],
        [root, -1, 0, -1, 0, 1, 0, 1, -root],
        [0, 1, 0, -1, 0, -1, 0, 1, 0],
        [-1, 0, 1, 0, 0, 0, 1, 0, -1],
        [1, -2, 1, -2, 4, -2, 1, -2, 1],
        [-2, 1, -2, 1, 4, 1, -2, 1, -2],
        [1, 1, 1, 1, 1, 1, 1, 1, 1],
    )
    mask = np.reshape(np.array(masks[number - 1], float), (3, 3))
    return mask / np.linalg.norm(mask)


def _compass(name: str, direction: int) -> np.ndarray:
    if not 0 <= direction <= 7:
        raise EdgewiseError(f"direction={direction} is not from 0 to 7")
    weights = np.zeros((3, 3))
    for at, weight in enumerate(COMPASSES[name]):
        weights[RING[(at + direction) % 8]] = weight
    return weights


@named_kernel("kirsch-mask")
def kirsch_mask(direction: int = 0) -> np.ndarray:
    """One of Kirsch's eight masks: 0 is bright on the right, then 45 degrees left each."""
    return _compass("kirsch", direction)


@named_kernel("robinson-mask")
def robinson_mask(direction: int = 0) -> np.ndarray:
    """One of Robinson's eight masks: 0 is sobel-x, then 45 degrees left each."""
    return _compass("robinson", direction)


@named_kernel("gabor")
def gabor(
    sigma: float = 2.0,
    angle: float = 0.0,
    wavelength: float | None = None,
    aspect: float = 0.5,
    phase: float = 0.0,
    size: int | None = None,
) -> np.ndarray:
    """Gabor wave: a Gaussian times a cosine that runs along the angle; degrees, 90 is down.

    The wavelength is 2 sigma unless given. As OpenCV's ``getGaborKernel``, whose
    ``gamma`` is the aspect and whose ``psi`` the phase.
    """
    wavelength = 2 * check_sigma(sigma) if wavelength is None else wavelength
    if not (wavelength > 0 and aspect > 0):
        raise EdgewiseError(f"wavelength={wavelength} or aspect={aspect} is not above 0")
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    spread = 3 * sigma * max(abs(cosine), abs(sine), abs(sine) / aspect, abs(cosine) / aspect)
    radius = odd_radius(size) if size is not None else max(1, check_reach(round(spread)))
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    along, across = x * cosine + y * sine, y * cosine - x * sine
    envelope = np.exp(-0.5 * (along**2 + (aspect * across) ** 2) / sigma**2)
    # OpenCV counts x and y from the far corner: its wave runs the other way.
    return envelope * np.cos(-2 * math.pi * along / wavelength + math.radians(phase))


@named_kernel("motion")
def motion(length: float = 9.0, angle: float = 0.0) -> np.ndarray:
    """Motion blur along a line, of weight 1; degrees, 0 to the right and 90 down.

    Each weight falls from 1 on the line to 0 at one pixel from it.
    """
    if not 1 <= length <= 1001:
        raise EdgewiseError(f"length={length} is not from 1 to 1001")
    half = (length - 1) / 2
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    down, right = (math.ceil(half * abs(part) - 1e-9) for part in (sine, cosine))
    y, x = np.mgrid[-down : down + 1, -right : right + 1]
    along, across = x * cosine + y * sine, y * cosine - x * sine
    beyond = np.maximum(np.abs(along) - half, 0)
    weights = np.maximum(1 - np.hypot(beyond, across), 0)
    return weights / weights.sum()
