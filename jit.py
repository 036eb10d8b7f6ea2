"""The one place that knows Numba's flags: how a loop becomes machine code.

Every compiled loop is written in a ``*loops.py`` or in ``tiles.py`` and decorated here, with
`parallel_loop` (it holds the one ``prange``) or `serial_loop` (it is called
from others). `compiled` keeps what comes out of it, and has the threads.
"""

import logging
from collections.abc import Callable
from typing import Any

import numba
from numba.core import event

from .compiled.cache import LoopCache
from .compiled.folder import open_folder
from .compiled.threads import at_most_threads, config, ready, set_threads

__all__ = [
    "CACHE", "FAST_MATH", "at_most_threads", "borrowing_loop", "config", "numba",
    "parallel_loop", "serial_loop", "set_threads",
]  # fmt: skip

# Everything that lets a sum be reordered and fused, but not "nnan" and "ninf":
# as fast as True here, and NaN and infinity keep their meaning.
FAST_MATH = {"contract", "reassoc", "nsz", "arcp", "afn"}

log = logging.getLogger("edgewise")

CACHE = open_folder()


def _compiled(function: Callable, *, parallel: bool, **more: Any) -> Callable:
    loop: Any = numba.njit(
        parallel=parallel, nogil=True, error_model="numpy", fastmath=FAST_MATH, **more
    )(function)
    if not config.DISABLE_JIT:
        # In place of Numba's own cache, whose folder is a setting of the whole process.
        loop._cache = LoopCache(function, CACHE, ready if parallel else None)
    return loop


def parallel_loop(function: Callable) -> Callable:
    """Compile a loop that runs its ``numba.prange`` on every thread."""
    return _compiled(function, parallel=True)


def serial_loop(function: Callable) -> Callable:
    """Compile a loop that runs on one thread, called from a parallel one."""
    return _compiled(function, parallel=False)


def borrowing_loop(function: Callable) -> Callable:
    """Compile a serial loop that makes no arrays but slices of those it is given.

    Numba counts the references to every slice, with an atomic addition each:
    of a loop over short rows that was a quarter of the time. Here nothing is
    counted; whoever calls it holds the arrays.
    """
    return _compiled(function, parallel=False, _nrt=False)


class _FirstCompile(event.Listener):
    """Says once, on stderr, why the first use of a loop takes seconds."""

    said = False

    def on_start(self, event: event.Event) -> None:
        dispatcher = (event.data or {}).get("dispatcher")
        if not self.said and _is_ours(dispatcher):
            self.said = True
            log.warning("edgewise: compiling its loops for this computer, once (some seconds each)")

    def on_end(self, event: event.Event) -> None:
        pass


def _is_ours(dispatcher: object) -> bool:
    module = getattr(getattr(dispatcher, "py_func", None), "__module__", "")
    return module.startswith(f"{__package__}.")


event.register("numba:compile", _FirstCompile())
