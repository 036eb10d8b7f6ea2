"""Threads of Edgewise's own: work shared out in pieces, with the same result for any number.

Loops run without Python's lock, so Python's threads will do: forked children, several
threads that ask at once and every platform work alike.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Event, Lock, Thread, local
from typing import Any

_limits = local()


class _Job:
    """Pieces of work that whoever has time takes one by one."""

    def __init__(self, work: Callable[[Any], object], pieces: list):
        self.work, self.pieces = work, pieces
        self.found: list = [None] * len(pieces)
        self.error: BaseException | None = None
        self.finished = Event()
        self._places = iter(range(len(pieces)))
        self._left, self._lock = len(pieces), Lock()

    def help(self) -> None:
        """Do pieces until there are none."""
        for place in self._places:
            try:
                if self.error is None:
                    self.found[place] = self.work(self.pieces[place])
            except BaseException as error:
                self.error = self.error or error
            self._count()

    def _count(self) -> None:
        with self._lock:
            self._left -= 1
            if not self._left:
                self.finished.set()


class _Pool:
    """Threads that wait for jobs; more are started as they are needed."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._threads = 0
        self._lock = Lock()

    def _serve(self) -> None:
        # What a piece shares out in turn it does by itself.
        _limits.threads = 1
        while True:
            self._jobs.get().help()

    def ask(self, job: _Job, helpers: int) -> None:
        """Have some threads take part in a job."""
        with self._lock:
            for _ in range(helpers - self._threads):
                Thread(target=self._serve, daemon=True, name="edgewise").start()
                self._threads += 1
        for _ in range(helpers):
            self._jobs.put(job)


_pool = _Pool()
_most: int | None = None


def _forget_the_threads() -> None:
    """After a fork the child has one thread, and the pool does not know it."""
    global _pool
    _pool = _Pool()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_the_threads)


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads() -> int:
    """Return on how many threads work is shared out here."""
    most = _most or cores()
    return min(most, getattr(_limits, "threads", most))


def set_threads(count: int) -> None:
    """Let all work run on `count` threads, at most one a core."""
    global _most
    _most = max(1, min(count, cores()))


@contextmanager
def at_most_threads(count: int | None) -> Iterator[None]:
    """Let work run on at most `count` threads inside a ``with`` block; on any for None."""
    before, most = getattr(_limits, "threads", None), threads()
    _limits.threads = most if count is None else max(1, min(count, most))
    try:
        yield
    finally:
        _limits.threads = before
        if before is None:
            del _limits.threads


def run_all(work: Callable[[Any], Any], pieces: list) -> list:
    """Return ``[work(piece) for piece in pieces]``, computed on all threads.

    The calling thread takes part, and alone does what no other has time for. Work that
    shares something out itself does that on its own thread.
    """
    helpers = min(threads(), len(pieces)) - 1
    if helpers < 1:
        return [work(piece) for piece in pieces]
    job = _Job(work, pieces)
    _pool.ask(job, helpers)
    with at_most_threads(1):
        job.help()
    job.finished.wait()
    if job.error is not None:
        raise job.error
    return job.found


def ranges(count: int, pieces: int) -> list[tuple[int, int]]:
    """Cut [0, count) into at most so many ranges of nearly the same length."""
    pieces = max(1, min(count, pieces))
    return [(count * k // pieces, count * (k + 1) // pieces) for k in range(pieces)]
