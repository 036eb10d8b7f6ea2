"""Compiling loops before they are needed, so that it can be announced."""

from collections.abc import Iterator

import numpy as np

from ....compiled.bound import Call
from ....compiled.loop import Loop
from ....compiled.warming import compile_all
from ..network import Network
from ..tape import Tape
from . import loops


def warm_up(network: Network) -> None:
    """Compile every loop that training a network needs, where that is not done yet.

    The network is left as it was.
    """
    found = dict.fromkeys([*_loops_of(network), *LOOPS])
    # The first version of each is float32's.
    compile_all([(loop, loop.signatures[0]) for loop in found])


LOOPS = (
    loops.gather, loops.gather_warped, loops.count_levels, loops.descend,
    loops.descend_adaptively,
)  # fmt: skip


def _loops_of(network: Network) -> Iterator[Loop]:
    """Yield the loops of the layers, back and forward: those that take longest come first."""
    tape = Tape(network)
    steps, y = tape.steps_forward(tape.input(2), True)
    back, _ = tape.steps_backward(np.zeros_like(y), False)
    yield from (step.loop for step in (*reversed(back), *steps) if isinstance(step, Call))
