"""Loops as they are written: plain Python functions, which run as machine code.

A `loop` is called from Python. Its annotations declare what it is compiled for, and it
fills arrays that it is given, its working memory included: it makes none, and raises
nothing. An `inner` loop is called by others only. A function that is `emitted` has a twin
that writes LLVM's own language, for what the compiler does not vectorise.

The first call with some dtypes loads the machine code from the cache, or has Numba
compile it, which is imported for that alone.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from threading import local
from typing import Any

from . import kinds
from .bound import Bound
from .native import Native

# Whoever debugs runs the loops as they are written, with real tracebacks.
PLAIN = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
CHECKED = os.environ.get("NUMBA_BOUNDSCHECK", "0") not in ("", "0")

# The axis that threads share. Built by Numba with parallel=True it is numba.prange.
prange = range

LOOPS: list["Loop"] = []

_here = local()


def idle() -> bool:
    """Say whether loops do nothing at the moment, on this thread."""
    return getattr(_here, "idle", False)


@contextmanager
def no_loops() -> Iterator[None]:
    """Let loops that this thread calls do nothing.

    For trying whether arguments make sense: neither loaded nor compiled, they cost nothing.
    """
    before = idle()
    _here.idle = True
    try:
        yield
    finally:
        _here.idle = before


class Inner:
    """A loop that other loops call.

    Attributes
    ----------
    function : callable
        The loop as it is written.
    twin : str
        ``module:name`` of what writes it in LLVM's language; empty if it is compiled.
    """

    def __init__(self, function: Callable, twin: str = ""):
        self.function, self.twin = function, twin
        self.__name__, self.__doc__ = function.__name__, function.__doc__
        self.__module__ = function.__module__

    def __call__(self, *arguments: Any) -> Any:
        """Run the loop as plain Python."""
        return self.function(*arguments)


class Loop(Inner):
    """A loop that Python calls."""

    def __init__(self, function: Callable):
        super().__init__(function)
        self._entries: dict[tuple[str, ...], Callable] = {}
        LOOPS.append(self)

    @cached_property
    def _declared(self) -> tuple[list[str], list[Any]]:
        return kinds.kinds_of(self.function)

    @property
    def kinds(self) -> list[Any]:
        """What each argument is."""
        return self._declared[1]

    @cached_property
    def signatures(self) -> list[tuple[str, ...]]:
        """The dtypes of the arrays that have several, for every version of the loop."""
        return kinds.signatures(self.kinds)

    def __call__(self, *arguments: Any) -> None:
        """Run the loop, without Python's lock."""
        if PLAIN:
            self.function(*arguments)
        elif not idle():
            entry, words = self._packed(arguments)
            entry(words, arguments)

    def bind(self, *arguments: Any) -> Callable[[], object]:
        """Return the call with these arguments, to be made often: a microsecond each time.

        It holds on to the arrays. Several that follow each other can run as one; see `bound`.
        """
        if PLAIN:
            return partial(self.function, *arguments)
        entry, words = self._packed(arguments)
        if not isinstance(entry, Native):
            return partial(entry, words, arguments)
        return Bound([(entry, words)], arguments)

    def _packed(self, arguments: tuple) -> tuple[Callable, list[int]]:
        """Return the loop's version for some arguments, and their words."""
        words: list[int] = []
        found: list[str] = []
        for kind, argument in zip(self.kinds, arguments, strict=True):
            kind.pack(argument, words, found)
        signature = tuple(found)
        return self._entries.get(signature) or self.open(signature), words

    def open(self, signature: tuple[str, ...]) -> Callable:
        """Load or compile the version for some dtypes.

        Raises
        ------
        TypeError
            If it is none of those declared.
        """
        if signature not in self.signatures:
            names = ", ".join(signature)
            raise TypeError(f"{self.__name__} is not compiled for {names}")
        from .opening import open_loop

        return self._entries.setdefault(signature, open_loop(self, signature))


def loop(function: Callable) -> Loop:
    """Make a loop that Python calls; its annotations say what it is compiled for."""
    return Loop(function)


def inner(function: Callable) -> Any:
    """Make a loop that other loops call."""
    return Inner(function)


def emitted(twin: str) -> Callable[[Callable], Any]:
    """Make an inner loop whose compiled twin is written in LLVM's language, ``module:name``."""
    return lambda function: Inner(function, twin)
