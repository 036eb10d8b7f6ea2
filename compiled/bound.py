"""Calls of loops with their arguments packed in advance, alone and one after the other."""

import ctypes
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any, NamedTuple

from .native import Native


class Call(NamedTuple):
    """A loop, and what it shall be called with."""

    loop: Any
    arguments: tuple

    def __call__(self) -> None:
        """Make the call."""
        self.loop(*self.arguments)


class Bound:
    """Loops with their arguments, which run in turn as one call without Python's lock.

    Parameters
    ----------
    calls : list of (Native, list of int)
        Each loop, and the words of its arguments.
    arguments : object
        What the words point into.
    """

    def __init__(self, calls: list[tuple[Native, list[int]]], arguments: Any):
        self.calls, self.arguments = calls, arguments
        self._first = calls[0][0]
        self._words: list[Any] = []
        following = (0, 0)
        for entry, words in reversed(calls):
            kept = (ctypes.c_int64 * (len(words) + 2))(*following, *words)
            self._words.append(kept)
            following = entry.address, ctypes.addressof(kept)

    def __call__(self) -> None:
        """Run the loops."""
        self._first.run(self._words[-1])


def joined(steps: Iterable[Callable[[], object]]) -> list[Callable[[], object]]:
    """Return steps that do the same, with calls bound, and made one where they follow each other.

    What is no `Call` is left as it is.
    """
    ready = [step.loop.bind(*step.arguments) if isinstance(step, Call) else step for step in steps]
    found: list[Callable[[], object]] = []
    for bound, group in groupby(ready, lambda step: isinstance(step, Bound)):
        some = list(group)
        found += [_one(some)] if bound else some
    return found


def _one(bounds: list[Any]) -> Bound:
    calls = [call for bound in bounds for call in bound.calls]
    return Bound(calls, [bound.arguments for bound in bounds])
