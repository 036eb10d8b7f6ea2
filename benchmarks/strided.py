"""Strided correlation of 12 megapixels: the time falls with the results computed.

The ratio is that of stride 1 to stride 2 or 4 in the same run: 4 and 16 would be
the ideal. The last rows compare the ways to
run a kernel: low rank and Fourier's against one pass.

What small kernels cost is sorting the columns by phase: tried for 12 MP of gray,
one core, strided slices 2.4 ms, two columns of a reshaped row 2.3, numbers twice
as wide, cut in half, 0.35 (kept); for RGB, slices 17.5, six columns of a reshaped
row 6.1 (kept), both phases at once 12.1 for two, in float32 10.2 for two, words
of four bytes 6.1.
"""

import numpy as np

from edgewise import correlate, kernel

from .timing import Row, compare, geometric_mean, wanting


def run(repeat: int) -> list[Row]:
    """Time strides 1, 2 and 4 of several kernels, gray and RGB."""
    rng = np.random.default_rng(0)
    rows: list[Row] = []
    for channels in (1, 3):
        shape = (3000, 4000) if channels == 1 else (3000, 4000, 3)
        image = rng.integers(0, 256, shape, np.uint8)
        colour = "gray" if channels == 1 else "RGB"
        for stride in (2, 4):
            found = []
            for name, weights in _kernels(rng).items():
                found += _compare(f"{name}, {colour}", image, weights, stride, repeat)
            rows += [*found, geometric_mean(found, f"geometric mean, {colour}, stride {stride}")]
    rows = wanting(rows, {", stride 2": 0.5}, "times")
    return rows + _methods(rng, max(3, repeat // 3))


def _compare(
    name: str, image: np.ndarray, weights: np.ndarray, stride: int, repeat: int
) -> list[Row]:
    return compare(
        f"{name}, stride {stride}",
        lambda: correlate(image, weights, stride=stride, dtype=np.uint8),
        {"stride 1": lambda: correlate(image, weights, dtype=np.uint8)},
        repeat,
    )


def _kernels(rng: np.random.Generator) -> dict[str, np.ndarray]:
    dense = {f"{k}x{k}": rng.normal(size=(k, k)) / k for k in (3, 5, 9, 15)}
    return {**dense, "Gaussian of sigma 2": kernel("gaussian", sigma=2)}


def _methods(rng: np.random.Generator, repeat: int) -> list[Row]:
    image = rng.integers(0, 256, (3000, 4000), np.uint8)
    works = {
        "Laplacian of Gaussian, 23x23, by products": kernel("log", sigma=2.8),
        **{f"dense {k}x{k}, by Fourier": rng.normal(size=(k, k)) / k for k in (21, 25, 31, 41, 63)},
    }
    rows = []
    for name, weights in works.items():
        method = "fft" if "Fourier" in name else "auto"
        rows += compare(
            name,
            lambda w=weights, m=method: correlate(image, w, method=m),
            {"one pass": lambda w=weights: correlate(image, w, method="direct")},
            repeat,
        )
    return rows
