"""Correlation and convolution: against the textbook loops and against the peers."""

import cv2
import numpy as np
import pytest
import scipy.ndimage
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import naive
from edgewise import EdgewiseError, convolve, correlate
from edgewise.filters.borders import ALIASES, BORDERS, border_index

DTYPES = (np.uint8, np.uint16, np.float32)
SCIPY_BORDER = {
    "reflect": "mirror",
    "symmetric": "reflect",
    "edge": "nearest",
    "wrap": "wrap",
    "constant": "constant",
}
OPENCV_BORDER = {
    "reflect": cv2.BORDER_REFLECT_101,
    "symmetric": cv2.BORDER_REFLECT,
    "edge": cv2.BORDER_REPLICATE,
    "constant": cv2.BORDER_CONSTANT,
}

chosen = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
borders = st.sampled_from(BORDERS)
paddings = st.one_of(
    st.sampled_from(["same", "valid", "full"]),
    st.integers(0, 12),
    st.tuples(st.integers(0, 4), st.integers(0, 12)),
    st.tuples(*[st.tuples(st.integers(0, 9), st.integers(0, 9))] * 2),
)


ANY_CHANNELS = st.sampled_from([None, 1, 2, 3, 4])


@st.composite
def images(draw, channels=ANY_CHANNELS):
    shape = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    planes = draw(channels)
    values = np.random.default_rng(draw(st.integers(0, 999)))
    shape = shape if planes is None else (*shape, planes)
    return values.integers(0, 256, shape).astype(draw(st.sampled_from(DTYPES)))


@st.composite
def kernels(draw):
    values = np.random.default_rng(draw(st.integers(0, 999)))
    height, width = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    kind = draw(st.sampled_from(["dense", "sparse", "outer", "whole"]))
    if kind == "outer":
        return np.outer(values.normal(size=height), values.normal(size=width))
    if kind == "whole":
        return np.outer(values.integers(-4, 5, height), values.integers(-4, 5, width))
    kept = values.random((height, width)) < (1 if kind == "dense" else 0.4)
    return values.normal(size=(height, width)) * kept


def each_side(padding):
    if isinstance(padding, str):
        return padding, padding
    if isinstance(padding, int):
        return (padding, padding), (padding, padding)
    if isinstance(padding[0], int):
        return (padding[0],) * 2, (padding[1],) * 2
    return padding


def channels_of(image):
    planes = image if image.ndim == 3 else image[:, :, None]
    return [planes[:, :, c] for c in range(planes.shape[2])]


def close(expected, got):
    assert_allclose(got, expected, atol=2e-6 * max(1, np.abs(expected).max(initial=0)), rtol=2e-6)


@chosen
@given(images(), kernels(), pairs, pairs, paddings, borders, st.booleans())
def test_equals_the_textbook_loops(
    image, kernel, stride, dilation, padding, border, flip
):  # fmt: skip
    ours, loops = (convolve, naive.convolve) if flip else (correlate, naive.correlate)
    settings_ = {"stride": stride, "dilation": dilation, "border": border, "fill": 7.0}
    weights = kernel.astype(np.float32).astype(np.float64)
    expected = [
        loops(channel, weights, padding=each_side(padding), **settings_)
        for channel in channels_of(image)
    ]
    if expected[0].size == 0:
        with pytest.raises(EdgewiseError, match="does not fit"):
            ours(image, kernel, padding=padding, **settings_)
        return
    expected = np.stack(expected, axis=2) if image.ndim == 3 else expected[0]
    result = ours(image, kernel, padding=padding, **settings_)
    assert_array_equal(result.dtype, np.float32)
    assert_array_equal(result.flags.c_contiguous, True)
    close(expected, result)


@chosen
@given(images(st.none()), kernels(), borders, st.booleans())
def test_equals_scipy(image, kernel, border, flip):
    ours, theirs = (
        (convolve, scipy.ndimage.convolve) if flip else (correlate, scipy.ndimage.correlate)
    )
    # SciPy's own wrap and mirror are wrong for windows wider than the image.
    assume(min(image.shape) > max(kernel.shape))
    expected = theirs(image.astype(float), kernel, mode=SCIPY_BORDER[border], cval=3)
    close(expected, ours(image, kernel, border=border, fill=3))


@chosen
@given(images(st.sampled_from([None, 3])), kernels(), st.sampled_from(list(OPENCV_BORDER)))
def test_equals_opencv(image, kernel, border):
    assume(min(image.shape[:2]) > max(kernel.shape))
    expected = cv2.filter2D(
        image.astype(np.float32), cv2.CV_32F, kernel, borderType=OPENCV_BORDER[border]
    )
    assert_allclose(correlate(image, kernel, border=border), expected, atol=2e-3)


@chosen
@given(images(st.sampled_from([None, 3])), kernels(), st.sampled_from([np.uint8, np.uint16]))
def test_integers_round_half_to_even_and_saturate(image, kernel, dtype):
    exact = correlate(image, kernel)
    expected = np.clip(np.rint(exact), 0, np.iinfo(dtype).max).astype(dtype)
    assert_array_equal(correlate(image, kernel, dtype=dtype), expected)


