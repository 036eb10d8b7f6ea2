"""Weighted sums of rows in registers, against their plain definitions."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from edgewise.compiled.kinds import array
from edgewise.compiled.loop import PLAIN, loop
from edgewise.compiled.tiles import multiply_rows, weigh_rows

pytestmark = pytest.mark.skipif(PLAIN, reason="the plain twins are all there is")


def numbers():
    return array(1, "float32", "float64", like="numbers")


def whole():
    return array(1, "int64")


@loop
def weigh(y: numbers(), y_at: int, y_step: int, start: numbers(), x: numbers(), x_at: int,
          offsets: whole(), first: int, last: int, w: numbers(), places: whole(), w_step: int,
          rows: int, length: int):  # fmt: skip
    """Weigh rows with the tiles of this processor."""
    weigh_rows(y, y_at, y_step, start, x, x_at, offsets, first, last, w, places, w_step, rows,
               length)  # fmt: skip


@loop
def multiply(sums: numbers(), sums_step: int, dy: numbers(), dy_at: int, dy_step: int,
             dy_line: int, x: numbers(), x_at: int, x_line: int, offsets: whole(),
             places: whole(), first: int, last: int, rows: int, lines: int,
             length: int):  # fmt: skip
    """Multiply rows with the tiles of this processor."""
    multiply_rows(sums, sums_step, dy, dy_at, dy_step, dy_line, x, x_at, x_line, offsets, places,
                  first, last, rows, lines, length)  # fmt: skip


TOLERANCE = {"float32": 1e-5, "float64": 1e-13}

# Lengths on both sides of one, two and four vectors; rows and taps around a tile's.
LENGTHS = st.integers(1, 40) | st.sampled_from([63, 64, 65, 127, 128, 161])
ROWS, TAPS = st.integers(1, 14), st.integers(1, 13)


@pytest.mark.parametrize("dtype", TOLERANCE)
@given(rows=ROWS, taps=TAPS, length=LENGTHS, seed=st.integers(0, 99))
@settings(max_examples=60)
def test_weighted_rows(dtype, rows, taps, length, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(500).astype(dtype)
    w = rng.standard_normal(rows * 20).astype(dtype)
    offsets = rng.integers(-100, 100, taps)
    places = rng.integers(0, 20, taps)
    first, last = sorted(rng.integers(0, taps, 2, endpoint=True))
    start = rng.standard_normal(rows).astype(dtype)
    y_step = length + int(rng.integers(0, 9))
    found = np.full(3 + rows * y_step, 7, dtype)
    wanted = found.copy()
    rest = (3, y_step, start, x, 120, offsets, first, last, w, places, 20, rows, length)
    weigh(found, *rest)
    weigh_rows(wanted, *rest)
    assert_allclose(found, wanted, rtol=TOLERANCE[dtype], atol=10 * TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
@given(rows=ROWS, taps=TAPS, length=LENGTHS, lines=st.integers(0, 4), seed=st.integers(0, 99))
@settings(max_examples=60)
def test_multiplied_rows(dtype, rows, taps, length, lines, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(2000).astype(dtype)
    dy = rng.standard_normal(5 + rows * lines * length + 1).astype(dtype)
    offsets = rng.integers(-100, 100, taps)
    places = rng.permutation(20)[:taps]
    first, last = sorted(rng.integers(0, taps, 2, endpoint=True))
    found = rng.standard_normal(rows * 20).astype(dtype)
    wanted = found.copy()
    rest = (20, dy, 5, lines * length, length, x, 120, length + 3,
            offsets, places, first, last, rows, lines, length)  # fmt: skip
    multiply(found, *rest)
    multiply_rows(wanted, *rest)
    assert_allclose(found, wanted, rtol=20 * TOLERANCE[dtype], atol=100 * TOLERANCE[dtype])


def test_not_a_number_and_infinity_stay():
    x = np.array([1, np.nan, np.inf, 2], np.float32)
    y = np.zeros(4, np.float32)
    zero, one = np.zeros(1, np.int64), np.ones(1, np.float32)
    weigh(y, 0, 4, np.zeros(1, np.float32), x, 0, zero, 0, 1, one, zero, 1, 1, 4)
    assert_allclose(y, x)


@pytest.mark.parametrize(
    ("processor", "shape"),
    [("skylake-avx512", (16, 4)), ("haswell", (8, 2)), ("nehalem", (4, 4)), ("generic", (4, 4))],
)
def test_tiles_fit_the_processor(processor, shape, tmp_path):
    features = {
        "skylake-avx512": "+avx,+avx2,+avx512f", "haswell": "+avx,+avx2", "nehalem": "+sse",
        "generic": "",
    }  # fmt: skip
    code = "from edgewise.compiled import llvm; print((llvm.LANES, llvm.VECTORS))"
    settings = {"NUMBA_CPU_NAME": processor, "NUMBA_CPU_FEATURES": features[processor]}
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **settings, "EDGEWISE_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == str(shape)
