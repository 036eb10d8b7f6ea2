"""Gray, alpha and size."""

import cv2
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from edgewise import EdgewiseError
from edgewise.images.colour import has_alpha, split_alpha, to_gray, to_rgb
from edgewise.images.resize import resize

RNG = np.random.default_rng(5)
RGB = RNG.integers(0, 256, (14, 10, 3), np.uint8)


def test_gray_is_that_of_opencv():
    expected = cv2.cvtColor(RGB, cv2.COLOR_RGB2GRAY)
    assert_allclose(to_gray(RGB).astype(int), expected, atol=1)
    assert_allclose(
        to_gray(RGB.astype(np.float32)),
        cv2.cvtColor(RGB.astype(np.float32), cv2.COLOR_RGB2GRAY),
        rtol=1e-4,
    )


def test_gray_keeps_gray_and_drops_alpha():
    gray = RGB[:, :, 0]
    assert_array_equal(to_gray(gray), gray)
    assert_array_equal(to_gray(gray[:, :, None]), gray)
    assert_array_equal(to_gray(RGB[:, :, :2]), gray)


def test_rgb_repeats_gray():
    gray = RGB[:, :, 0]
    assert_array_equal(to_rgb(gray), np.stack([gray] * 3, axis=2))
    assert_array_equal(to_rgb(np.dstack([RGB, gray])), RGB)


def test_alpha_is_split_off():
    colour, alpha = split_alpha(np.dstack([RGB, RGB[:, :, 0]]))
    assert_array_equal(colour, RGB)
    assert_array_equal(alpha, RGB[:, :, 0])
    assert_array_equal(split_alpha(RGB[:, :, :2])[0], RGB[:, :, 0])
    assert split_alpha(RGB)[1] is None
    assert_array_equal(has_alpha(RGB), False)


def test_five_channels_have_no_gray():
    with pytest.raises(EdgewiseError, match="5 channels"):
        to_gray(np.zeros((2, 2, 5)))


@pytest.mark.parametrize("size", [(7, 5), (20, 33), (1, 1)])
def test_resize_is_that_of_pillow(size):
    expected = Image.fromarray(RGB).resize(size[::-1], Image.Resampling.BILINEAR)
    assert_array_equal(resize(RGB, size), np.array(expected))


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
@pytest.mark.parametrize("shape", [(14, 10), (14, 10, 3), (14, 10, 1), (14, 10, 5)])
def test_resize_keeps_dtype_and_channels(dtype, shape):
    result = resize(np.full(shape, 1000, dtype), (5, 4))
    assert_array_equal(result.dtype, dtype)
    assert_allclose(result, np.full((5, 4, *shape[2:]), 1000), rtol=1e-6)


def test_no_size():
    with pytest.raises(EdgewiseError, match="0x5"):
        resize(RGB, (5, 0))
