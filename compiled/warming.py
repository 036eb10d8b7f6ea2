"""Compiling loops before they are needed, in as many processes as there are cores.

A compiler holds its lock in its whole process, so threads of one would wait for each other.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from itertools import zip_longest
from typing import Any, NamedTuple

from . import loop as loops
from .cache import COMPILING, is_cached, object_code, say_once
from .folder import PACKAGE, loop_sources, open_folder
from .loop import Loop
from .threads import at_most_threads, run_all, threads

PACKAGE_NAME = __name__.rsplit(".", 2)[0]

Version = tuple[Loop, tuple[str, ...]]
Progress = Callable[[int, int], object]


class Warmed(NamedTuple):
    """What warming up did.

    Attributes
    ----------
    compiled, there, failed : int
        How many versions of loops were compiled, were there before, and are still missing.
    """

    compiled: int
    there: int
    failed: int


def warm_up(progress: Progress | None = None, jobs: int | None = None) -> Warmed:
    """Compile every loop of the package, for all dtypes, that is not in the cache.

    Parameters
    ----------
    progress : callable, optional
        Told how many are done, and of how many.
    jobs : int, optional
        In how many processes; at most one a core, which is the default.
    """
    wanted = every_version()
    before = len(missing(wanted))
    with at_most_threads(jobs):
        compile_all(wanted, progress)
    failed = len(missing(wanted))
    return Warmed(before - failed, len(wanted) - before, failed)


def every_version() -> list[Version]:
    """Return all loops of the package with all dtypes that they are declared for.

    First one version of each loop: the compilers then seldom want the same loop.
    """
    for path in loop_sources():
        if path.stem.endswith("loops"):
            parts = path.relative_to(PACKAGE).with_suffix("").parts
            import_module(".".join((PACKAGE_NAME, *parts)))
    ours = [one for one in loops.LOOPS if one.__module__.startswith(f"{PACKAGE_NAME}.")]
    versions = ([(one, signature) for signature in one.signatures] for one in ours)
    return [version for turn in zip_longest(*versions) for version in turn if version]


def missing(wanted: Iterable[Version]) -> list[Version]:
    """Return the versions of loops that are not in the cache."""
    if loops.PLAIN or loops.CHECKED or open_folder() is None:
        return []
    return [version for version in wanted if not is_cached(*version)]


def compile_all(wanted: Iterable[Version], progress: Progress | None = None) -> None:
    """Have what is missing compiled and put into the cache.

    What cannot be compiled so is left to its first use, which can say why.

    Parameters
    ----------
    wanted : iterable of (Loop, tuple of str)
        Those that take longest to compile come first, best of all.
    progress : callable, optional
        Told how many are done, and of how many.
    """
    versions = missing(wanted)
    if not versions or not sys.executable:
        return
    say_once(COMPILING)
    left, done = iter(versions), iter(range(1, len(versions) + 1))

    def compile_some(compiler: Any) -> None:
        try:
            for _ in _compiled_by(compiler, left):
                if progress:
                    progress(next(done), len(versions))
        except BaseException:
            # Whoever waits for another one would wait until it is done with all.
            for one in compilers:
                one.kill()
            raise

    with suppress(OSError), _compilers(min(threads(), len(versions))) as compilers:
        run_all(compile_some, compilers)


@contextmanager
def _compilers(count: int) -> Iterator[list[Any]]:
    """Start processes that compile what they are told, and end them."""
    paths = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    started: list[Any] = []
    try:
        for _ in range(count):
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", __name__], env=environment, text=True,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                )
            )  # fmt: skip
        yield started
    finally:
        for process in started:
            # They have told what they did, or nobody wants it any more.
            process.kill()
            process.communicate()


def _compiled_by(process: Any, versions: Iterator[Version]) -> Iterator[Version]:
    """Give a process one loop after the other; yield each when it is done."""
    for version in versions:
        loop, signature = version
        line = json.dumps([loop.function.__module__, loop.__name__, signature])
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
        if not process.stdout.readline():
            return
        yield version


def main() -> None:
    """Compile the loops that are named on standard input."""
    for line in sys.stdin:
        module, name, signature = json.loads(line)
        with suppress(Exception):
            object_code(getattr(import_module(module), name), tuple(signature))
        print(flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
