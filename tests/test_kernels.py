"""The named kernels: their values, and what they refuse."""

import cv2
import numpy as np
import pytest
import scipy.ndimage
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import EdgewiseError, correlate, kernel
from edgewise.filters import KERNELS
from edgewise.filters.separable import separate


@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_is_a_documented_matrix(name):
    weights = kernel(name)
    assert_array_equal(weights.dtype, np.float32)
    assert_array_equal(weights.ndim, 2)
    assert KERNELS[name].summary.endswith(".")


@pytest.mark.parametrize(("sigma", "truncate"), [(0.5, 4.0), (1, 4.0), (2.3, 3.0), (5, 4.0)])
def test_gaussian_is_that_of_scipy(sigma, truncate):
    radius = int(truncate * sigma + 0.5)
    point = np.zeros((2 * radius + 1,) * 2)
    point[radius, radius] = 1
    expected = scipy.ndimage.gaussian_filter(point, sigma, truncate=truncate, mode="constant")
    assert_allclose(kernel("gaussian", sigma=sigma, truncate=truncate), expected, atol=1e-7)


def test_gaussian_of_a_size_is_that_of_opencv():
    row = cv2.getGaussianKernel(7, 1.7)
    assert_allclose(kernel("gaussian", sigma=1.7, size=7), row @ row.T, atol=1e-7)


@pytest.mark.parametrize(
    ("name", "dx", "dy", "size"),
    [("sobel-x", 1, 0, 3), ("sobel-y", 0, 1, 3), ("scharr-x", 1, 0, -1), ("scharr-y", 0, 1, -1)],
)
def test_derivatives_are_those_of_opencv(rng, name, dx, dy, size):
    image = rng.integers(0, 256, (20, 30), np.uint8)
    expected = cv2.Sobel(image, cv2.CV_32F, dx, dy, ksize=size)
    assert_array_equal(correlate(image, kernel(name)), expected)


def test_prewitt_is_that_of_scipy(rng):
    image = rng.integers(0, 256, (20, 30)).astype(float)
    expected = scipy.ndimage.prewitt(image, axis=1, mode="mirror")
    assert_array_equal(correlate(image, kernel("prewitt-x")), expected.astype(np.float32))


def test_laplacian_is_that_of_opencv(rng):
    image = rng.integers(0, 256, (20, 30), np.uint8)
    expected = cv2.Laplacian(image, cv2.CV_32F, ksize=1)
    assert_array_equal(correlate(image, kernel("laplacian")), expected)


def test_diagonal():
    expected = [[0, 0, -1, 0], [0, -2, 0, 1], [-1, 0, 2, 0], [0, 1, 0, 0]]
    assert_array_equal(kernel("diagonal"), np.float32(expected))


@pytest.mark.parametrize("name", ["laplacian", "log", "sobel-x", "scharr-y", "diagonal"])
def test_edge_kernels_are_blind_to_flat_areas(name):
    assert_allclose(kernel(name).sum(), 0, atol=1e-6)


@pytest.mark.parametrize("name", ["box", "gaussian", "sharpen", "identity", "emboss"])
def test_brightness_is_kept(name):
    assert_allclose(kernel(name).sum(), 1, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("gausian", {}, 'no kernel "gausian"; did you mean "gaussian"'),
        ("gaussian", {"sigm": 1}, 'no setting "sigm"; did you mean "sigma"'),
        ("gaussian", {"sigma": 0}, "sigma=0 is not above 0"),
        ("gaussian", {"size": 4}, "size=4 is not an odd number"),
        ("box", {"size": 0}, "size=0 is not above 0"),
        ("laplacian", {"neighbours": 6}, "neither 4 nor 8"),
    ],
)
def test_bad_parameters(name, parameters, message):
    with pytest.raises(EdgewiseError, match=message):
        kernel(name, **parameters)


@pytest.mark.parametrize(("name", "parameters"), [("gaussian", {"sigma": 3}), ("box", {"size": 7})])
def test_smooth_kernels_run_as_two_passes(name, parameters):
    weights = kernel(name, **parameters)
    column, row = separate(weights)
    assert_allclose(np.outer(column, row), weights, atol=1e-9)


def test_whole_number_factors_stay_whole():
    weights = np.outer([2, -4, 6, 2, 8], [3, 0, 9, -6, 3]).astype(np.float32)
    column, row = separate(weights)
    assert_array_equal(np.rint(column), column)
    assert_array_equal(np.rint(row), row)
    assert_array_equal(np.outer(column, row), weights)


@pytest.mark.parametrize("weights", [np.eye(5), np.ones((1, 9)), np.zeros((5, 5))])
def test_other_kernels_stay_whole(weights):
    assert separate(weights.astype(np.float32)) is None
