"""What users of other tools complain about, and the catalogue's entries against their peers."""

import cv2
import numpy as np
import pytest
import scipy.ndimage
import skimage.filters
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import EdgewiseError, apply, correlate, kernel, pool

# ------------------------------------------------------------ numbers


@pytest.mark.parametrize("sigma", [0.5, 0.8, 1, 2.5, 7])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_gaussian_of_whole_numbers_is_the_exact_one_rounded(rng, sigma, dtype):
    """Not a fixed-point one, whose every other pixel depends on version and processor."""
    image = rng.integers(0, np.iinfo(dtype).max, (60, 70), dtype, endpoint=True)
    exact = scipy.ndimage.gaussian_filter(image.astype(float), sigma, mode="mirror")
    result = apply(f"gaussian:{sigma}", image, dtype=dtype)
    clear = np.abs(exact - np.floor(exact) - 0.5) > 3e-6 * np.iinfo(dtype).max
    assert clear.mean() > 0.5
    assert_array_equal(result[clear], np.rint(exact[clear]))


# Of `convert -define morphology:showKernel=1 -morphology Convolve Gaussian:0xSIGMA`:
# a corner, a neighbour of the middle, and the middle.
@pytest.mark.parametrize(
    ("sigma", "corner", "neighbour", "middle"),
    [
        (0.5, 6.96248e-08, 0.0837311, 0.618694),
        (1, 1.79106e-08, 0.0965329, 0.159156),
        (2, 1.90451e-07, 0.0351243, 0.0398008),
    ],
)
def test_the_gaussian_of_imagemagick(sigma, corner, neighbour, middle):
    weights = kernel("gaussian", sigma=sigma, preset="imagemagick")
    centre = len(weights) // 2
    found = weights[0, 0], weights[centre, centre - 1], weights[centre, centre]
    assert_allclose(found, (corner, neighbour, middle), rtol=1e-5)


def test_a_part_of_an_array_sees_nothing_beside_it(rng):
    """A view, of which a Fourier transform could read on beyond the edge."""
    image = rng.integers(0, 256, (80, 90, 3), np.uint8)
    part = image[20:60, 30:80]
    for size in (3, 11, 13, 49):
        weights = rng.normal(size=(size, size))
        for method in ("auto", "fft"):
            expected = correlate(part.copy(), weights, method=method)
            assert_array_equal(correlate(part, weights, method=method), expected)


def test_larger_whole_numbers_than_float32_holds_are_near(rng):
    image = rng.integers(-(2**40), 2**40, (9, 9), dtype=np.int64)
    assert_allclose(apply("identity", image), image, rtol=1e-7)
    box = scipy.ndimage.uniform_filter(image.astype(float), 3, mode="mirror")
    assert_allclose(apply("box:3", image), box, atol=2**40 * 1e-6)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("channels", [1, 3, 4, 5])
@pytest.mark.parametrize("chain", ["median:9", "bilateral:2000:2:size=7", "percentile:30:15"])
def test_every_depth_and_number_of_channels(rng, dtype, channels, chain):
    shape = (18, 17) if channels == 1 else (18, 17, channels)
    image = (rng.random(shape) * 200).astype(dtype)
    image[..., -1] = 255 if dtype == np.uint8 else 65535 if dtype == np.uint16 else 1
    result = apply(chain, image)
    assert_array_equal(result.shape, image.shape)
    slack = 1e-6 * image.max()
    assert image.min() - slack <= result.min() <= result.max() <= image.max() + slack


def test_only_windows_inside_count_with_valid(rng):
    image = rng.integers(0, 256, (12, 14), np.uint8)
    inner = skimage.filters.sobel(image.astype(float))[1:-1, 1:-1] * 4 * np.sqrt(2)
    assert_allclose(apply("sobel:padding=valid", image), inner, rtol=1e-5)


# ------------------------------------------------------------ pooling


def test_the_last_row_gets_no_darker():
    """What hangs over the edge does not count as 0."""
    image = np.full((5, 7), 80, np.uint8)
    assert_array_equal(pool(image, 2, kind="average", ceil=True), np.full((3, 4), 80))
    assert_array_equal(pool(image - np.float32(100), 2, ceil=True), np.full((3, 4), -20))


def test_narrow_windows_and_odd_powers():
    image = np.array([[-3, 4, -1, 2]], np.float32)
    assert_array_equal(pool(image, (1, 2)), [[4, 2]])
    assert_allclose(pool(image, (1, 2), kind="lp", p=3), [[91 ** (1 / 3), 9 ** (1 / 3)]], rtol=1e-6)