@pytest.mark.parametrize(("value", "rounded"), [(0.5, 0), (1.5, 2), (2.5, 2), (-3, 0), (300, 255)])
def test_rounding_by_example(value, rounded):
    result = correlate(np.ones((2, 2), np.uint8), [[value]], dtype=np.uint8)
    assert_array_equal(result, np.full((2, 2), rounded, np.uint8))


@given(st.integers(1, 6), st.integers(0, 20), st.integers(0, 20), borders)
def test_borders_are_those_of_numpy(length, before, after, border):
    values = np.arange(1, length + 1)
    expected = np.pad(values, (before, after), mode=border)
    index = border_index(length, before, after, border)
    assert_array_equal(np.where(index < 0, 0, values[index]), expected)


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_aliases(alias, name):
    image = np.arange(20.0).reshape(4, 5)
    kernel = np.arange(9.0).reshape(3, 3)
    assert_array_equal(
        correlate(image, kernel, border=alias), correlate(image, kernel, border=name)
    )


def test_same_with_stride_is_the_result_sampled(rng):
    image, kernel = rng.integers(0, 256, (17, 23, 3), np.uint8), rng.normal(size=(4, 5))
    whole = correlate(image, kernel)
    for stride in ((2, 2), (3, 1), (5, 4), (30, 30)):
        assert_array_equal(
            correlate(image, kernel, stride=stride), whole[:: stride[0], :: stride[1]]
        )


def test_whole_number_kernels_are_exact(rng):
    image = rng.integers(0, 65536, (40, 31), np.uint16)
    sobel = np.outer([1, 2, 1], [-1, 0, 1])
    expected = scipy.ndimage.correlate(image.astype(np.int64), sobel, mode="mirror")
    assert_array_equal(correlate(image, sobel), expected.astype(np.float32))


def test_linear_and_constant(rng):
    a, b = rng.normal(size=(2, 30, 20)).astype(np.float32)
    kernel = rng.normal(size=(5, 3))
    close(2 * correlate(a, kernel) - 3 * correlate(b, kernel), correlate(2 * a - 3 * b, kernel))
    flat = correlate(np.full((9, 9), 100, np.uint8), kernel / kernel.sum())
    assert_allclose(flat, np.full((9, 9), 100), rtol=1e-5)


def test_nan_stays_where_the_kernel_sees_it():
    image = np.zeros((7, 7), np.float32)
    image[3, 3] = np.nan
    result = correlate(image, [[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    expected = np.zeros((7, 7), bool)
    expected[[2, 4, 3, 3], [3, 3, 2, 4]] = True
    assert_array_equal(np.isnan(result), expected)


def test_nan_in_an_integer_result_is_zero():
    image = np.full((3, 3), np.nan, np.float32)
    assert_array_equal(correlate(image, [[1]], dtype=np.uint8), np.zeros((3, 3), np.uint8))


def test_layouts_do_not_matter(rng):
    image, kernel = rng.integers(0, 256, (20, 30, 3), np.uint8), rng.normal(size=(3, 3))
    expected = correlate(image, kernel)
    strided = np.repeat(image, 2, axis=1)[:, ::2]
    frozen = image.copy()
    frozen.flags.writeable = False
    for same in (strided, frozen, np.asfortranarray(image)):
        assert_array_equal(correlate(same, kernel), expected)


@pytest.mark.parametrize("given_", [np.int32, np.float64, np.int8, bool])
def test_other_dtypes_become_float32(given_):
    image = np.array([[0, 1], [1, 0]], given_)
    assert_array_equal(correlate(image, [[2]]), 2 * image.astype(np.float32))


def test_large_images_match_on_any_thread_count(rng):
    import numba

    image, kernel = rng.integers(0, 256, (700, 900, 3), np.uint8), rng.normal(size=(5, 5))
    before = numba.get_num_threads()
    try:
        results = []
        for threads in range(1, before + 1):
            numba.set_num_threads(threads)
            results.append(correlate(image, kernel))
    finally:
        numba.set_num_threads(before)
    for result in results[1:]:
        assert_array_equal(result, results[0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"border": "mirror"}, "means different things"),
        ({"border": "reflekt"}, 'no border "reflekt"'),
        ({"padding": "some"}, 'no padding "some"'),
        ({"padding": -1}, "padding -1 is too small"),
        ({"stride": 0}, "stride 0 is too small"),
        ({"stride": 1.5}, "stride 1.5 is not a whole number"),
        ({"dilation": (1, 2, 3)}, "not a whole number or two"),
        ({"padding": "valid"}, "does not fit in 4 pixels"),
        ({"dtype": np.int16}, "float32, uint8 or uint16, not int16"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(EdgewiseError, match=message):
        correlate(np.zeros((4, 4)), np.ones((5, 5)), **arguments)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((0, 3)), "no pixels"),
        (np.zeros(3), "shape"),
        (np.zeros((2, 2, 2, 2)), "shape"),
        (np.zeros((2, 2), complex), "real numbers"),
    ],
)
def test_bad_images(image, message):
    with pytest.raises(EdgewiseError, match=message):
        correlate(image, [[1]])


@pytest.mark.parametrize(
    "kernel",
    [np.zeros((0, 2)), np.zeros((1, 1, 1)), [[np.nan]], [["a"]], [[1, 2], [3]], [[1e39]]],
)
def test_bad_kernels(kernel):
    with pytest.raises(EdgewiseError, match="kernel"):
        correlate(np.zeros((4, 4)), kernel)
