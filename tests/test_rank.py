"""Rank filters: against the textbook, SciPy and OpenCV."""

import cv2
import naive_filters
import numpy as np
import pytest
import scipy.ndimage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from edgewise import EdgewiseError, apply
from edgewise.compiled.kinds import array
from edgewise.compiled.loop import loop
from edgewise.compiled.networks import median_network
from edgewise.compiled.threads import at_most_threads
from edgewise.filters.rank import rank_filter, ranked
from edgewise.filters.rank_loops import median_row
from edgewise.filters.sliding import Windows

BORDERS = ("reflect", "symmetric", "edge", "wrap", "constant")
SCIPY = dict(zip(BORDERS, ("mirror", "reflect", "nearest", "wrap", "constant"), strict=True))
Numbers = array(1, "uint8", "uint16", "uint32", like="number")
Places = array(1, "int64")


@loop
def medians_of_3(y: Numbers, x: Numbers, places: Places, ordered: Numbers, length: int):
    median_row(y, 0, x, places, ordered, 400, 3, 3, length)


@loop
def medians_of_5(y: Numbers, x: Numbers, places: Places, ordered: Numbers, length: int):
    median_row(y, 0, x, places, ordered, 400, 3, 5, length)


@loop
def medians_of_7(y: Numbers, x: Numbers, places: Places, ordered: Numbers, length: int):
    median_row(y, 0, x, places, ordered, 400, 3, 7, length)


@loop
def medians_of_9(y: Numbers, x: Numbers, places: Places, ordered: Numbers, length: int):
    median_row(y, 0, x, places, ordered, 400, 3, 9, length)