@pytest.mark.parametrize("p", [0.5, 2, 8, 16, 17, 40, 1000])
@pytest.mark.parametrize("scale", [1 / 255, 1, 257])
def test_no_power_is_too_large(rng, p, scale):
    """65535 to the 9th is more than float32 holds, a tenth to the 40th less."""
    image = (scale * rng.integers(0, 256, (9, 12))).astype(np.float32)
    image[3] = 0
    image[0, 0], image[0, 5] = np.nan, np.inf
    exact = image.astype(np.longdouble).reshape(3, 3, 4, 3).swapaxes(1, 2).reshape(3, 4, 9)
    expected = ((exact**p).sum(axis=2) ** (1 / np.longdouble(p))).astype(np.float32)
    assert_allclose(pool(image, 3, kind="lp", p=p), expected, rtol=1e-4)


@pytest.mark.parametrize("shape", [(0, 4), (4, 0), (0, 0, 3)])
def test_there_is_nothing_to_pool_without_pixels(shape):
    with pytest.raises(EdgewiseError, match="no pixels"):
        pool(np.zeros(shape), 2)


def test_no_window_starts_in_the_padding_at_the_end():
    # torch.nn.MaxPool2d(2, stride=2, padding=1, ceil_mode=True) gives 3 of 4, and 3, not 4, of 5.
    for length in (4, 5):
        result = pool(np.ones((1, length)), (1, 2), padding=((0, 0), (1, 1)), ceil=True)
        assert_array_equal(result, np.ones((1, 3)))


# ------------------------------------------------------------ the catalogue


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("identity", [[1]]),
        ("sobel-x", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        ("sobel-y", [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
        ("prewitt-x", [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
        ("prewitt-y", [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]),
        ("scharr-x", [[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]]),
        ("scharr-y", [[-3, -10, -3], [0, 0, 0], [3, 10, 3]]),
        ("frei-chen-x", [[-1, 0, 1], [-(2**0.5), 0, 2**0.5], [-1, 0, 1]]),
        ("frei-chen-y", [[-1, -(2**0.5), -1], [0, 0, 0], [1, 2**0.5, 1]]),
        ("roberts-1", [[1, 0], [0, -1]]),
        ("roberts-2", [[0, 1], [-1, 0]]),
        ("laplacian", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        ("emboss", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    ],
)
def test_kernels_are_those_of_the_books(name, expected):
    assert_allclose(kernel(name), expected, rtol=1e-7)


def test_farid_is_that_of_scikit_image(rng):
    image = rng.random((20, 30))
    for name, peer in (("farid-x", skimage.filters.farid_v), ("farid-y", skimage.filters.farid_h)):
        result = apply(f"{name}:border=symmetric", image.astype(np.float32))
        assert_allclose(result, peer(image), atol=1e-6)


def test_sharpen_and_laplacian_are_those_of_scipy_and_opencv(rng):
    image = rng.integers(0, 256, (20, 30), np.uint8)
    detail = scipy.ndimage.laplace(image.astype(float), mode="mirror")
    assert_allclose(apply("laplacian", image), detail, atol=1e-3)
    assert_allclose(apply("sharpen:0.7", image), image - 0.7 * detail, atol=1e-3)
    eight = cv2.filter2D(image, cv2.CV_32F, np.ones((3, 3))) - 9 * image.astype(np.float32)
    assert_allclose(apply("laplacian:8", image), eight, atol=1e-3)


def test_threshold_is_that_of_opencv(rng):
    image = rng.integers(0, 256, (20, 30), np.uint8)
    expected = cv2.threshold(image, 100, 200, cv2.THRESH_BINARY)[1]
    assert_array_equal(apply("threshold:100:200", image), expected)


@pytest.mark.parametrize(
    ("chain", "kind"),
    [
        ("maxpool:3", "max"),
        ("minpool:3", "min"),
        ("avgpool:3", "average"),
        ("sumpool:3", "sum"),
        ("medianpool:3", "median"),
        ("lppool:3:2", "lp"),
    ],
)
def test_pooling_in_a_chain(rng, chain, kind):
    image = rng.integers(0, 256, (13, 14, 3), np.uint8)
    assert_array_equal(apply(chain, image), pool(image, 3, kind=kind))
    expected = pool(image, 3, kind=kind, stride=2, padding=1)
    assert_array_equal(apply(f"{chain}:2:1", image), expected)
    opaque = np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
    result = apply(f"{chain}:2", opaque)
    assert_array_equal(result[..., 3], 255)
    assert_allclose(result[..., :3], pool(image, 3, kind=kind, stride=2), rtol=1e-5)


@pytest.mark.parametrize(
    "name", ["minpool", "maxpool", "avgpool", "sumpool", "lppool", "medianpool"]
)
def test_bad_pooling(name):
    for words, message in (
        ("0", "size 0 is too small"),
        ("stride=0", "stride 0"),
        ("9", "does not fit"),
    ):
        with pytest.raises(EdgewiseError, match=f'"{name}": .*{message}'):
            apply(f"{name}:{words}", np.zeros((4, 4)))
