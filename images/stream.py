"""Reading many things with worker threads, in order, with bounded memory."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import numpy as np

from .errors import EdgewiseError

Item = TypeVar("Item")
Result = TypeVar("Result")

# Arrays that together take no more than this, and no more of them than this, are
# held unless told otherwise: what is done with many at once leaves the readers
# without work where they may be only a few ahead.
HELD_BYTES, MOST_HELD = 8 << 20, 256


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_in_order(
    items: Iterable[Item],
    read: Callable[[Item], Result],
    *,
    jobs: int | None = None,
    ahead: int | None = None,
) -> Iterator[tuple[Item, Result | EdgewiseError]]:
    """Read every item in worker threads and yield the results in order.

    Parameters
    ----------
    items : iterable
    read : callable
        Called as ``read(item)`` in a worker thread.
    jobs : int, optional
        Number of threads; one a core when left out.
    ahead : int, optional
        How many results, at most, are held at any time. When left out, two a
        thread, or as many more as take `HELD_BYTES`.

    Yields
    ------
    (item, result) : tuple
        The result is the `EdgewiseError` that `read` raised, if it did.
    """
    jobs = jobs or cores()
    room = ahead or 2 * jobs
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    source = iter(items)
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="read")
    try:
        while True:
            for item in islice(source, max(0, room - len(waiting))):
                waiting.append((item, pool.submit(read, item)))
            if not waiting:
                return
            item, future = waiting.popleft()
            result = _outcome(future)
            if ahead is None:
                room = _room(result, least=2 * jobs)
            yield item, result
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _outcome(future: Future[Result]) -> Result | EdgewiseError:
    try:
        return future.result()
    except EdgewiseError as error:
        return error


def _room(result: object, least: int) -> int:
    """Return how many results like one, an array or a tuple that begins with one, are held."""
    array = result[0] if isinstance(result, tuple) else result
    held = HELD_BYTES // array.nbytes if isinstance(array, np.ndarray) and array.size else 0
    return max(least, min(MOST_HELD, held))