MEDIANS = {3: medians_of_3, 5: medians_of_5, 7: medians_of_7, 9: medians_of_9}
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
def test_equals_the_textbook(shape, size, place, border, dtype):
    image = picture(np.random.default_rng(sum(shape)), shape, dtype)
    rank = round(place * (size[0] * size[1] - 1))
    result = rank_filter(image, size, rank, Windows(border=border, fill=7))
    assert_array_equal(result, naive_filters.rank(image, *size, rank, border, 7))
    assert_array_equal(result.dtype, dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("size", [3, 5, 7, 15, 23])
def test_median_is_that_of_scipy(rng, dtype, border, size):
    image = picture(rng, (25, 31), dtype)
    expected = scipy.ndimage.median_filter(image, size, mode=SCIPY[border])
    assert_array_equal(apply(f"median:{size}:border={border}", image), expected)


@pytest.mark.parametrize("size", [3, 5, 9, 21])
def test_median_is_that_of_opencv(rng, size):
    image = rng.integers(0, 256, (40, 50, 3), np.uint8)
    assert_array_equal(apply(f"median:{size}:border=edge", image), cv2.medianBlur(image, size))


@pytest.mark.parametrize(
    ("name", "peer"),
    [("minimum", scipy.ndimage.minimum_filter), ("maximum", scipy.ndimage.maximum_filter)],
)
@pytest.mark.parametrize("size", [3, 5, 7, 13])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_extremes_are_those_of_scipy(rng, name, peer, size, dtype):
    image = picture(rng, (20, 70), dtype)
    assert_array_equal(apply(f"{name}:{size}", image), peer(image, size, mode="mirror"))


@pytest.mark.parametrize("percent", [0, 10, 33.3, 50, 90, 100])
def test_percentile_is_that_of_scipy(rng, percent):
    image = rng.integers(0, 256, (20, 30), np.uint8)
    expected = scipy.ndimage.percentile_filter(image, percent, 5, mode="mirror")
    assert_array_equal(apply(f"percentile:{percent}:5", image), expected)


def test_channels_are_filtered_by_themselves(rng):
    image = rng.integers(0, 256, (12, 13, 5), np.uint8)
    for size in (3, 5, 9, 21):
        planes = [apply(f"median:{size}", plane) for plane in np.moveaxis(image, 2, 0)]
        assert_array_equal(apply(f"median:{size}", image), np.stack(planes, axis=2))


def test_a_window_with_nan_gives_nan():
    image = np.zeros((7, 7), np.float32)
    image[3, 3] = np.nan
    seen = np.zeros((7, 7), bool)
    seen[2:5, 2:5] = True
    for name in ("median", "minimum", "maximum"):
        assert_array_equal(np.isnan(apply(name, image)), seen)


def test_infinity_and_signs_are_in_order():
    image = np.float32([[-np.inf, -1, -0.5, 0, 0.5, 1, np.inf]])
    assert_array_equal(apply("median:3:border=edge", image), image)
    assert_array_equal(apply("minimum:3:border=edge", image)[0, 1:], image[0, :-1])


def test_stride_samples_and_valid_cuts(rng):
    image = rng.integers(0, 256, (23, 31), np.uint8)
    full = apply("median:5", image)
    assert_array_equal(apply("median:5:stride=2/3", image), full[::2, ::3])
    assert_array_equal(apply("median:5:padding=valid", image), full[2:-2, 2:-2])


def test_large_images_match_on_any_thread_count(rng):
    image = rng.integers(0, 256, (300, 5000), np.uint8)
    both = []
    for count in (1, 2):
        with at_most_threads(count):
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


@pytest.mark.parametrize("size", [3, 5, 7, 9, 17])
@pytest.mark.parametrize("channels", [2, 20])
def test_any_number_of_channels(rng, size, channels):
    image = rng.integers(0, 256, (9, 50, channels), np.uint8)
    expected = scipy.ndimage.median_filter(image, (size, size, 1), mode="mirror")
    assert_array_equal(rank_filter(image, size, size**2 // 2), expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize(("size", "place"), [(3, 4), (9, 40), (5, 3), (11, 60), (3, 8)])
def test_results_of_another_dtype_are_the_same_numbers(rng, dtype, size, place):
    image = rng.integers(0, 256, (30, 200), np.uint8).astype(dtype)
    expected = rank_filter(image, size, place)
    for wanted in (np.uint8, np.uint16, np.float32):
        found = rank_filter(image, size, place, dtype=wanted)
        assert found.dtype == wanted
        assert_array_equal(found, expected)
        out = np.empty(image.shape, wanted)
        assert rank_filter(image, size, place, out=out) is out
        assert_array_equal(out, expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("stride", [1, 2, (3, 5)])
@pytest.mark.parametrize(("size", "place"), [(3, 4), (7, 24), (5, 3), (11, 60), (3, 8)])
def test_some_rows_are_those_of_the_whole(rng, dtype, border, stride, size, place):
    image = picture(rng, (50, 90, 3), dtype)
    operation = ranked(size, place, Windows(border=border, fill=9, stride=stride))
    whole = operation.whole(image)
    strips = operation.strips(len(image))
    for start, stop in ((0, 1), (2, 7), (strips.count - 3, strips.count)):
        first, last = strips.seen(start, stop)
        found = operation.strip(image[first:last], first, len(image), start, stop, None)
        assert_array_equal(found, whole[start:stop])


def test_windows_of_more_pixels_than_a_number_counts(rng):
    for dtype in (np.uint8, np.uint16):
        image = rng.integers(0, 256, (3, 5), dtype)
        result = rank_filter(image, (257, 257), 257 * 128, Windows(border="edge"))
        expected = scipy.ndimage.rank_filter(image, 257 * 128, (257, 257), mode="nearest")
        assert_array_equal(result, expected)


@pytest.mark.parametrize("number", ["uint8", "uint16", "uint32"])
@pytest.mark.parametrize("size", [3, 5, 7, 9])
@pytest.mark.parametrize("length", [1, 40, 131])
def test_a_row_of_medians_in_registers(rng, number, size, length):
    x = rng.integers(0, np.iinfo(number).max, 5000, number)
    corner = rng.permutation(30)[:size] * 100
    places = np.add.outer(corner, 3 * np.arange(size)).ravel()
    y, ordered = np.zeros(300, number), np.empty(size * 400, number)
    expected = y.copy()
    MEDIANS[size](y, x, places, ordered, length)
    median_row(expected, 0, x, places, ordered, 400, 3, size, length)
    assert_array_equal(y[:length], expected[:length])
