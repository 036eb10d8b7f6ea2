"""The catalogue's window filters on 12 megapixels.

Each peer does the same work: OpenCV's kernels have the size of ours and its filters the
result's dtype; SciPy, one thread, is repeated less often. The picture is blurred noise
with some grain: Canny, the bilateral filter and OpenCV's medians depend on what is in it.

What was tried, 12 MP on two cores (Zen 5), the kept one last.

- Gaussian of sigma 2, gray: along rows into a buffer and then across 20 ms, both
  directions in registers, columns first, straight from the picture 7 to 9.
- Box 15x15, gray: two passes as any Gaussian 12 ms, those in registers 10, columns' sums
  kept and doubled along the row 11 (an addition in place is not vectorised; a slice
  that is assigned to neither), the same without these two 4.3.
- Median 3x3: counting bit by bit 23 ms, a network whose exchanges are loops of their own
  14, columns sorted in loops of three 4 to 8, the whole network in one loop 2.8, straight
  from the picture 1.5 to 2.5. 5x5: 50, 52, and in one loop 2.4 to 4.
- Median 9x9: a network of 543 exchanges 298 ms, counting in memory 60, counting in
  registers with comparisons 53, by saturating differences 24. 15x15: counting in memory
  140 ms, in registers 135 and 62. Larger windows slide histograms, 1 to 2.6 s, and
  nothing else was tried.
- float32 medians, 1.2 MP: counting takes 32 rounds where a byte takes 8; 7x7 is a network
  (20 ms, not 24), 9x9 is counted (39.5 ms, not 42).
- Bilateral, RGB: a loop along the row for each place of the window and step 74 ms, all in
  registers 43.
- Sobel magnitude: assigning each row to the result 15 ms, writing it there 10.6, of which
  the loop takes 4.5 and making 48 MB of fresh memory most of the rest.
- Canny: thinning with branches 187 ms, without 49.
"""

import cv2
import numpy as np
import scipy.ndimage

from edgewise import correlate, kernel
from edgewise.filters.bilateral import bilateral
from edgewise.filters.canny import canny
from edgewise.filters.edges import edge_strength
from edgewise.filters.rank import rank_filter
from edgewise.filters.sliding import Windows

from .timing import Row, compare, geometric_mean

# kernel, its setting and values, SciPy's function.
SCIPY = (
    ("gaussian", ("sigma", (1, 2, 5)), scipy.ndimage.gaussian_filter),
    ("box", ("size", (5, 15)), scipy.ndimage.uniform_filter),
)


def run(repeat: int) -> list[Row]:
    """Time every filter of the table."""
    rng = np.random.default_rng(0)
    small = rng.normal(size=(750, 1000, 3)).astype(np.float32)
    large = cv2.resize(
        cv2.GaussianBlur(small, (0, 0), 2), (4000, 3000), interpolation=cv2.INTER_CUBIC
    )
    noise = rng.normal(size=large.shape).astype(np.float32)
    colour = np.clip(128 + 300 * large + 4 * noise, 0, 255).astype(np.uint8)
    gray = np.ascontiguousarray(colour[:, :, 1])
    return [
        *_smoothing(gray, colour, repeat),
        *_edges(gray, repeat),
        *_medians(gray, repeat),
        *_bilateral(gray, colour, repeat),
    ]


def _smoothing(gray: np.ndarray, colour: np.ndarray, repeat: int) -> list[Row]:
    rows = []
    for image, what in ((gray, "gray"), (colour, "RGB")):
        for sigma in (1, 2, 5):
            weights = kernel("gaussian", sigma=sigma, preset="opencv")
            rows += compare(
                f"Gaussian sigma {sigma}, {what}",
                lambda image=image, weights=weights: correlate(image, weights, dtype=np.uint8),
                {"OpenCV": lambda image=image, sigma=sigma: cv2.GaussianBlur(image, (0, 0), sigma)},
                repeat,
            )
        for size in (5, 15):
            weights = kernel("box", size=size)
            rows += compare(
                f"box {size}x{size}, {what}",
                lambda image=image, weights=weights: correlate(image, weights, dtype=np.uint8),
                {"OpenCV": lambda image=image, size=size: cv2.blur(image, (size, size))},
                repeat,
            )
    mean = geometric_mean(rows, "geometric mean of these, uint8 to uint8")
    return [*rows, mean, *_smoothing_as_scipy(gray, colour, min(3, repeat))]


def _smoothing_as_scipy(gray: np.ndarray, colour: np.ndarray, repeat: int) -> list[Row]:
    rows = []
    how = {"mode": "mirror", "axes": (0, 1)}
    for image, what in ((gray, "gray"), (colour, "RGB")):
        for name, setting, theirs in SCIPY:
            for value in setting[1]:
                weights = kernel(name, **{setting[0]: value})
                rows += compare(
                    f"{name} {setting[0]} {value}, {what}",
                    lambda image=image, weights=weights: correlate(image, weights, dtype=np.uint8),
                    {
                        "SciPy": lambda image=image, value=value, call=theirs: call(
                            image, value, **how
                        )
                    },
                    repeat,
                )
    return [*rows, geometric_mean(rows, "geometric mean of these, uint8 to uint8")]


def _edges(gray: np.ndarray, repeat: int) -> list[Row]:
    def opencv() -> np.ndarray:
        x, y = cv2.Sobel(gray, cv2.CV_32F, 1, 0), cv2.Sobel(gray, cv2.CV_32F, 0, 1)
        return cv2.magnitude(x, y)

    rows = compare(
        "Sobel magnitude, gray, to float32",
        lambda: edge_strength(gray),
        {"OpenCV (x, y, magnitude)": opencv},
        repeat,
    )
    windows = Windows(border="edge")
    for norm in ("l1", "l2"):
        rows += compare(
            f"Canny 50 150, {norm}, gray",
            lambda norm=norm: canny(gray, windows, 50, 150, 0, norm),
            {"OpenCV": lambda norm=norm: cv2.Canny(gray, 50, 150, L2gradient=norm == "l2")},
            repeat,
        )
    return rows


def _medians(gray: np.ndarray, repeat: int) -> list[Row]:
    rows = []
    for size in (3, 5, 9, 15, 31):
        rows += compare(
            f"median {size}x{size}, uint8",
            lambda size=size: rank_filter(gray, size, size * size // 2),
            {"OpenCV": lambda size=size: cv2.medianBlur(gray, size)},
            min(5, repeat),
        )
    part = gray[:1000, :1200]  # SciPy's take minutes for the whole
    for dtype in (np.uint16, np.float32):
        image = part.astype(dtype) * dtype(200)
        for size in (3, 5, 9, 15):
            rows += compare(
                f"median {size}x{size}, {np.dtype(dtype)}, 1.2 MP",
                lambda size=size, image=image: rank_filter(image, size, size * size // 2),
                {"SciPy": lambda size=size, image=image: scipy.ndimage.median_filter(image, size)},
                1,
            )
    return rows


def _bilateral(gray: np.ndarray, colour: np.ndarray, repeat: int) -> list[Row]:
    rows = []
    for image, what in ((gray, "gray"), (colour, "RGB")):
        rows += compare(
            f"bilateral d=5, {what}",
            lambda image=image: bilateral(image, Windows(), 30, 3, 5),
            {"OpenCV": lambda image=image: cv2.bilateralFilter(image, 5, 30, 3)},
            min(5, repeat),
        )
    return rows
