"""HoG of all windows of a picture."""

from unittest.mock import patch

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import naive_hog
from edgewise.features import HogConfig, hog_windows, windows
from edgewise.images.errors import EdgewiseError

pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))


def naive(image, corner, window, config):
    """Return a window's vector by its definition, with the gradients of the whole picture."""
    image = np.float64(image if image.ndim == 3 else image[:, :, None])
    whole = naive_hog.pixel_gradient

    def gradient(part, config, y, x):
        return whole(image, config, corner[0] + y, corner[1] + x)

    with patch.object(naive_hog, "pixel_gradient", gradient):
        part = image[corner[0] :, corner[1] :][: window[0], : window[1]]
        return naive_hog.blocks(part, config, None)


@settings(max_examples=60)
@given(
    config=st.builds(
        HogConfig,
        cell=pairs,
        block=st.tuples(st.integers(1, 2), st.integers(1, 3)),
        block_stride=st.tuples(st.integers(1, 2), st.integers(1, 2)),
        bins=st.sampled_from([5, 9]),
        interpolate_orientation=st.booleans(),
        interpolate_space=st.booleans(),
        window_sigma=st.sampled_from([None, 0.5]),
        order=st.sampled_from(["row", "column"]),
    ),
    stride=pairs,
    more=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    margin=st.tuples(st.integers(0, 12), st.integers(0, 12)),
    channels=st.sampled_from([None, 3]),
    seed=st.integers(0, 2**32),
)
def test_windows_are_their_definition(config, stride, more, margin, channels, seed):
    window = config.least_size[0] + more[0], config.least_size[1] + more[1]
    size = window[0] + margin[0], window[1] + margin[1]
    random = np.random.default_rng(seed)
    shape = size if channels is None else (*size, channels)
    image = random.integers(0, 256, shape, dtype=np.uint8)
    found = list(hog_windows(image, window, stride, config))
    corners = np.concatenate([some for some, _ in found])
    vectors = np.concatenate([some for _, some in found])
    expected = [
        (y, x)
        for y in range(0, margin[0] + 1, stride[0])
        for x in range(0, margin[1] + 1, stride[1])
    ]
    assert_array_equal(corners, expected)
    for corner, vector in zip(expected, vectors, strict=True):
        assert_allclose(vector, naive(image, corner, window, config), rtol=0, atol=2e-5)


@pytest.mark.parametrize("stride", [(8, 8), (4, 12)])
def test_windows_are_those_of_opencv(stride):
    image = np.random.default_rng(3).integers(0, 256, (150, 110), dtype=np.uint8)
    peer = cv2.HOGDescriptor((64, 128), (16, 16), (8, 8), (8, 8), 9)
    wanted = peer.compute(image, stride[::-1])
    vectors = [vectors for _, vectors in hog_windows(image, (128, 64), stride, "opencv")]
    assert_allclose(np.concatenate(vectors).ravel(), wanted.ravel(), rtol=0, atol=1e-4)


def test_bands_do_not_change_a_byte(monkeypatch):
    image = np.random.default_rng(4).integers(0, 256, (90, 70, 3), dtype=np.uint8)
    whole = [part for _, part in hog_windows(image, (32, 24), (8, 8))]
    assert len(whole) == 1
    monkeypatch.setattr(windows, "VALUES_AT_ONCE", 1)
    bands = [part for _, part in hog_windows(image, (32, 24), (8, 8))]
    assert len(bands) == 8
    assert_array_equal(np.concatenate(bands), whole[0])


@pytest.mark.parametrize(
    ("window", "stride", "settings", "text"),
    [
        ((50, 20), (8, 8), "dalal-triggs", "40x40 pixels is smaller than the window, 20x50"),
        ((8, 20), (8, 8), "dalal-triggs", "20x8 pixels is too small for one block"),
        ((16, 16), (0, 8), "dalal-triggs", "a stride is at least 1 pixel, not 0"),
        ((24, 24), (8, 8), "felzenszwalb", "windows are for settings with blocks"),
    ],
)
def test_what_cannot_be(window, stride, settings, text):
    with pytest.raises(EdgewiseError, match=text):
        hog_windows(np.zeros((40, 40), np.uint8), window, stride, settings)
