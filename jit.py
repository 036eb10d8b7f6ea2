"""The one place that knows Numba's flags, threads and cache.

Every compiled loop is written in a ``*loops.py`` or in ``tiles.py`` and decorated here, with
`parallel_loop` (it holds the one ``prange``) or `serial_loop` (it is called
from others).
"""

import hashlib
import logging
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numba
from numba.core import config as numba_config
from numba.core import event

from . import __version__

# Everything that lets a sum be reordered and fused, but not "nnan" and "ninf":
# as fast as True here, and NaN and infinity keep their meaning.
FAST_MATH = {"contract", "reassoc", "nsz", "arcp", "afn"}

# Its settings are made at run time, where no type checker sees them.
config: Any = numba_config

log = logging.getLogger("edgewise")

# Threads that wait should sleep. GNU OpenMP lets them spin instead, and where
# one core is also wanted by anybody else, each parallel loop then lasts until
# the scheduler steps in: HoG of 512x512 pixels on a shared two-core machine
# took 16 ms in two processes of three, and takes 1 ms so. Numba loads OpenMP
# with the first parallel loop, which reads this.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _loop_sources() -> list[Path]:
    return sorted(
        [
            Path(__file__),
            *Path(__file__).parent.glob("**/*loops.py"),
            *Path(__file__).parent.glob("**/tiles.py"),
        ]
    )


def _cache_name() -> str:
    digest = hashlib.sha256()
    for path in _loop_sources():
        digest.update(path.read_bytes())
    return f"{__version__}-{digest.hexdigest()[:12]}"


def _cache_root() -> Path:
    if chosen := os.environ.get("EDGEWISE_CACHE_DIR"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "~")).expanduser() / "edgewise"
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "edgewise"


def _is_private(folder: Path) -> bool:
    if not hasattr(os, "getuid"):
        return True
    status = folder.stat()
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _private_cache() -> Path | None:
    """Return the folder for compiled loops, or None where there is no safe one.

    Numba's cache files are pickles: whoever can write them can run code as
    this user. So the folder is made for this user alone, and one that others
    may write to is not used. Its name holds a hash of all loops' sources
    because Numba does not notice a change in a helper of another file.
    """
    folder = _cache_root() / "loops" / _cache_name()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if _is_private(folder) and os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    log.warning("edgewise: no private cache folder at %s, loops are compiled anew", folder)
    return None


CACHE = _private_cache()


def _compiled(function: Callable, *, parallel: bool, **more: Any) -> Callable:
    # Numba picks the folder when a function is decorated, so the setting is
    # put back at once and other libraries' functions are not affected.
    before = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE or "")
    try:
        return numba.njit(
            parallel=parallel,
            cache=CACHE is not None,
            nogil=True,
            error_model="numpy",
            fastmath=FAST_MATH,
            **more,
        )(function)
    finally:
        config.CACHE_DIR = before


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


def set_threads(count: int) -> None:
    """Let every loop run on `count` threads, at most those Numba started with."""
    numba.set_num_threads(max(1, min(count, config.NUMBA_NUM_THREADS)))


@contextmanager
def at_most_threads(count: int) -> Iterator[None]:
    """Let loops run on at most `count` threads inside a ``with`` block.

    For work that is too small to be shared: waiting for a second thread takes
    microseconds on an idle computer, but 12 ms and more on a busy one.
    """
    before = numba.get_num_threads()
    numba.set_num_threads(max(1, min(count, before)))
    try:
        yield
    finally:
        numba.set_num_threads(before)
