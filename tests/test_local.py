"""Local statistics, thresholds, pyramids and point operations: textbook and peers."""

import cv2
import naive_filters
import numpy as np
import PIL.Image
import PIL.ImageOps
import pytest
import skimage.exposure
import skimage.filters
import skimage.transform
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import EdgewiseError, apply, kernel
from edgewise.filters.threshold import otsu_levels

chosen = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
shapes = st.tuples(st.integers(1, 8), st.integers(1, 8))


def picture(shape, dtype=np.uint8):
    top = 256 if dtype != np.uint16 else 65536
    return np.random.default_rng(sum(shape)).integers(0, top, shape).astype(dtype)


@chosen
@given(
    shapes,
    st.sampled_from([1, 3, 5]),
    st.sampled_from(["reflect", "symmetric", "edge", "wrap"]),
    st.sampled_from([np.uint8, np.uint16, np.float32]),
)
def test_moments_equal_the_textbook(shape, size, border, dtype):
    image = picture(shape, dtype)
    mean, variance = naive_filters.moments(image, size, border)
    assert_allclose(apply(f"local-mean:{size}:border={border}", image), mean, rtol=1e-6)
    result = apply(f"local-variance:{size}:border={border}", image)
    assert_allclose(result, variance, rtol=1e-5, atol=1e-6)
    contrast = (image - mean) / np.sqrt(variance + 2)
    result = apply(f"local-contrast:{size}:2:border={border}", image)
    assert_allclose(result, contrast, rtol=1e-4, atol=1e-4)


def test_local_mean_is_a_box_and_keeps_nan_where_it_is_seen(rng):
    image = rng.random((20, 30, 3)).astype(np.float32)
    assert_allclose(apply("local-mean:5", image), apply("box:5", image), atol=1e-6)
    image[9, 9] = np.nan
    assert_array_equal(np.isnan(apply("local-mean:5", image)), np.isnan(apply("box:5", image)))


@pytest.mark.parametrize("channels", [1, 3])
def test_lcn_equals_the_textbook(channels):
    image = picture((9, 8, channels)).astype(np.float32)
    weights = kernel("gaussian", sigma=1.5, size=5)
    expected = naive_filters.contrast_normalised(image.astype(float), weights)
    assert_allclose(apply("lcn:5:1.5", image), expected, atol=1e-4)


def far_from_zero(offset, shape=(40, 30)):
    """Return a picture whose values are an offset and at most 1 more or less."""
    return (offset + np.random.default_rng(3).uniform(-1, 1, shape)).astype(np.float32)


@pytest.mark.parametrize("offset", [-1e6, 1e6, 1e7])
@pytest.mark.parametrize("border", ["reflect", "constant"])
def test_windows_far_from_zero_keep_their_variance(offset, border):
    image, inner = far_from_zero(offset), (slice(2, -2), slice(2, -2))
    mean, variance = naive_filters.moments(image.astype(float), 5)
    # Beyond the border stands what the windows see inside, or they would differ far more.
    tail = f"border={border}:fill={offset}" if border == "constant" else f"border={border}"
    result = apply(f"local-variance:5:{tail}", image)
    assert_allclose(result[inner], variance[inner], rtol=1e-6)
    contrast = (image - mean) / np.sqrt(variance + 0.01)
    result = apply(f"local-contrast:5:0.01:{tail}", image)
    assert_allclose(result[inner], contrast[inner], rtol=1e-5, atol=1e-6)
    result = apply(f"adaptive:5:0:{tail}", image)
    assert_array_equal(result[inner], np.where(image > mean, 255, 0)[inner])


@pytest.mark.parametrize("offset", [-1e6, 1e6, 1e7])
@pytest.mark.parametrize("chain", ["lcn:5:1.5", "adaptive:5:0.1:gaussian"])
def test_gaussian_windows_far_from_zero(offset, chain):
    image = far_from_zero(offset)
    near = image - np.float32(offset)
    for border in ("reflect", "constant"):
        fill = f":border={border}:fill={offset}" if border == "constant" else ""
        wanted = apply(chain + fill.replace(str(offset), "0"), near)
        assert_allclose(apply(chain + fill, image), wanted, rtol=1e-4, atol=1e-5)
    if chain.startswith("lcn"):
        weights = kernel("gaussian", sigma=1.5, size=5)
        wanted = naive_filters.contrast_normalised(near[:, :, None].astype(float), weights)
        assert_allclose(apply(chain, image), wanted[:, :, 0], rtol=1e-4, atol=1e-4)


