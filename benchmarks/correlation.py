"""Dense correlation of 12 megapixels (uint8 in, uint8 and float32 out).

Against OpenCV's filter2D, which is told to give the same dtype, and SciPy's
ndimage.correlate on one of the sizes. The kernels are random, so that nobody
can factor them.
"""

import cv2
import numpy as np
import scipy.ndimage

from edgewise import correlate

from .timing import Row, compare, geometric_mean


def run(repeat: int) -> list[Row]:
    """Time all sizes, gray and RGB."""
    rng = np.random.default_rng(0)
    rows = []
    for dtype in (np.uint8, np.float32):
        found = []
        for channels in (1, 3):
            shape = (3000, 4000) if channels == 1 else (3000, 4000, 3)
            image = rng.integers(0, 256, shape, np.uint8)
            for size in (3, 5, 9, 15):
                kernel = (rng.normal(size=(size, size)) / size).astype(np.float32)
                found += _compare(image, kernel, dtype, repeat)
        mean = geometric_mean(found, f"geometric mean of the eight, to {np.dtype(dtype)}")
        rows += [*found, mean]
    return rows + _against_scipy(rng, repeat)


def _compare(image: np.ndarray, kernel: np.ndarray, dtype: type, repeat: int) -> list[Row]:
    size, colour = len(kernel), "gray" if image.ndim == 2 else "RGB"
    depth = cv2.CV_8U if dtype == np.uint8 else cv2.CV_32F
    return compare(
        f"{size}x{size}, {colour}, to {np.dtype(dtype)}",
        lambda: correlate(image, kernel, dtype=dtype),
        {"OpenCV": lambda: cv2.filter2D(image, depth, kernel)},
        repeat,
    )


def _against_scipy(rng: np.random.Generator, repeat: int) -> list[Row]:
    image = rng.integers(0, 256, (3000, 4000), np.uint8)
    rows = []
    for size in (3, 9):
        kernel = rng.normal(size=(size, size))
        theirs = {
            "SciPy": lambda kernel=kernel: scipy.ndimage.correlate(
                image, kernel, output=np.float32, mode="mirror"
            )
        }
        name = f"{size}x{size}, gray, to float32"
        rows += compare(
            name, lambda kernel=kernel: correlate(image, kernel), theirs, min(3, repeat)
        )
    return rows
