"""The ways to correlate: which is chosen, and that nobody can tell which it was."""

import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import EdgewiseError, apply, correlate, kernel
from edgewise.filters.methods import DIRECT, FOURIER, LOW_RANK, TWO_PASSES, choose_method
from edgewise.filters.separable import low_rank, separate

RNG = np.random.default_rng(11)
FULL_SCALE = 1e-5
RANK_3 = sum(np.outer(*RNG.normal(size=(2, 13))) for _ in range(3)).astype(np.float32)
DISC = (np.hypot(*np.mgrid[-30:31, -30:31]) <= 30).astype(np.float32)


@pytest.mark.parametrize(
    ("weights", "settings_", "expected"),
    [
        (RNG.normal(size=(5, 5)), {}, DIRECT),
        (np.ones((9, 9)), {"whole": True}, TWO_PASSES),
        (kernel("sobel-x"), {}, DIRECT),
        (kernel("gaussian", sigma=2), {"whole": True}, TWO_PASSES),
        (RANK_3, {"whole": True}, LOW_RANK),
        (kernel("log", sigma=3), {}, LOW_RANK),
        (RNG.normal(size=(63, 63)), {}, FOURIER),
        (RNG.normal(size=(63, 63)), {"stride": (2, 2)}, DIRECT),
        (RNG.normal(size=(63, 63)), {"dilation": (1, 2)}, DIRECT),
        (np.rint(9 * RANK_3), {"whole": True}, DIRECT),
        (np.outer([1, 2, 1], [1, 0, -1]) * 1.0, {"whole": True, "stride": (4, 4)}, DIRECT),
        (np.zeros((5, 5)), {}, DIRECT),
    ],
)
def test_what_is_chosen(weights, settings_, expected):
    found = choose_method(np.asarray(weights, np.float32), **settings_)
    assert_array_equal(found.name, expected)


@pytest.mark.parametrize("shape", [(90, 101), (70, 83, 3), (40, 30), (1, 200)])
@pytest.mark.parametrize("border", ["reflect", "constant", "wrap"])
@pytest.mark.parametrize(
    "weights", [RANK_3, DISC / DISC.sum(), RNG.normal(size=(4, 63)), kernel("log", sigma=3)]
)
def test_all_ways_agree_to_a_hundred_thousandth_of_full_scale(shape, border, weights):
    image = RNG.integers(0, 256, shape).astype(np.uint8)
    chosen = {"border": border, "fill": 9}
    expected = correlate(image, weights, method="direct", **chosen)
    full_scale = 255 * max(1, np.abs(weights).sum())
    for method in ("auto", "fft"):
        found = correlate(image, weights, method=method, **chosen)
        assert_allclose(found, expected, atol=FULL_SCALE * full_scale)


