"""Pooling: against the textbook loops, NumPy and scikit-image."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from skimage.measure import block_reduce

import naive
from edgewise import EdgewiseError, pool

KINDS = ("max", "min", "average", "sum", "lp", "median")
chosen = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def windows(draw):
    size, dilation = draw(pairs), draw(pairs)
    spans = [d * (k - 1) for k, d in zip(size, dilation, strict=True)]
    sides = [draw(st.tuples(st.integers(0, span), st.integers(0, span))) for span in spans]
    return size, dilation, tuple(sides)


@chosen
@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.sampled_from([1, 3]),
    windows(),
    pairs,
    st.sampled_from(KINDS),
    st.booleans(),
    st.booleans(),
    st.sampled_from([1.0, 2.0, 3.5]),
    st.sampled_from([np.uint8, np.float32]),
)
def test_equals_the_textbook_loops(
    shape, channels, window, stride, kind, ceil, count_padding, p, dtype
):
    size, dilation, padding = window
    image = np.random.default_rng(sum(shape)).integers(0, 99, (*shape, channels)).astype(dtype)
    image = image - dtype(50) if dtype == np.float32 else image
    arguments = {"ceil": ceil, "count_padding": count_padding, "p": p, "kind": kind}
    arguments |= {"stride": stride, "padding": padding, "dilation": dilation}
    expected = [naive.pool(image[:, :, c], size, **arguments) for c in range(channels)]
    if expected[0].size == 0:
        with pytest.raises(EdgewiseError, match="does not fit"):
            pool(image, size, **arguments)
        return
    result = pool(image, size, **arguments)
    assert_array_equal(result.dtype, np.float32)
    assert_allclose(result, np.stack(expected, axis=2), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "function"),
    [
        ("max", np.max),
        ("min", np.min),
        ("average", np.mean),
        ("sum", np.sum),
        ("median", np.median),
    ],
)
def test_equals_block_reduce(rng, kind, function):
    image = rng.integers(0, 256, (24, 36, 3), np.uint8)
    expected = block_reduce(image.astype(float), (2, 3, 1), function)
    assert_allclose(pool(image, (2, 3), kind=kind), expected, rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_nan_makes_its_windows_nan(kind):
    image = np.ones((4, 4), np.float32)
    image[0, 1] = np.nan
    assert_array_equal(np.isnan(pool(image, 2, kind=kind)), [[True, False], [False, False]])


def test_the_last_window_hangs_over_the_end_with_ceil():
    # Values of torch.nn.functional.avg_pool2d(x, 2, ceil_mode=True).
    image = np.arange(9.0).reshape(3, 3)
    assert_array_equal(pool(image, 2, kind="average", ceil=True), np.float32([[2, 3.5], [6.5, 8]]))


def test_padding_counts_only_when_asked():
    image = np.ones((2, 2))
    plain = pool(image, 2, kind="average", padding=1)
    counted = pool(image, 2, kind="average", padding=1, count_padding=True)
    assert_array_equal(plain, np.ones((2, 2)))
    assert_array_equal(counted, np.full((2, 2), 0.25))


def test_same_padding_keeps_every_pixel():
    assert_array_equal(pool(np.arange(5.0)[None], (1, 2), padding="same"), [[1, 3, 4]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 0}, "size 0 is too small"),
        ({"size": 9}, "does not fit"),
        ({"size": 2, "padding": 2}, "at most 1"),
        ({"size": 2, "kind": "mean"}, 'no pooling "mean"; there are max'),
        ({"size": 2, "kind": "lp", "p": 0}, "above 0"),
        ({"size": 2, "stride": (1, -1)}, "too small"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(EdgewiseError, match=message):
        pool(np.zeros((4, 4)), **arguments)
