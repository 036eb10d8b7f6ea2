"""Pictures named on a pipe, one path a line, read while more names arrive."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotDoneError
from contextlib import suppress
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any, TypeVar

from ..compiled.threads import cores
from .errors import EdgewiseError
from .inputs import Input, find_inputs
from .stream import outcome

Item = TypeVar("Item")
Result = TypeVar("Result")

PIECE = 1 << 16
# How many seconds a batch waits for one more picture, and a thread for a place
# in the queue before it looks whether it should end.
PATIENCE = 0.02
END = object()


def named_on_stdin() -> Iterator[Input | tuple[str, EdgewiseError]]:
    """Yield the pictures that the lines of stdin name, as the lines come.

    A line is a picture or a folder; a folder without pictures, or one that may
    not be read, is yielded with its error.
    """
    for line in _lines_of_stdin():
        if os.path.isdir(line):
            try:
                yield from find_inputs([line])
            except EdgewiseError as error:
                yield line, error
            except OSError as error:
                yield line, EdgewiseError((error.strerror or str(error)).lower())
        elif line:
            yield Input(line, Path(line), os.path.basename(line))


def _lines_of_stdin() -> Iterator[str]:
    rest = b""
    for piece in _pieces_of_stdin():
        *lines, rest = (rest + piece).split(b"\n")
        yield from (os.fsdecode(line.strip()) for line in lines)
    yield os.fsdecode(rest.strip())


def _pieces_of_stdin() -> Iterator[bytes]:
    """Yield what stdin holds as soon as it is there.

    Not through Python's buffer: a thread that waits in it would hold its lock
    when the process ends.
    """
    try:
        handle = sys.stdin.fileno()
    except (OSError, AttributeError):  # not a file of the system's
        yield sys.stdin.read().encode(errors="surrogateescape")
        return
    while piece := os.read(handle, PIECE):
        yield piece


def read_as_they_come(
    items: Iterable[Item],
    read: Callable[[Item], Result],
    *,
    jobs: int | None = None,
    most: int = 64,
) -> Iterator[list[tuple[Item, Result | EdgewiseError]]]:
    """Read items that arrive slowly or fast, and yield in order whatever is ready.

    Parameters
    ----------
    items : iterable
        May wait before each item; it is asked in a thread of its own.
    read : callable
        Called as ``read(item)`` in a worker thread.
    jobs : int, optional
        Number of threads; one a core when left out.
    most : int
        The longest list; a shorter one is yielded when nothing else is ready.
        Twice as many results, at most, are held at any time.

    Yields
    ------
    list of (item, result)
        A result is the `EdgewiseError` that `read` raised, if it did.
    """
    queue: Queue = Queue(maxsize=most)
    stopping = Event()
    pool = ThreadPoolExecutor(jobs or cores(), thread_name_prefix="read")
    # A daemon: it may wait for a line that never comes.
    feeder = Thread(target=_feed, args=(queue, items, read, pool, stopping), daemon=True)
    feeder.start()
    try:
        yield from _batches(queue, most)
    finally:
        stopping.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _feed(queue: Queue, items: Iterable, read, pool: ThreadPoolExecutor, stopping: Event) -> None:
    try:
        for item in items:
            # The pool is shut down when nobody wants results any more.
            with suppress(RuntimeError):
                _put(queue, (item, pool.submit(read, item)), stopping)
            if stopping.is_set():
                return
        _put(queue, END, stopping)
    except Exception as error:  # raised again where it is waited for
        _put(queue, error, stopping)


def _put(queue: Queue, thing: Any, stopping: Event) -> None:
    while not stopping.is_set():
        with suppress(Full):
            return queue.put(thing, timeout=PATIENCE)
    return None


def _batches(queue: Queue, most: int) -> Iterator[list]:
    ready: list = []
    thing: Any = None
    waiting: tuple[Any, Future] | None = None
    while True:
        # With nothing in hand there is nobody to keep waiting.
        patience = PATIENCE if ready else None
        try:
            thing = waiting or queue.get(timeout=patience)
            if thing is END or isinstance(thing, Exception):
                break
            waiting = thing
            ready.append((thing[0], outcome(thing[1], patience)))
            waiting = None
        except (Empty, NotDoneError):
            yield ready
            ready = []
        if len(ready) == most:
            yield ready
            ready = []
    if ready:
        yield ready
    if isinstance(thing, Exception):
        raise thing
