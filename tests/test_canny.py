"""Canny: against the textbook and OpenCV."""

import cv2
import naive_filters
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from edgewise import EdgewiseError, apply


@settings(max_examples=40)
@given(
    st.tuples(st.integers(1, 12), st.integers(1, 12)),
    st.sampled_from(["l1", "l2"]),
    st.sampled_from([(0, 0), (100, 300), (200, 700)]),
    st.integers(0, 99),
)
def test_equals_the_textbook(shape, norm, limits, seed):
    image = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    expected = naive_filters.canny(image.astype(float), *limits, norm)
    chain = f"canny:{limits[0]}:{limits[1]}:0:{norm}"
    # The sectors' borders are exact here, and 32768ths in OpenCV and below.
    assert np.mean(apply(chain, image) != expected) <= 0.02


@pytest.mark.parametrize("norm", ["l1", "l2"])
@pytest.mark.parametrize("limits", [(30, 90), (100, 400), (0, 0)])
@pytest.mark.parametrize("sigma", [0, 1, 3])
def test_is_that_of_opencv(rng, norm, limits, sigma):
    image = rng.integers(0, 256, (600, 120), np.uint8)
    image = cv2.GaussianBlur(image, (0, 0), sigma) if sigma else image
    expected = cv2.Canny(image, *limits, L2gradient=norm == "l2")
    result = apply(f"canny:{limits[0]}:{limits[1]}:0:{norm}:border=edge", image)
    assert_array_equal(result, expected)


def test_an_edge_is_followed_through_every_strip():
    # Strong at the upper end only: a weak edge that runs through many strips of rows.
    fading = 200 * np.exp(-np.arange(2000) / 9)
    image = np.zeros((2000, 40), np.uint8)
    image[:, 20:] = 30 + fading[:, None]
    expected = np.zeros((2000, 40))
    expected[:, 19] = 255
    assert_array_equal(apply("canny:50:500:0", image)[60:], expected[60:])
    assert_array_equal(apply("canny:50:500:0", image[60:]), 0)
    assert_array_equal(apply("canny:50:500:0", image[::-1])[:-60], expected[60:])


@pytest.mark.parametrize("chain", ["canny:30:90", "canny:20:60:0:l1:border=symmetric"])
def test_bands_do_not_show(monkeypatch, rng, chain):
    image = cv2.GaussianBlur(rng.integers(0, 256, (400, 90, 3), np.uint8), (0, 0), 2)
    image = cv2.normalize(image, None, 0, 255, cv2.NORM_MINMAX)
    whole = apply(chain, image)
    assert 0.01 < np.mean(whole > 0) < 0.5
    monkeypatch.setattr("edgewise.filters.canny.BAND", 400 * 9)
    assert_array_equal(apply(chain, image), whole)


def test_gradients_of_16_bits_are_not_cut(rng):
    image = rng.integers(0, 256, (60, 50), np.uint8)
    for norm in ("l1", "l2"):
        deep = apply(f"canny:{257 * 100}:{257 * 500}:0:{norm}", image.astype(np.uint16) * 257)
        assert_array_equal(deep, apply(f"canny:100:500:0:{norm}", image))


def test_colour_is_made_gray_and_blurred(rng):
    image = rng.integers(0, 256, (30, 40, 3), np.uint8)
    expected = apply("gray,gaussian:1.4,canny:20:60:0", image)
    assert np.mean(apply("canny:20:60:1.4", image) != expected) < 0.02  # gray is rounded there


def test_flat_pictures_have_no_edges():
    assert_array_equal(apply("canny:0:0", np.full((9, 9), 77, np.uint8)), 0)


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        ("canny:9:3", "low=9.0 and high=3.0"),
        ("canny:-1:3", "0 <= low <= high"),
        ("canny:stride=2", "it takes no stride"),
        ("canny:padding=full", "padding=same only"),
        ("canny:norm=l3", "norm=l3 is not one of l2, l1"),
    ],
)
def test_bad_settings(chain, message):
    with pytest.raises(EdgewiseError, match=message):
        apply(chain, np.zeros((4, 4)))