def test_sixteen_bits_far_from_zero(rng):
    image = rng.integers(65_533, 65_536, (40, 30)).astype(np.uint16)
    mean, variance = naive_filters.moments(image.astype(float), 5)
    assert_allclose(apply("local-variance:5", image), variance, rtol=1e-5)
    contrast = (image - mean) / np.sqrt(variance + 0.01)
    assert_allclose(apply("local-contrast:5:0.01", image), contrast, rtol=1e-5, atol=1e-5)
    near = apply("lcn:5", (image - 65_533).astype(np.float32))
    assert_allclose(apply("lcn:5", image), near, rtol=1e-4, atol=1e-4)


def test_one_channel_far_from_zero_is_not_lost_in_another():
    image = np.stack([far_from_zero(1e6), far_from_zero(0)], axis=2)
    both = np.concatenate([image, image[:, :, :1]], axis=2)
    result = apply("local-variance:5", both)
    for c in range(3):
        _, variance = naive_filters.moments(both[:, :, c].astype(float), 5)
        assert_allclose(result[:, :, c], variance, rtol=1e-6)


@pytest.mark.parametrize("values", [1 << 20, 90])
def test_integral_is_that_of_the_peers(rng, monkeypatch, values):
    monkeypatch.setattr("edgewise.filters.local.ROWS", values)
    image = rng.integers(0, 256, (20, 30), np.uint8)
    result = apply("integral", image)
    assert_array_equal(result, naive_filters.integral(image))
    assert_array_equal(result, skimage.transform.integral_image(image))
    assert_array_equal(result, cv2.integral(image)[1:, 1:])


@chosen
@given(st.tuples(st.integers(1, 9), st.integers(1, 9)))
def test_pyramid_down_equals_the_textbook(shape):
    image = picture(shape)
    assert_allclose(apply("pyramid-down", image), naive_filters.pyramid_down(image), rtol=1e-5)


@pytest.mark.parametrize("shape", [(8, 9), (5, 6, 3), (2, 2), (1, 4), (4, 1), (1, 1)])
def test_pyramids_are_those_of_opencv(shape):
    image = picture(shape, np.float32)
    assert_allclose(apply("pyramid-up", image), cv2.pyrUp(image), rtol=1e-5)
    if min(shape[:2]) > 2:  # OpenCV refuses smaller ones
        assert_allclose(apply("pyramid-down", image), cv2.pyrDown(image), rtol=1e-5)


@chosen
@given(st.tuples(st.integers(2, 9), st.integers(1, 9)), st.integers(2, 256))
def test_otsu_equals_the_textbook(shape, top):
    image = np.random.default_rng(sum(shape)).integers(0, top, shape, np.uint8)
    expected = naive_filters.otsu(image.astype(float))
    assert_array_equal(otsu_levels(lambda: [image]), [expected])


