"""Bilateral, guided, Gaussian presets, unsharp: against the textbook and the peers."""

import cv2
import naive_filters
import numpy as np
import pytest
import scipy.ndimage
import skimage.filters
import skimage.restoration
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import naive
from edgewise import EdgewiseError, apply, kernel

chosen = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
shapes = st.tuples(st.integers(1, 7), st.integers(1, 7))


@pytest.fixture
def photograph(rng):
    noise = rng.normal(size=(40, 50, 3))
    smooth = scipy.ndimage.gaussian_filter(noise, (3, 3, 0))
    values = 128 + 400 * smooth + 10 * noise
    return np.clip(values, 0, 255).astype(np.uint8)


@chosen
@given(shapes, st.sampled_from([1, 3]), st.sampled_from([3, 5]), st.sampled_from(["l1", "l2"]))
def test_bilateral_equals_the_textbook(shape, channels, size, distance):
    image = np.random.default_rng(sum(shape)).integers(0, 256, (*shape, channels), np.uint8)
    expected = naive_filters.bilateral(image.astype(float), size // 2, 40, 1.5, distance == "l2")
    result = apply(f"bilateral:40:1.5:{size}:{distance}", image)
    assert_allclose(result, expected, atol=2e-3)


@pytest.mark.parametrize("size", [5, 9])
def test_bilateral_is_that_of_opencv(photograph, size):
    for image in (photograph, photograph[:, :, 0]):
        floats = image.astype(np.float32)
        expected = cv2.bilateralFilter(floats, size, 30, 3)
        assert_allclose(apply(f"bilateral:30:3:{size}", floats), expected, atol=0.01)
        whole = cv2.bilateralFilter(image, size, 30, 3)
        assert_allclose(apply(f"bilateral:30:3:{size}", image, dtype=np.uint8), whole, atol=1)


def test_bilateral_with_a_tiny_range_changes_nothing(photograph):
    gray = photograph[:, :, 0]
    assert_allclose(apply("bilateral:1e-30:2:5", gray), gray, rtol=1e-6, atol=1e-6)


def test_bilateral_with_a_wide_range_is_a_gaussian_disc(rng):
    image = rng.integers(0, 256, (12, 13), np.uint8)
    y, x = np.mgrid[-2:3, -2:3]
    disc = np.exp(-0.5 * (y**2 + x**2) / 1.5**2) * (y**2 + x**2 <= 4)
    expected = naive.correlate(image, disc / disc.sum())
    assert_allclose(apply("bilateral:1e6:1.5:5", image), expected, atol=1e-3)


@chosen
@given(shapes, st.sampled_from([1, 2]), st.sampled_from([10.0, 1000.0]))
def test_guided_equals_the_textbook(shape, radius, epsilon):
    image = np.random.default_rng(sum(shape)).integers(0, 256, shape, np.uint8)
    expected = naive_filters.guided(image.astype(float), radius, epsilon)
    assert_allclose(apply(f"guided:{radius}:{epsilon}", image), expected, atol=1e-2)


@pytest.mark.parametrize("sigma", [0.7, 1, 2.3, 5])
def test_gaussian_preset_opencv(rng, sigma):
    image = rng.random((50, 60)).astype(np.float32)
    # OpenCV takes 3 sigma on each side for 8-bit pictures, and 4 for all others.
    expected = cv2.GaussianBlur(image, (0, 0), sigma)
    assert_allclose(apply(f"gaussian:{sigma}:4:preset=opencv", image), expected, atol=2e-5)
    whole = (image * 255).astype(np.uint8)
    blurred = apply(f"gaussian:{sigma}:preset=opencv", whole, dtype=np.uint8)
    assert_allclose(blurred, cv2.GaussianBlur(whole, (0, 0), sigma), atol=1)


@pytest.mark.parametrize("size", [1, 3, 5, 7, 9, 11, 15])
def test_gaussian_preset_opencv_by_size(size):
    row = cv2.getGaussianKernel(size, 0)
    result = kernel("gaussian", sigma=0, size=size, preset="opencv")
    assert_allclose(result, row @ row.T, atol=1e-7)


# Widths of `convert -define morphology:showKernel=1 -morphology Convolve Gaussian:0xSIGMA`,
# a build of 16 bits.
@pytest.mark.parametrize(("sigma", "width"), [(0.5, 5), (1, 9), (2, 15), (3, 23)])
def test_gaussian_preset_imagemagick(sigma, width):
    weights = kernel("gaussian", sigma=sigma, preset="imagemagick")
    assert_array_equal(weights.shape, (width, width))
    assert_allclose(weights, kernel("gaussian", sigma=sigma, size=width), atol=1e-8)


def test_gaussian_of_two_sigmas_is_that_of_scipy(rng):
    image = rng.random((30, 40)).astype(np.float32)
    expected = scipy.ndimage.gaussian_filter(image, (1, 3), mode="mirror", truncate=3)
    assert_allclose(apply("gaussian:1/3:3", image), expected, atol=1e-5)
    assert_allclose(kernel("gaussian", sigma=2, radius=3), kernel("gaussian", sigma=2, size=7))


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (2, 0), (1, 2), (3, 0)])
def test_gaussian_derivatives_are_those_of_scipy(rng, order):
    image = rng.random((40, 50)).astype(np.float32)
    expected = scipy.ndimage.gaussian_filter(image, (1.5, 2), order=order, mode="mirror")
    result = apply(f"gaussian-derivative:1.5/2:{order[0]}/{order[1]}", image)
    assert_allclose(result, expected, atol=1e-5)


