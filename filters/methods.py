"""How a correlation is best computed: the cheapest of several ways to the same numbers.

Costs are in taps, multiply-adds for one result in the compiled row loop. On two
cores a tap of 12 MP takes 0.06 ms and the Fourier transform of 12 MP as much as
`FOURIER_TAPS`; see benchmarks/strided.py.
"""

import logging
from dataclasses import dataclass

import numpy as np

from ..compiled.loop import idle
from .separable import low_rank, separate

log = logging.getLogger("edgewise")

DIRECT, TWO_PASSES, LOW_RANK, FOURIER = "direct", "two passes", "low rank", "fft"
RUNNING_SUMS = "running sums"
METHODS = ("auto", DIRECT, FOURIER)

# Kernels that are cheaper as a Fourier transform have more taps than this: 12 MP
# took 143 ms with 63x63, where one pass took 236, and 117 with 41x41, where it took 99.
# In float64 it takes twice as long.
FOURIER_TAPS = 2000
# What a pass of a low-rank kernel costs beyond its taps: it is stored and added up.
PASS_TAPS = 16
# Float32 holds every whole number up to here.
EXACT = 2**24


@dataclass(frozen=True)
class Method:
    """A way to correlate.

    `columns` (R, K) and `rows` (R, L) are the factors of a kernel that is the
    sum of R outer products; None for all other ways.
    """

    name: str
    columns: np.ndarray | None = None
    rows: np.ndarray | None = None

    def __str__(self) -> str:
        if self.name == LOW_RANK and self.rows is not None:
            return f"two passes each for {len(self.rows)} outer products"
        return {DIRECT: "one pass", FOURIER: "Fourier transform"}.get(self.name, self.name)


def is_whole(weights: np.ndarray) -> bool:
    """Say whether all weights are whole numbers that float32 holds."""
    return bool((weights == np.rint(weights)).all() and np.abs(weights).max() < EXACT)


def choose_method(
    weights: np.ndarray,
    *,
    stride: tuple[int, int] = (1, 1),
    dilation: tuple[int, int] = (1, 1),
    whole: bool = False,
) -> Method:
    """Choose how to correlate with a kernel.

    Parameters
    ----------
    weights : ndarray of float32, (K, L)
    stride, dilation : (int, int)
    whole : bool
        Whether the pixels are whole numbers. Then kernels of whole numbers are
        not split into parts that are none, and the result stays exact.

    Returns
    -------
    Method
        It depends on the kernel and these settings alone.
    """
    exact = whole and is_whole(weights)
    factors = separate(weights)
    taps = int(np.count_nonzero(weights))
    if factors is not None:
        column, row = factors
        # With a stride the first pass still runs along every row that is used.
        cost = np.count_nonzero(row) * stride[0] + np.count_nonzero(column)
        if cost <= taps or not exact:
            return Method(TWO_PASSES, column[None], row[None])
        return Method(DIRECT)
    transforms = stride == (1, 1) and dilation == (1, 1)
    fourier = FOURIER_TAPS * (1 + exact)
    # With a stride, passes along rows do more than is needed.
    cost = min(taps, fourier) if transforms else taps // stride[0]
    several = None if exact else low_rank(weights, cost, PASS_TAPS)
    if several is not None:
        return Method(LOW_RANK, *several)
    return Method(FOURIER if transforms and taps > fourier else DIRECT)


def say(weights: np.ndarray, shape: tuple[int, ...], method: object) -> None:
    """Tell whoever listens to the logger which way was taken."""
    tell(f"{weights.shape[1]}x{weights.shape[0]} kernel", shape, method)


def tell(what: str, shape: tuple[int, ...], method: object) -> None:
    """Tell whoever listens to the logger how a filter is run."""
    if not idle():
        log.info("%s on %dx%d pixels: %s", what, shape[1], shape[0], method)