def test_otsu_is_that_of_the_peers(rng):
    image = rng.normal(90, 20, (40, 50)).clip(0, 255).astype(np.uint8)
    image[:20] += 60
    _, expected = cv2.threshold(image, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    assert_array_equal(apply("otsu", image), expected)
    floats = rng.random((40, 50)).astype(np.float32)
    expected = skimage.filters.threshold_otsu(floats)
    assert_allclose(otsu_levels(lambda: [floats]), [expected], atol=1e-6)
    both = np.stack([image, image // 2, 255 - image], axis=2)
    planes = [apply("otsu", plane) for plane in np.moveaxis(both, 2, 0)]
    assert_array_equal(apply("otsu", both), np.stack(planes, axis=2))


@pytest.mark.parametrize("method", ["mean", "gaussian"])
def test_adaptive_is_that_of_scikit_image(rng, method):
    image = rng.integers(0, 256, (30, 40)).astype(np.float32)
    level = skimage.filters.threshold_local(image, 11, method, 3.3, mode="reflect")
    result = apply(f"adaptive:11:3.3:{method}:border=symmetric", image)
    far = np.abs(image - level) > 1e-3
    assert_array_equal(result[far], np.where(image > level, 255, 0)[far])


def test_adaptive_is_that_of_opencv_but_for_rounding(rng):
    image = rng.integers(0, 256, (60, 80), np.uint8)
    expected = cv2.adaptiveThreshold(image, 255, cv2.ADAPTIVE_THRESH_MEAN_C, 0, 11, 2)
    assert np.mean(apply("adaptive:11:2:border=edge", image) != expected) < 0.01


@pytest.mark.parametrize("exponent", [0.5, 1, 2.2])
def test_gamma_is_that_of_scikit_image(rng, exponent):
    image = rng.integers(0, 256, (9, 9, 3), np.uint8)
    expected = 255 * skimage.exposure.adjust_gamma(image / 255, exponent)
    assert_allclose(apply(f"gamma:{exponent}", image), expected, rtol=1e-5, atol=1e-4)
    wide = image.astype(np.uint16) * 257
    assert_allclose(apply(f"gamma:{exponent}", wide), 257 * expected, rtol=1e-5, atol=1e-2)
    assert_array_equal(apply("gamma:0.5", np.float32([[-4, np.nan]])), np.float32([[0, np.nan]]))


def test_rescale_is_that_of_scikit_image(rng):
    image = rng.normal(size=(20, 30)).astype(np.float32)
    expected = skimage.exposure.rescale_intensity(image, out_range=(10, 20))
    assert_allclose(apply("rescale:10:20", image), expected, rtol=1e-5)
    ends = tuple(np.percentile(image, (5, 95)))
    expected = skimage.exposure.rescale_intensity(image, in_range=ends, out_range=(0.0, 255.0))
    assert_allclose(apply("rescale:percent=5", image), expected, atol=1e-3)
    assert_array_equal(apply("rescale:3", np.full((2, 2), 9.0)), np.full((2, 2), 3))
    assert_array_equal(apply("rescale", np.full((1, 2), np.nan)), np.full((1, 2), np.nan))


@chosen
@given(st.tuples(st.integers(2, 9), st.integers(2, 9)))
def test_equalize_equals_the_textbook(shape):
    image = picture(shape)
    expected = naive_filters.equalized(image, 255)
    assert_allclose(apply("equalize", image), expected, rtol=1e-5)


def test_equalize_is_that_of_opencv(rng):
    image = rng.normal(90, 20, (40, 50)).clip(0, 255).astype(np.uint8)
    assert_array_equal(apply("equalize", image, dtype=np.uint8), cv2.equalizeHist(image))
    near = apply("equalize", image.astype(np.float32) / 7)
    assert_allclose(near, apply("equalize", image), atol=0.3)
    flat = np.full((3, 3), 7, np.uint8)
    assert_array_equal(apply("equalize", flat), flat)
    broken = np.float32([[1, np.nan, 2, np.inf]])
    assert_array_equal(apply("equalize", broken), np.float32([[0, np.nan, 255, np.inf]]))


def test_grays_and_channels(rng):
    image = rng.integers(0, 256, (5, 6, 3), np.uint8)
    values = image.astype(float)
    for words, weights in (
        ("gray", (0.299, 0.587, 0.114)),
        ("gray:709", (0.2126, 0.7152, 0.0722)),
        ("gray:mean", (1 / 3, 1 / 3, 1 / 3)),
    ):
        assert_allclose(apply(words, image), values @ weights, rtol=1e-5)
    expected = np.asarray(PIL.Image.fromarray(image).convert("L"))
    assert_allclose(apply("gray", image), expected, atol=1)
    for number, name in enumerate(("red", "green", "blue")):
        assert_array_equal(apply(f"channel:{name}", image), image[:, :, number])
        assert_array_equal(apply(f"channel:{number}", image), image[:, :, number])
    assert_array_equal(apply("channel", image[:, :, 0]), image[:, :, 0])


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        ("channel:3", "the image has 3 channels"),
        ("channel:pink", "is not red, green, blue or a number"),
        ("gray:rec601", "weights=rec601 is not one of 601, 709, mean"),
        ("gamma:0", "exponent=0 is not a number above 0"),
        ("gamma:white=-1", "white=-1.0 is not above 0"),
        ("rescale:percent=50", "percent=50.0 is not from 0 to below 50"),
        ("threshold:above=nan", "above=nan is not a number"),
        ("threshold:inf", "level=inf is not a number"),
        ("adaptive:9:nan", "offset=nan is not a number"),
        ("equalize:inf", "white=inf is not a number"),
        ("adaptive:4", "size=4 is not an odd number"),
        ("adaptive:method=median", "method=median is not one of mean, gaussian"),
        ("local-mean:2", "size=2 is not an odd number"),
        ("local-contrast:epsilon=0", "epsilon=0 is not a number above 0"),
        ("local-mean:dilation=2", "takes no dilation"),
    ],
)
def test_bad_settings(chain, message):
    with pytest.raises(EdgewiseError, match=message):
        apply(chain, np.zeros((4, 4, 3)))
