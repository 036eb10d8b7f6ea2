"""Loops as they are called: what arrives, what is refused, and what need not be imported."""

import os
import subprocess
import sys

import numpy as np
import pytest
import tiny_loops
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from tiny_loops import Pair, double, tell

from edgewise.compiled.loop import Loop, no_loops

wide = st.floats(allow_nan=True)
whole = st.integers(-(2**63), 2**63 - 1)
small = st.integers(-(2**53), 2**53)
pairs = st.builds(Pair, wide, wide)


@given(small, st.floats(width=32), wide, st.booleans(), st.tuples(small, wide), pairs,
       st.tuples(pairs, small))  # fmt: skip
def test_every_kind_of_argument_arrives_as_it_is(one, single, number, flag, several, pair, nested):
    arguments = one, np.float32(single), number, flag, several, pair, nested
    told, wanted = np.zeros((2, 11))
    tell(*arguments, told)
    tell.function(*arguments, wanted)
    assert_array_equal(told, wanted)


WRONG = {
    "dtype": (np.ones(3, np.float32), np.ones(3)),
    "dtype of the second": (np.ones(3), np.ones(3, np.int64)),
    "byte order": (np.ones(3, ">f8"), np.ones(3)),
    "gaps": (np.ones(6)[::2], np.ones(3)),
    "dimensions": (np.ones((3, 1)), np.ones(3)),
    "no dimensions": (np.float64(1), np.ones(3)),
}


@pytest.mark.parametrize("kind", WRONG)
def test_other_arrays_are_refused(kind):
    with pytest.raises(TypeError, match="wanted"):
        double(*WRONG[kind])


@pytest.mark.parametrize("arguments", [(), (np.ones(1),), (np.ones(1),) * 3])
def test_another_number_of_arguments_is_refused(arguments):
    with pytest.raises(ValueError, match="argument"):
        double(*arguments)


def test_what_is_not_declared_together_is_refused():
    loop = Loop(double.function)
    with pytest.raises(TypeError, match="double is not compiled for float64, bool"):
        loop.open(("float64", "bool"))


def test_bound_calls_see_what_their_arrays_hold_later():
    x, out = np.arange(3.0), np.zeros(3)
    call = double.bind(x, out)
    x[:] = 5
    call()
    assert_array_equal(out, [10, 10, 10])


def test_idle_loops_do_nothing():
    out = np.zeros(3)
    with no_loops():
        double(np.ones(3), out)
        tiny_loops.difference(Pair(1, 0), out)
    assert_array_equal(out, 0)
    double(np.ones(3), out)
    assert_array_equal(out, 2)


CALLS = {
    "apply": """
import edgewise.filters
edgewise.filters.apply("gaussian:1", np.ones((40, 50), np.uint8))
""",
    "command": """
import pathlib, edgewise
from edgewise.cli.main import run
edgewise.write_image("in.png", np.ones((40, 50), np.uint8), overwrite=True)
words = ["filter", "gaussian:1,sobel,maxpool:2", "in.png", "-o", "out.png", "--overwrite"]
assert run(words) == 0
""",
}


@pytest.mark.parametrize("name", CALLS)
def test_numba_is_not_imported_once_all_is_compiled(name, tmp_path):
    code = f"""
import sys
import numpy as np
{CALLS[name]}
sys.exit(7 if "numba" in sys.modules else 0)
"""
    # The first may have to compile.
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env=os.environ, timeout=300
        )
    assert done.returncode == 0
