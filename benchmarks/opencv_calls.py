"""OpenCV's calls at their best: all cores, results and scratch in memory that is there already.

Each function makes a call that takes `dst`, the array for the result, or None for fresh
memory. The pictures of a chain's steps are always kept from call to call.
"""

from collections.abc import Callable

import cv2
import numpy as np

from .timing import fastest

# A call with the array for its result, or None.
Call = Callable[[np.ndarray | None], np.ndarray]


def gaussian(image: np.ndarray, sigma: float) -> Call:
    return lambda dst: cv2.GaussianBlur(image, (0, 0), sigma, dst=dst)


def box(image: np.ndarray, size: int) -> Call:
    return lambda dst: cv2.blur(image, (size, size), dst=dst)


def dense(image: np.ndarray, weights: np.ndarray) -> Call:
    return lambda dst: cv2.filter2D(image, cv2.CV_8U, weights, dst=dst)


def median(image: np.ndarray, size: int) -> Call:
    return lambda dst: cv2.medianBlur(image, size, dst=dst)


def max_pooling(image: np.ndarray, size: int) -> Call:
    """OpenCV has none: the fastest of some ways to make one."""
    height, width = image.shape[0] // size, image.shape[1] // size
    part = image[: height * size, : width * size]
    ways = {
        "dilate, resize": _dilate_and_resize(part, size),
        "rows first, resize": _rows_and_resize(part, size),
        "rows first, slices": _rows_and_slices(part, size),
    }
    out = np.empty((height, width, *image.shape[2:]), image.dtype)
    return ways[fastest({name: lambda way=way: way(out) for name, way in ways.items()})]


def _dilate_and_resize(image: np.ndarray, size: int) -> Call:
    scratch, ones = np.empty_like(image), np.ones((size, size), np.uint8)
    small = image.shape[1] // size, image.shape[0] // size

    def call(dst: np.ndarray | None) -> np.ndarray:
        cv2.dilate(image, ones, dst=scratch, anchor=(0, 0))
        return cv2.resize(scratch, small, dst=dst, interpolation=cv2.INTER_NEAREST)

    return call


def _rows_first(image: np.ndarray, size: int) -> Callable[[], np.ndarray]:
    """Return a call that takes the greatest of every few rows."""
    first, *others = (image[n::size] for n in range(size))
    out = np.empty((image.shape[0] // size, *image.shape[1:]), image.dtype)

    def call() -> np.ndarray:
        rows = first
        for other in others:
            rows = cv2.max(rows, other, dst=out)
        return out

    return call


def _rows_and_resize(image: np.ndarray, size: int) -> Call:
    greatest, ones = _rows_first(image, size), np.ones((1, size), np.uint8)
    scratch = np.empty_like(greatest())
    small = image.shape[1] // size, image.shape[0] // size

    def call(dst: np.ndarray | None) -> np.ndarray:
        cv2.dilate(greatest(), ones, dst=scratch, anchor=(0, 0))
        return cv2.resize(scratch, small, dst=dst, interpolation=cv2.INTER_NEAREST)

    return call


def _rows_and_slices(image: np.ndarray, size: int) -> Call:
    greatest = _rows_first(image, size)

    def call(dst: np.ndarray | None) -> np.ndarray:
        rows = greatest()
        out = np.maximum(rows[:, ::size], rows[:, 1::size], out=dst)
        for n in range(2, size):
            np.maximum(out, rows[:, n::size], out=out)
        return out

    return call


def blurred(image: np.ndarray, sigma: float, depth: int) -> Callable[[], np.ndarray]:
    """Return a Gaussian blur of the size that Edgewise takes, rounded or as float."""
    radius = int(4 * sigma + 0.5)
    size, row = 2 * radius + 1, cv2.getGaussianKernel(2 * radius + 1, sigma, cv2.CV_32F)
    out = np.empty(image.shape, _dtype(depth))
    if image.dtype == np.uint8 and depth == cv2.CV_8U:
        return lambda: cv2.GaussianBlur(image, (size, size), sigma, dst=out)
    return lambda: cv2.sepFilter2D(image, depth, row, row, dst=out)


def pooled_edges(image: np.ndarray, depth: int) -> Call:
    """gaussian:1.5,sobel,maxpool:2, blurred to this depth."""
    blur = blurred(image, 1.5, depth)
    across, down, strength = (np.empty(image.shape, np.float32) for _ in range(3))
    edges = strength if image.dtype == np.float32 else np.empty_like(image)
    pool = max_pooling(edges, 2)

    def call(dst: np.ndarray | None) -> np.ndarray:
        smooth = blur()
        cv2.Sobel(smooth, cv2.CV_32F, 1, 0, dst=across)
        cv2.Sobel(smooth, cv2.CV_32F, 0, 1, dst=down)
        _magnitude(across, down, strength)
        if edges is not strength:
            cv2.convertScaleAbs(strength, dst=edges)
        return pool(dst)

    return call


def _magnitude(across: np.ndarray, down: np.ndarray, out: np.ndarray) -> None:
    cv2.magnitude(across, down, magnitude=out)


def sharp_parts(image: np.ndarray, depth: int) -> Call:
    """median:3,unsharp:2:1,threshold:128, sharpened at this depth."""
    smooth = np.empty_like(image)
    blur = blurred(smooth, 2, depth)
    sharp = np.empty(image.shape, _dtype(depth))

    def call(dst: np.ndarray | None) -> np.ndarray:
        cv2.medianBlur(image, 3, dst=smooth)
        cv2.addWeighted(smooth, 2, blur(), -1, 0, dst=sharp, dtype=depth)
        if sharp.dtype == image.dtype:
            return cv2.threshold(sharp, 128, 255, cv2.THRESH_BINARY, dst=dst)[1]
        return cv2.compare(sharp, 128, cv2.CMP_GT, dst=dst)

    return call


def laplacian(image: np.ndarray, depth: int) -> Call:
    """gaussian:1,laplacian,abs, blurred to this depth."""
    blur = blurred(image, 1, depth)
    to = cv2.CV_16S if depth == cv2.CV_8U else cv2.CV_32F
    second = np.empty(image.shape, _dtype(to))

    def call(dst: np.ndarray | None) -> np.ndarray:
        cv2.Laplacian(blur(), to, dst=second)
        if image.dtype == np.float32:
            return cv2.absdiff(second, 0, dst=dst)
        return cv2.convertScaleAbs(second, dst=dst)

    return call


def _dtype(depth: int) -> type:
    return {cv2.CV_8U: np.uint8, cv2.CV_16S: np.int16, cv2.CV_32F: np.float32}[depth]
