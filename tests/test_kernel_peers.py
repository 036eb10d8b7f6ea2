"""Kernels as other programs write them give those programs' pictures."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import apply, kernel

PICTURE = np.array([[88, 90, 105, 117], [62, 68, 109, 116], [74, 78, 112, 85]], np.uint8)


# Of `convert PICTURE -virtual-pixel Edge -define convolve:scale=0.1 -morphology METHOD KERNEL`,
# ImageMagick 6.9 with 16 bits.
@pytest.mark.parametrize(
    ("method", "text", "expected"),
    [
        ("Correlate", "3x2:1,2,3,1,1,2",
         [[79.4, 93.1, 106.0, 114.7], [69.4, 90.1, 99.4, 105.6], [76.0, 94.2, 91.7, 90.4]]),
        ("Convolve", "3x2:1,2,3,1,1,2",
         [[88.4, 92.0, 99.9, 111.0], [73.2, 80.2, 94.0, 111.9], [70.2, 79.1, 90.4, 104.1]]),
        ("Correlate", "4x1+3+0:1,2,3,4",
         [[88.0, 88.8, 95.4, 105.1], [62.0, 64.4, 82.6, 98.9], [74.0, 75.6, 90.4, 90.6]]),
        ("Convolve", "4x1+3+0:1,2,3,4",
         [[94.9, 102.6, 112.2, 117.0], [78.6, 94.7, 113.2, 116.0], [83.9, 90.3, 95.8, 85.0]]),
        ("Correlate", "2x2:nan,1,-,3",
         [[29.4, 43.2, 46.5, 46.5], [30.2, 44.5, 37.1, 37.1], [31.2, 44.8, 34.0, 34.0]]),
        ("Convolve", "2x2:nan,1,-,3",
         [[35.2, 35.2, 36.0, 42.0], [32.6, 32.6, 33.8, 42.4], [26.0, 26.0, 28.2, 43.9]]),
    ],
)  # fmt: skip
def test_strings_of_imagemagick(method, text, expected):
    flip = ":flip=yes" if method == "Convolve" else ""
    assert_allclose(apply(f"{text}:scale=0.1:border=edge{flip}", PICTURE), expected, atol=0.01)


# Of `vips conv PICTURE OUT MATRIX`, libvips 8.14.
@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ("3 3 8 10\n-1 0 1\n-2 0 2\n-1 0 1\n",
         [[11.5, 22.25, 26.125, 15.375], [12.25, 28.625, 26.25, 9.875],
          [12.25, 30.125, 18.625, 0.75]]),
        ("4 2 10 0\n1 2 3 4\n0 1 0 2\n",
         [[115.6, 125.2, 137.5, 145.8], [108.6, 123.4, 135.1, 146.0],
          [87.4, 112.4, 123.7, 138.0]]),
    ],
)  # fmt: skip
def test_matrices_of_libvips(tmp_path, matrix, expected):
    (tmp_path / "k.mat").write_text(matrix)
    assert_allclose(apply(f"@{tmp_path}/k.mat:border=edge", PICTURE), expected, rtol=1e-6)


def test_the_binomial_of_imagemagick():
    """Of `convert -define morphology:showKernel=1 -morphology Convolve Binomial:2`."""
    expected = [
        [1, 4, 6, 4, 1],
        [4, 16, 24, 16, 4],
        [6, 24, 36, 24, 6],
        [4, 16, 24, 16, 4],
        [1, 4, 6, 4, 1],
    ]
    assert_array_equal(kernel("binomial", size=5) * 256, expected)


def fspecial_motion(length, angle):
    """MATLAB's, step by step: half of the line, with its rounded end, then the other half."""
    half, phi = (length - 1) / 2, np.radians(angle % 180)
    cosine, sine, sign = np.cos(phi), np.sin(phi), np.sign(np.cos(phi))
    tiny = length * np.finfo(float).eps
    right, up = int(half * cosine + sign - tiny), int(half * sine + 1 - tiny)
    x, y = np.meshgrid(np.arange(0, right + sign, sign), np.arange(up + 1))
    away = y * cosine - x * sine
    end = (np.hypot(x, y) >= half) & (np.abs(away) <= 1)
    beyond = half - np.abs((x[end] + away[end] * sine) / cosine)
    away[end] = np.hypot(away[end], beyond)
    part = np.maximum(1 + np.finfo(float).eps - np.abs(away), 0)
    rows, columns = part.shape
    whole = np.zeros((2 * rows - 1, 2 * columns - 1))
    whole[:rows, :columns] = part[::-1, ::-1]
    whole[rows - 1 :, columns - 1 :] = part
    whole /= whole.sum()
    return whole[::-1] if cosine > 0 else whole


@pytest.mark.parametrize(
    ("length", "angle"), [(9, 0), (9, 90), (7, 45), (12, 20), (15, 30), (20, 135), (5, 170)]
)
def test_motion_is_that_of_matlab(length, angle):
    expected = fspecial_motion(length, angle)
    found = kernel("motion", length=length, angle=-angle)  # theirs counts from 0 upwards
    middle = np.array(np.maximum(found.shape, expected.shape)) // 2
    # MATLAB takes some pixels just before the ends for pixels beyond them.
    assert_allclose(around(found, middle), around(expected, middle), atol=5e-4)


def around(weights, middle):
    """Pad a kernel with zeros to 2 * middle + 1."""
    (top, left) = middle - np.array(weights.shape) // 2
    return np.pad(weights, ((top, top), (left, left)))