@pytest.mark.parametrize("padding", ["same", "valid", "full", ((3, 1), (0, 70))])
def test_fourier_with_every_padding_and_anchor(padding):
    image = RNG.normal(size=(600, 75)).astype(np.float32)
    weights = RNG.normal(size=(20, 31)) / 620
    chosen = {"padding": padding, "anchor": (3, 29)}
    expected = correlate(image, weights, method="direct", **chosen)
    assert_allclose(correlate(image, weights, method="fft", **chosen), expected, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("method", ["auto", "fft"])
def test_whole_numbers_are_exact_by_every_method(dtype, method):
    image = RNG.integers(0, np.iinfo(dtype).max + 1, (150, 140)).astype(dtype)
    most = 200 if dtype == np.uint16 else 60_000
    signs = np.where(DISC > 0, RNG.choice([-1, 1], DISC.shape, p=[0.5, 0.5]), 0)
    few = np.where(np.cumsum(np.abs(signs)).reshape(signs.shape) < most, signs, 0)
    expected = correlate(image, few.astype(np.float32), method="direct")
    assert_array_equal(correlate(image, few, method=method), expected)
    exact = np.rint(np.float64(expected))
    assert_array_equal(expected, exact)


def test_nan_and_infinity_reach_no_further_than_the_kernel():
    image = np.zeros((200, 200), np.float32)
    image[100, 100] = np.nan
    weights = RNG.normal(size=(61, 61))
    found = np.isnan(correlate(image, weights))
    assert_array_equal(found.sum(), 61 * 61)
    image[100, 100] = np.inf
    assert_array_equal(np.isfinite(correlate(image, weights)).sum(), 200 * 200 - 61 * 61)


def test_fourier_falls_back_where_there_is_a_stride():
    image = RNG.integers(0, 256, (80, 80), np.uint8)
    expected = correlate(image, DISC, stride=3, method="direct")
    assert_array_equal(correlate(image, DISC, stride=3, method="fft"), expected)


@given(st.integers(2, 4), st.integers(4, 12), st.integers(4, 12), st.integers(0, 99))
@settings(max_examples=40)
def test_a_sum_of_products_is_found_again(rank, rows, columns, seed):
    rng = np.random.default_rng(seed)
    weights = sum(np.outer(rng.normal(size=rows), rng.normal(size=columns)) for _ in range(rank))
    found = low_rank(weights.astype(np.float32), 10_000, 0)
    assert found is not None
    assert len(found[0]) <= rank
    assert_allclose(found[0].T @ found[1], weights, atol=1e-5 * np.abs(weights).max())


def test_noise_is_no_sum_of_few_products():
    assert low_rank(RNG.normal(size=(9, 9)).astype(np.float32), 81, 6) is None
    assert separate(RANK_3) is None


def test_stride_equals_sampling_by_every_method():
    image = RNG.integers(0, 256, (97, 101, 3)).astype(np.uint8)
    for weights in (RANK_3, kernel("gaussian", sigma=2), kernel("sobel-x"), np.ones((7, 7))):
        whole = correlate(image, weights)
        for stride in ((2, 2), (3, 1), (1, 2), (4, 5)):
            sampled = whole[:: stride[0], :: stride[1]]
            found = correlate(image, weights, stride=stride)
            assert_allclose(found, sampled, atol=FULL_SCALE * 255 * np.abs(weights).sum())


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("shape", [(40, 41), (41, 40, 3), (9, 300), (7, 9, 4), (2, 2), (1, 3, 3)])
@pytest.mark.parametrize("stride", [2, (1, 2), 3, (2, 4), 50])
def test_strided_rows_of_every_kind(dtype, shape, stride):
    image = RNG.integers(0, 200, shape).astype(dtype)
    weights = RNG.integers(-3, 4, (3, 5))
    steps = (stride, stride) if isinstance(stride, int) else stride
    for padding in ("same", "full"):
        whole = correlate(image, weights, padding=padding)
        found = correlate(image, weights, padding=padding, stride=stride)
        assert_array_equal(found, whole[:: steps[0], :: steps[1]])


def test_the_choice_is_told(caplog):
    image = np.zeros((30, 40), np.uint8)
    with caplog.at_level(logging.INFO, "edgewise"):
        correlate(image, kernel("gaussian"))
        correlate(image, RNG.normal(size=(63, 63)))
        correlate(image, RANK_3)
    assert_array_equal(
        caplog.messages,
        [
            "9x9 kernel on 40x30 pixels: two passes",
            "63x63 kernel on 40x30 pixels: Fourier transform",
            "13x13 kernel on 40x30 pixels: two passes each for 3 outer products",
        ],
    )


def test_the_way_of_an_edge_operator_is_told(caplog):
    with caplog.at_level("INFO", logger="edgewise"):
        apply("sobel", np.zeros((40, 50), np.uint8))
    told = ["sobel on 50x40 pixels: both derivatives and the magnitude in one pass"]
    assert_array_equal([record.getMessage() for record in caplog.records], told)


def test_an_unknown_method():
    with pytest.raises(EdgewiseError, match='no method "fast"; there are auto, direct, fft'):
        correlate(np.zeros((4, 4)), [[1]], method="fast")
