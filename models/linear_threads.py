"""Work on blocks of rows by several threads, with the same result for any number of them."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import TypeVar

from ..compiled.threads import cores

Block = TypeVar("Block")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Block], Result], parts: Iterable[Block], jobs: int | None = None
) -> Iterator[Result]:
    """Yield the result of every block, in the order of the blocks.

    Only a few results wait at a time, however many blocks there are.

    To be used within `single_blas`.
    """
    count = jobs or cores()
    with ThreadPoolExecutor(count) as pool:
        waiting: deque = deque()
        for part in parts:
            waiting.append(pool.submit(work, part))
            if len(waiting) > 2 * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def single_blas() -> AbstractContextManager:
    """Return a ``with`` block in which every product of matrices runs on one thread.

    Notes
    -----
    With the threads of OpenBLAS a pass over 15,000 HoG vectors took 0.5 s where
    another program kept a core busy, because they wait for each other in
    every product, and 0.1 s so; and how they share a sum depends on their
    number.
    """
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="blas")
