"""Some loops built by Numba with parallel=True, on its threads, give what ours give on one."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import edgewise
from edgewise.compiled.compiling import dispatcher
from edgewise.compiled.loop import Loop
from edgewise.filters import box_loops, loops, pool_loops

# Arguments with one entry for each part of the work.
SCRATCH = {"buffers", "sums", "totals"}
PARTS = 3
KERNEL = np.arange(9.0).reshape(3, 3)


def gray():
    return np.random.default_rng(9).integers(0, 256, (23, 31), np.uint8)


CALLS = {
    box_loops.box: lambda: edgewise.apply("box:5", gray()),
    loops.correlate: lambda: edgewise.correlate(gray(), KERNEL, method="direct", dilation=2),
    pool_loops.pool: lambda: edgewise.pool(gray(), 3, stride=1, kind="average"),
}


@pytest.mark.parametrize("loop", CALLS, ids=lambda loop: loop.__name__)
def test_the_same_numbers_in_parallel(loop, monkeypatch):
    calls = []
    call = Loop.__call__

    def note(self, *arguments):
        if self is loop:
            calls.append(arguments)
        call(self, *arguments)

    monkeypatch.setattr(Loop, "__call__", note)
    CALLS[loop]()
    code = loop.function.__code__
    names = code.co_varnames[: code.co_argcount]
    arguments = dict(zip(names, calls[0], strict=True))
    scratch = {
        name: np.zeros((PARTS, *array.shape[1:]), array.dtype)
        for name, array in arguments.items()
        if name in SCRATCH and isinstance(array, np.ndarray)
    }
    assert scratch
    again = {**arguments, **scratch, "out": np.zeros_like(arguments["out"])}
    dispatcher(loop, parallel=True)(*again.values())
    assert_array_equal(again["out"], arguments["out"])