def test_difference_of_gaussians_is_that_of_scikit_image(rng):
    image = rng.random((30, 40)).astype(np.float32)
    expected = skimage.filters.difference_of_gaussians(image, 1, 2, mode="mirror")
    assert_allclose(apply("dog:1:2", image), expected, atol=1e-5)


def test_laplacian_of_gaussian_is_near_that_of_scipy(rng):
    image = rng.random((30, 40)).astype(np.float32)
    expected = scipy.ndimage.gaussian_laplace(image, 2, mode="mirror")
    assert_allclose(apply("log:2", image), expected, atol=1e-3)


def test_steered_second_derivative(rng):
    xx, yy = (kernel("gaussian-derivative", sigma=1.5, order=o) for o in ((0, 2), (2, 0)))
    assert_allclose(kernel("steerable"), xx, atol=1e-4)
    assert_allclose(kernel("steerable", angle=90), yy, atol=1e-4)
    both = kernel("steerable", angle=30) + kernel("steerable", angle=120)
    assert_allclose(both, xx + yy, atol=1e-4)
    y, x = np.mgrid[-8:9, -8:9]
    ridge = np.exp(-0.5 * ((x - y) / 1.5) ** 2)  # along 45 degrees, curved across at 135
    assert_array_equal(np.argmin([np.sum(ridge[2:-2, 2:-2] * kernel("steerable", angle=a))
                                  for a in (0, 45, 90, 135)]), 3)  # fmt: skip


@pytest.mark.parametrize("angle", [0, 30, 90, 135])
def test_gabor_is_that_of_opencv(angle):
    expected = cv2.getGaborKernel((9, 9), 2, np.radians(angle), 5, 0.7, 0.4)
    settings_ = {"sigma": 2, "angle": angle, "wavelength": 5, "aspect": 0.7, "size": 9}
    assert_allclose(kernel("gabor", phase=np.degrees(0.4), **settings_), expected, atol=1e-6)


@pytest.mark.parametrize(("length", "angle"), [(9, 0), (9, 90), (7, 45), (12, 20), (1, 0)])
def test_motion_equals_the_textbook(length, angle):
    expected = naive_filters.motion(length, angle)
    assert_allclose(kernel("motion", length=length, angle=angle), expected, atol=1e-7)


def test_binomial_is_pascals_triangle():
    assert_array_equal(kernel("binomial", size=5)[2] * 256, np.float32([6, 24, 36, 24, 6]))


def test_box_is_that_of_opencv(rng):
    image = rng.integers(0, 256, (30, 40), np.uint8)
    expected = cv2.blur(image.astype(np.float32), (7, 3))
    assert_allclose(apply("box:3/7", image), expected, atol=1e-3)


def test_unsharp_is_that_of_scikit_image(rng):
    image = rng.random((30, 40)).astype(np.float32)
    blur = skimage.filters.gaussian(image, 1.5, mode="reflect")
    expected = skimage.filters.unsharp_mask(image, 1.5, 0.8)
    result = apply("unsharp:1.5:0.8:border=symmetric", image)
    inside = (result > 0) & (result < 1)  # theirs is clipped
    assert_allclose(result[inside], expected[inside], atol=1e-5)
    assert_allclose(apply("highpass:1.5:border=symmetric", image), image - blur, atol=1e-5)


def test_unsharp_leaves_what_is_below_its_threshold(rng):
    image = rng.integers(0, 256, (30, 40), np.uint8)
    detail = apply("highpass:1.5", image)
    expected = image + np.where(np.abs(detail) < 20, 0, 0.5 * detail)
    assert_allclose(apply("unsharp:1.5:0.5:20", image), expected, atol=1e-3)


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        ("bilateral:0", "sigma_range=0 is not a number above 0"),
        ("bilateral:size=4", "size=4 is not an odd number"),
        ("guided:0", "radius=0 is not above 0"),
        ("guided:padding=valid", "padding=same only"),
        ("gaussian:1:preset=matlab", "preset=matlab is not one of scipy, opencv, imagemagick"),
        ("gaussian:1:radius=2:size=3", "the size is set too"),
        ("gaussian:1/0", "sigma=0.0 is not above 0"),
        ("gaussian:2:truncate=-1", "truncate=-1.0 is not 0 or above"),
        ("gaussian:2:-1:preset=opencv", "truncate=-1.0 is not 0 or above"),
        ("gaussian:1e9", "would reach 4,000,000,000 pixels .* 2,000 is the most"),
        ("gaussian:1e9:preset=opencv", "would reach"),
        ("gaussian:2:size=99999", "would reach 49,999 pixels"),
        ("gabor:1e5", "would reach"),
        ("box:1/99999", "would reach"),
        ("median:99999", "would reach 49,999 pixels"),
        ("local-mean:99999", "would reach"),
        ("bilateral:30:9999", "would reach"),
        ("guided:9999", "would reach"),
        ("lcn:99999", "would reach"),
        ("adaptive:99999:method=gaussian", "would reach"),
        ("unsharp:1:inf", "amount=inf is not a number"),
        ("gaussian:1/2/3", "sigma=1/2/3 is not a number or two"),
        ("gaussian-derivative:1:9", "order=9 is not from 0 to 8"),
        ("dog:2:1", "wider=1.0 is not above sigma=2.0"),
        ("motion:0", "length=0.0 is not from 1 to 1001"),
        ("gabor:wavelength=0", "wavelength=0.0 or aspect=0.5 is not above 0"),
        ("binomial:0", "size=0 is not from 1 to 63"),
        ("unsharp:0", "sigma=0 is not a number above 0"),
    ],
)
def test_bad_settings(chain, message):
    with pytest.raises(EdgewiseError, match=message):
        apply(chain, np.zeros((4, 4)))
