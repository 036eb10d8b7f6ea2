"""Rank filters: against the textbook, SciPy and OpenCV."""

from pathlib import Path

import cv2
import naive_filters
import numpy as np
import pytest
import scipy.ndimage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from edgewise import EdgewiseError, apply
from edgewise.filters import network_loops
from edgewise.filters import rank as rank_module
from edgewise.filters.networks import loop_source, median_network
from edgewise.filters.rank import rank_filter
from edgewise.filters.sliding import Windows

BORDERS = ("reflect", "symmetric", "edge", "wrap", "constant")
SCIPY = dict(zip(BORDERS, ("mirror", "reflect", "nearest", "wrap", "constant"), strict=True))
chosen = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def picture(rng, shape, dtype):
    if dtype == np.float32:
        return rng.normal(size=shape).astype(np.float32)
    return rng.integers(0, np.iinfo(dtype).max + 1, shape, dtype)


@chosen
@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.sampled_from([1, 3, 5, 7]), st.sampled_from([1, 3, 5, 9])),
    st.floats(0, 1),
    st.sampled_from(BORDERS),
    st.sampled_from([np.uint8, np.uint16, np.float32]),
)
def test_equals_the_textbook(route, shape, size, place, border, dtype):
    image = picture(np.random.default_rng(sum(shape)), shape, dtype)
    rank = round(place * (size[0] * size[1] - 1))
    result = rank_filter(image, size, rank, Windows(border=border, fill=7))
    assert_array_equal(result, naive_filters.rank(image, *size, rank, border, 7))
    assert_array_equal(result.dtype, dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("size", [3, 5, 7, 15, 23])
def test_median_is_that_of_scipy(route, rng, dtype, border, size):
    image = picture(rng, (25, 31), dtype)
    expected = scipy.ndimage.median_filter(image, size, mode=SCIPY[border])
    assert_array_equal(apply(f"median:{size}:border={border}", image), expected)


@pytest.mark.parametrize("size", [3, 5, 9, 21])
def test_median_is_that_of_opencv(route, rng, size):
    image = rng.integers(0, 256, (40, 50, 3), np.uint8)
    assert_array_equal(apply(f"median:{size}:border=edge", image), cv2.medianBlur(image, size))


@pytest.mark.parametrize(
    ("name", "peer"),
    [("minimum", scipy.ndimage.minimum_filter), ("maximum", scipy.ndimage.maximum_filter)],
)
@pytest.mark.parametrize("size", [3, 5, 7, 13])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_extremes_are_those_of_scipy(route, rng, name, peer, size, dtype):
    image = picture(rng, (20, 70), dtype)
    assert_array_equal(apply(f"{name}:{size}", image), peer(image, size, mode="mirror"))


@pytest.mark.parametrize("percent", [0, 10, 33.3, 50, 90, 100])
def test_percentile_is_that_of_scipy(route, rng, percent):
    image = rng.integers(0, 256, (20, 30), np.uint8)
    expected = scipy.ndimage.percentile_filter(image, percent, 5, mode="mirror")
    assert_array_equal(apply(f"percentile:{percent}:5", image), expected)


def test_channels_are_filtered_by_themselves(route, rng):
    image = rng.integers(0, 256, (12, 13, 5), np.uint8)
    for size in (3, 5, 9, 21):
        planes = [apply(f"median:{size}", plane) for plane in np.moveaxis(image, 2, 0)]
        assert_array_equal(apply(f"median:{size}", image), np.stack(planes, axis=2))


def test_a_window_with_nan_gives_nan(route):
    image = np.zeros((7, 7), np.float32)
    image[3, 3] = np.nan
    seen = np.zeros((7, 7), bool)
    seen[2:5, 2:5] = True
    for name in ("median", "minimum", "maximum"):
        assert_array_equal(np.isnan(apply(name, image)), seen)


def test_infinity_and_signs_are_in_order(route):
    image = np.float32([[-np.inf, -1, -0.5, 0, 0.5, 1, np.inf]])
    assert_array_equal(apply("median:3:border=edge", image), image)
    assert_array_equal(apply("minimum:3:border=edge", image)[0, 1:], image[0, :-1])


def test_stride_samples_and_valid_cuts(route, rng):
    image = rng.integers(0, 256, (23, 31), np.uint8)
    full = apply("median:5", image)
    assert_array_equal(apply("median:5:stride=2/3", image), full[::2, ::3])
    assert_array_equal(apply("median:5:padding=valid", image), full[2:-2, 2:-2])


def test_large_images_match_on_any_thread_count(rng):
    from edgewise import jit

    image = rng.integers(0, 256, (300, 5000), np.uint8)
    both = []
    for count in (1, 2):
        with jit.at_most_threads(count):
            both.append([apply(f"median:{size}", image) for size in (3, 5, 9, 21)])
    assert_array_equal(both[0], both[1])


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        ("median:4", "size=4 is not an odd number above 0"),
        ("median:0", "size=0 is not an odd number"),
        ("median:3:dilation=2", "takes no dilation"),
        ("median:3:border=renormalize", "no border renormalize"),
        ("percentile:101", "percent=101.0 is not from 0 to 100"),
    ],
)
def test_bad_settings(chain, message):
    with pytest.raises(EdgewiseError, match=message):
        apply(chain, np.zeros((4, 4)))


@pytest.mark.parametrize(
    ("size", "rank", "message"), [((3, 2), 0, "odd"), (3, 9, "0 to 8"), (3, -1, "0 to 8")]
)
def test_bad_arguments(size, rank, message):
    with pytest.raises(EdgewiseError, match=message):
        rank_filter(np.zeros((4, 4)), size, rank)


@pytest.mark.parametrize("size", [1, 3, 5, 7, 9])
def test_networks_find_the_median(rng, size):
    network = median_network(size)
    for values in (rng.integers(0, 2, (200, size, size)), rng.integers(0, 99, (50, size, size))):
        for square in values:
            rows = np.sort(square, axis=0).ravel()
            for first, second, _ in network.rest:
                rows[[first, second]] = sorted(rows[[first, second]])
            assert_array_equal(rows[network.found], np.median(square))


@pytest.mark.parametrize("size", [3, 5])
def test_the_loops_are_those_of_the_network(size):
    assert loop_source(size) in Path(network_loops.__file__).read_text()


def test_many_channels_take_another_way(rng):
    image = rng.integers(0, 256, (9, 50, 20), np.uint8)
    frame = np.ascontiguousarray(image)
    for size in (3, 5):
        expected = scipy.ndimage.median_filter(image, (size, size, 1), mode="mirror")
        result = rank_module._loops(Windows().frame(frame, (size, size)), size, size, size**2 // 2)
        assert_array_equal(result, expected)
