"""Reading many things with worker threads, in order, with bounded memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from ..compiled.threads import cores
from .errors import EdgewiseError

Item = TypeVar("Item")
Result = TypeVar("Result")


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
        How many results, at most, are held at any time: small ones may be many,
        so that reading goes on while they are worked on. Two a thread when left out.

    Yields
    ------
    (item, result) : tuple
        The result is the `EdgewiseError` that `read` raised, if it did.
    """
    jobs = jobs or cores()
    ahead = ahead or 2 * jobs
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    source = iter(items)
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="read")
    try:
        while True:
            for item in islice(source, ahead - len(waiting)):
                waiting.append((item, pool.submit(read, item)))
            if not waiting:
                return
            item, future = waiting.popleft()
            yield item, outcome(future)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def outcome(future: Future[Result], patience: float | None = None) -> Result | EdgewiseError:
    """Return what a thread made, or the `EdgewiseError` that it raised."""
    try:
        return future.result(patience)
    except EdgewiseError as error:
        return error
