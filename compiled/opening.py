"""A loop's machine code: from the cache, or compiled and put there; ready to be called."""

import logging
from collections.abc import Callable
from typing import Any

from . import cache, native
from .errors import RunTimeError
from .loop import CHECKED, Loop

log = logging.getLogger("edgewise")


def open_loop(loop: Loop, signature: tuple[str, ...]) -> Callable:
    """Return a function that runs one version of a loop, given its words and its arguments."""
    if not CHECKED:
        try:
            return native.function_of(cache.object_code(loop, signature))
        except (native.LoadingError, RunTimeError) as error:
            log.info("%s is run by Numba: %s", loop.__name__, error)
    return _run_by_numba(loop)


def _run_by_numba(loop: Loop) -> Callable:
    from .compiling import dispatcher

    compiled: Any = dispatcher(loop)
    return lambda _, arguments: compiled(*arguments)
