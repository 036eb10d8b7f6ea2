"""Weighted sums in registers, boxes by running sums: against their plain definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import correlate, kernel
from edgewise.compiled import weighted_rows
from edgewise.compiled.kinds import Single, array
from edgewise.compiled.loop import loop
from edgewise.compiled.weighted_rows import weigh_row as one_row
from edgewise.compiled.weighted_rows import weigh_window as window

Places, Weights = array(1, "int64"), array(1, "float32")


@loop
def weigh_row(y: array(1, "uint8", "float32"), y_at: int, start: Single,
              x: array(1, "uint8", "int32"), x_at: int, offsets: Places, w: Weights, taps: int,
              length: int):  # fmt: skip
    one_row(y, y_at, start, x, x_at, offsets, w, taps, length)


@loop
def weigh_two(y: array(1, "uint16"), y_pitch: int, x: Weights, w: Weights, height: int,
              offsets: Places, stride: int, length: int):  # fmt: skip
    n = offsets.size
    window(y, 2, y_pitch, x, 3, 200, w, height, offsets, n, stride, length, 2)


@loop
def weigh_four(y: array(1, "uint16"), y_pitch: int, x: Weights, w: Weights, height: int,
               offsets: Places, stride: int, length: int):  # fmt: skip
    n = offsets.size
    window(y, 2, y_pitch, x, 3, 200, w, height, offsets, n, stride, length, 4)


# Lengths on both sides of one and of several vectors.
LENGTHS = st.integers(1, 40) | st.sampled_from([63, 64, 65, 127, 128, 129, 161])


@pytest.mark.parametrize(("pixels", "result"), [(np.uint8, np.uint8), (np.int32, np.float32)])
@given(taps=st.integers(0, 9), length=LENGTHS, seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_one_row(pixels, result, taps, length, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 256, 400).astype(pixels)
    # Sixteenths are exact in float32, and make ties.
    w = (rng.integers(-16, 17, 9) / 16).astype(np.float32)
    found = np.full(length + 9, 7, result)
    expected = found.copy()
    rest = (3, np.float32(0.5), x, 110, rng.integers(-100, 100, 9), w, taps, length)
    weigh_row(found, *rest)
    weighted_rows.weigh_row(expected, *rest)
    assert_array_equal(found, expected)


@pytest.mark.parametrize(("weigh", "rows"), [(weigh_two, 2), (weigh_four, 4)])
@given(height=st.integers(3, 9), stride=st.integers(1, 3), length=LENGTHS, seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_several_rows(weigh, rows, height, stride, length, seed):
    rng = np.random.default_rng(seed)
    height = max(height, (rows - 1) * stride)
    offsets = rng.integers(0, 30, int(rng.integers(1, 6)))
    x = rng.integers(0, 256, 200 * ((rows - 1) * stride + height + 1)).astype(np.float32)
    w = (rng.integers(-16, 17, height * offsets.size) / 16).astype(np.float32)
    found = np.full(2 + rows * (length + 3), 7, np.uint16)
    expected = found.copy()
    weigh(found, length + 3, x, w, height, offsets, stride, length)
    weighted_rows.weigh_window(
        expected, 2, length + 3, x, 3, 200, w, height, offsets, offsets.size, stride, length, rows
    )
    assert_array_equal(found, expected)


NUMPY = {"reflect": {}, "symmetric": {}, "edge": {}, "wrap": {}, "constant": {"constant_values": 7}}


@pytest.mark.parametrize("size", [2, 3, (3, 8), 15, (31, 17)])
@pytest.mark.parametrize("border", NUMPY)
@pytest.mark.parametrize("shape", [(50, 70), (9, 11, 3), (3, 200), (1, 1)])
def test_a_box_of_whole_numbers_is_rounded_once(shape, border, size):
    image = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    weights = kernel("box", size=size)
    rows, columns = weights.shape
    around = [(n // 2, n - 1 - n // 2) for n in (rows, columns)]
    around += [(0, 0)] * (image.ndim - 2)
    padded = np.pad(image.astype(float), around, mode=border, **NUMPY[border])
    seen = np.lib.stride_tricks.sliding_window_view(padded, (rows, columns), axis=(0, 1))
    fill = 7 if border == "constant" else 0
    found = correlate(image, weights, border=border, fill=fill)
    assert_allclose(found, seen.mean(axis=(-1, -2)), rtol=3e-7)
    assert_array_equal(correlate(image, weights, border=border, fill=fill, dtype=np.uint8),
                       np.rint(found))  # fmt: skip


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_sums_of_boxes_are_exact(dtype):
    image = np.full((300, 40), np.iinfo(dtype).max, dtype)
    found = correlate(image, np.ones((15, 17)), border="edge")
    assert_array_equal(found, 15.0 * 17 * np.iinfo(dtype).max)


@pytest.mark.parametrize("stride", [2, 3, 4, (1, 4), (5, 2), 6])
@pytest.mark.parametrize("shape", [(33, 47), (20, 31, 3), (9, 9, 2), (1, 3)])
@pytest.mark.parametrize("size", [3, 4, 12])
def test_strides_of_dense_windows_are_samples(shape, stride, size):
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, shape).astype(np.uint8)
    weights = rng.integers(-9, 10, (size, size))
    rows, columns = stride if isinstance(stride, tuple) else (stride, stride)
    for border in ("reflect", "constant"):
        chosen = {"border": border, "fill": 7, "method": "direct"}
        every = correlate(image, weights, **chosen)
        found = correlate(image, weights, stride=stride, **chosen)
        assert_array_equal(found, every[::rows, ::columns])
        found = correlate(image, weights, stride=stride, dtype=np.uint8, **chosen)
        assert_array_equal(found, np.clip(every, 0, 255)[::rows, ::columns])
