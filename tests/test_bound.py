"""Loops bound to their arguments: the same as calls, alone and as one."""

import gc

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from edgewise.compiled.bound import Bound, Call, joined
from edgewise.compiled.loop import PLAIN
from edgewise.models.cnn.layers.loops import add, rectify, turn


def row(*values):
    return np.array(values, np.float32)


def test_a_bound_loop_does_what_the_loop_does():
    x, total = row(1, 2, 3), row(10, 20, 30)
    bound = add.bind(x, total)
    assert_array_equal(total, [10, 20, 30])
    bound()
    x[0] = 5
    bound()
    assert_array_equal(total, [16, 24, 36])


def test_calls_that_follow_each_other_are_one_and_keep_their_order():
    x, y, table = row(-1, 2, -3, 4), np.zeros(4, np.float32), np.zeros((2, 2), np.float32)
    seen = []
    steps = [
        Call(rectify, (x, y)),
        Call(turn, (y.reshape(2, 2), table)),
        lambda: seen.append(table.copy()),
        Call(add, (row(1, 1, 1, 1), table.reshape(-1))),
        Call(add, (row(1, 1, 1, 1), table.reshape(-1))),
        Call(add, (x, y)),
    ]
    ready = joined(steps)
    assert len(ready) == (6 if PLAIN else 3)
    for step in ready:
        step()
    assert_array_equal(seen, [[[0, 0], [2, 4]]])
    assert_array_equal(table, [[2, 2], [4, 6]])
    assert_array_equal(y, [-1, 4, -3, 8])


@pytest.mark.skipif(PLAIN, reason="nothing is bound")
def test_bound_loops_hold_on_to_their_arrays():
    total = row(0, 0)
    (bound,) = joined([Call(add, (row(k, 1), total)) for k in range(1000)])
    assert isinstance(bound, Bound)
    gc.collect()
    rubbish = [row(7, 7) for _ in range(1000)]
    bound()
    assert_array_equal(total, [sum(range(1000)), 1000])
    assert len(rubbish) == 1000


def test_what_does_not_fit_is_refused_when_it_is_bound():
    if PLAIN:
        pytest.skip("Python takes anything")
    with pytest.raises(TypeError, match="wanted"):
        add.bind(np.zeros((2, 2), np.float32), row(1))
    with pytest.raises(TypeError, match="wanted"):
        add.bind(np.zeros(4, np.float32)[::2], row(1, 2))
    with pytest.raises(TypeError, match="not compiled for"):
        add.bind(np.zeros(2), row(1, 2))
