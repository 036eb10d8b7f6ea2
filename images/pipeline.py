"""Many pictures read, worked on and written at the same time, with bounded memory.

Reading and writing run in worker threads, work in the calling thread: compiled
loops have threads of their own.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import Any, BinaryIO

from ..compiled.threads import cores
from .errors import EdgewiseError
from .stream import outcome

# Bytes of decoded pixels that may wait.
ROOM = 512 << 20
# How many seconds an interrupted pipeline gives its threads.
PATIENCE = 0.4


class StoppedError(Exception):
    """Ends a worker thread that shall write nothing more."""


class Stoppable:
    """A file that raises `StoppedError` once an event is set."""

    def __init__(self, file: BinaryIO, stopping: Event):
        self._file, self._stopping = file, stopping

    def write(self, content: Any) -> int:
        """Write, unless the event is set."""
        if self._stopping.is_set():
            raise StoppedError
        return self._file.write(content)


@dataclass
class _Entry:
    item: Any
    weight: int
    future: Future
    written: bool = False


class Pipeline:
    """Read, work on and write items, and give them back in order.

    Parameters
    ----------
    read : callable
        ``read(item)``, in a worker thread.
    work : callable
        ``work(item, what was read)``, in the calling thread.
    write : callable
        ``write(item, result of work)``, in a worker thread.
    weigh : callable
        ``weigh(item)``: how many bytes the item takes while it is handled.
    jobs : int, optional
        Worker threads; one a core when left out.
    room : int
        How many bytes may be held at any time. An item that takes more is
        handled while there is no other.

    Attributes
    ----------
    stopping : Event
        Set when the pipeline was interrupted; `write` should look at it.
    stuck : bool
        Whether threads still run although they should stop, inside a decoder
        or encoder that cannot be interrupted.
    """

    def __init__(
        self,
        read: Callable[[Any], Any],
        work: Callable[[Any, Any], Any],
        write: Callable[[Any, Any], Any],
        *,
        weigh: Callable[[Any], int],
        jobs: int | None = None,
        room: int = ROOM,
    ):
        self._read, self._work, self._write, self._weigh = read, work, write, weigh
        self._jobs, self._room = jobs or cores(), room
        self._entries: deque[_Entry] = deque()
        self._next: tuple[Any, int] | None = None
        self.stopping = Event()
        self.stuck = False

    def run(self, items: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        """Yield (item, what `write` returned) for every item.

        An `EdgewiseError` of any of the three takes the result's place; every
        other error, and an interruption, ends the run.
        """
        source = iter(items)
        pool = ThreadPoolExecutor(self._jobs, thread_name_prefix="pictures")
        try:
            while self._fill(pool, source) or self._entries:
                self._work_on_next(pool)
                while self._entries and self._first_is_due():
                    entry = self._entries.popleft()
                    yield entry.item, outcome(entry.future)
        except BaseException:
            self._stop(pool)
            raise
        pool.shutdown()

    def _fill(self, pool: ThreadPoolExecutor, source: Iterator) -> bool:
        """Start reading what there is room for; say whether any item is left."""
        while True:
            if self._next is None:
                item = next(source, None)
                if item is None:
                    return False
                self._next = item, self._weigh(item)
            item, weight = self._next
            reading = sum(not entry.written for entry in self._entries)
            held = sum(entry.weight for entry in self._entries)
            if reading >= 2 * self._jobs or (held and held + weight > self._room):
                return True
            self._entries.append(_Entry(item, weight, pool.submit(self._read, item)))
            self._next = None

    def _work_on_next(self, pool: ThreadPoolExecutor) -> None:
        entry = next((entry for entry in self._entries if not entry.written), None)
        if entry is None:
            return
        entry.written = True
        try:
            result = self._work(entry.item, entry.future.result())
        except EdgewiseError as error:
            entry.future = Future()
            entry.future.set_exception(error)
            return
        entry.future = pool.submit(self._write, entry.item, result)

    def _first_is_due(self) -> bool:
        first = self._entries[0]
        if not first.written:
            return False
        written = sum(entry.written for entry in self._entries)
        # Nothing else to do, or too much waits to be written: wait for the first.
        return first.future.done() or written == len(self._entries) or written > 2 * self._jobs

    def _stop(self, pool: ThreadPoolExecutor) -> None:
        self.stopping.set()
        pool.shutdown(wait=False, cancel_futures=True)
        futures = [entry.future for entry in self._entries if not entry.future.cancelled()]
        self.stuck = bool(wait(futures, PATIENCE).not_done)
