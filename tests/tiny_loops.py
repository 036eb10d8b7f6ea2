"""Loops of the tests' own, that are compiled in a moment.

python tiny_loops.py    doubles [1, 2, 3] and prints what came out.
"""

import sys
from typing import NamedTuple

import numpy as np

from edgewise.compiled.kinds import Single, array
from edgewise.compiled.loop import inner, loop

Numbers = array(1, "float64", "uint8")


class Pair(NamedTuple):
    """Two numbers."""

    first: float
    second: float


@inner
def _put_twice(x, out, at):
    out[at] = 2 * x[at]


@loop
def double(x: Numbers, out: Numbers):
    """Fill out with twice x."""
    for i in range(x.size):
        _put_twice(x, out, i)


@loop
def difference(pair: Pair, out: array(1, "float64")):
    """Fill out with the difference of two numbers."""
    out[0] = pair.first - pair.second


@loop
def tell(whole: int, single: Single, wide: float, flag: bool, several: tuple[int, float],
         pair: Pair, nested: tuple[Pair, int], out: array(1, "float64")):  # fmt: skip
    """Fill out with all the numbers that the arguments hold."""
    out[0], out[1], out[2], out[3] = whole, single, wide, flag
    out[4], out[5] = several
    out[6], out[7] = pair.first, pair.second
    out[8], out[9], out[10] = nested[0].first, nested[0].second, nested[1]


@loop
def reshape(x: array(1, "float64"), out: array(2, "float64")):
    """Call Numba's run time, as no loop of the package may."""
    table = x.reshape(out.shape)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = table[i, j]


if __name__ == "__main__":
    result = np.zeros(3)
    double(np.arange(1.0, 4), result)
    sys.stdout.write(f"{result} {'numba' in sys.modules}\n")
