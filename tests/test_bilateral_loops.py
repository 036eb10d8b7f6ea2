"""A row of the bilateral filter in registers, against its plain definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from edgewise.compiled.loop import loop
from edgewise.filters.bilateral_loops import blur_row
from edgewise.filters.strips import Places, Weights

DECAY = np.float32(1e-6)


@loop
def blur_gray(y: Weights, x: Weights, offsets: Places, near: Weights, length: int):
    blur_row(
        y, 170, x, 300, 100, offsets, near, near.size, DECAY, length, 1, 0
    )  # fmt: skip


@loop
def blur_summed(y: Weights, x: Weights, offsets: Places, near: Weights, length: int):
    blur_row(
        y, 170, x, 300, 100, offsets, near, near.size, DECAY, length, 3, 0
    )  # fmt: skip


@loop
def blur_euclidean(y: Weights, x: Weights, offsets: Places, near: Weights, length: int):
    blur_row(
        y, 170, x, 300, 100, offsets, near, near.size, DECAY, length, 3, 1
    )  # fmt: skip


@pytest.mark.parametrize(
    ("blur", "channels", "squared"),
    [(blur_gray, 1, 0), (blur_summed, 3, 0), (blur_euclidean, 3, 1)],
)
@given(length=st.integers(1, 160), taps=st.integers(1, 9), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_one_row(blur, channels, squared, length, taps, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 256, 900).astype(np.float32)
    offsets, near = rng.integers(-40, 40, taps), rng.uniform(0.1, 1, taps).astype(np.float32)
    offsets[0] = 0  # the pixel itself: else all weights may be too small to tell
    found = np.full(510, 7, np.float32)
    expected = found.copy()
    blur(found, x, offsets, near, length)
    blur_row(expected, 170, x, 300, 100, offsets, near, taps, DECAY, length, channels, squared)
    # Range weights are off by up to 8e-7 where the pixel's own weighs 0.1, and values go
    # up to 255.
    assert_allclose(found, expected, atol=3e-3)
