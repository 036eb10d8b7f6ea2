"""Sharing a batch between threads, with the same result however many there are.

A batch is cut into shards of a fixed size. Each shard has a tape of its own and
goes forward and back on one thread, without waiting for others; the shards'
gradients are added in the order of the shards. So threads meet once a batch,
and who did which shard leaves no trace.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from queue import SimpleQueue
from threading import Thread

import numpy as np

from ....images.stream import cores
from ..activity import numbers_a_picture
from ..losses import softmax_cross_entropy
from ..memory import aligned
from ..network import Network
from ..tape import Tape, absorb_statistics
from .batches import Batches, Normalization, gather_plainly

# Pictures that go through the network together when nothing is learned.
SHARD = 32
# Of all layers together, 512 MiB; pictures of 64x64 stay far below.
SHARD_NUMBERS = 2**27


def shard_size(batch: int) -> int:
    """Return how many pictures of a batch go through the network together.

    Half the batch, between 16 and 64 and a whole number of vectors. An epoch of
    LeNet-5 on MNIST with batches of 128, on two threads: 32 a shard 1.05 s, 64
    a shard 0.89 s; on one thread 1.7 s with both.
    """
    return min(64, max(16, -(-batch // 32) * 16))


class Workers:
    """The calling thread and some others, which each take the next piece of work.

    Parameters
    ----------
    threads : int

    Notes
    -----
    Bare queues, because there is a batch every millisecond: with
    `concurrent.futures` an epoch of LeNet-5 on MNIST took 1.4 s, not 1.2 s.
    """

    def __init__(self, threads: int):
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._ends: SimpleQueue[BaseException | None] = SimpleQueue()
        self._others = [Thread(target=self._serve, daemon=True) for _ in range(threads - 1)]
        for thread in self._others:
            thread.start()

    def _serve(self) -> None:
        while task := self._tasks.get():
            try:
                task()
            except BaseException as error:
                self._ends.put(error)
            else:
                self._ends.put(None)

    def run(self, work: Callable, pieces: list) -> list:
        """Return ``[work(piece) for piece in pieces]``."""
        found = [None] * len(pieces)
        places = iter(range(len(pieces)))

        def take() -> None:
            for place in places:
                found[place] = work(pieces[place])

        helpers = min(len(self._others), len(pieces) - 1)
        for _ in range(helpers):
            self._tasks.put(take)
        try:
            take()
        finally:
            errors = [error for error in (self._ends.get() for _ in range(helpers)) if error]
        if errors:
            raise errors[0]
        return found

    def close(self) -> None:
        """End the threads, after the work in hand."""
        for _ in self._others:
            self._tasks.put(None)
        for thread in self._others:
            thread.join()


@contextmanager
def working(threads: int | None) -> Iterator[Workers]:
    """Give workers, one a core when no number is given, and end them afterwards."""
    workers = Workers(threads or cores())
    try:
        yield workers
    finally:
        workers.close()


def cut(places: range, size: int) -> list[tuple[int, range]]:
    """Return shards of a size, numbered; the last one is from half as large to half as large again.

    A shard of one picture would have no variance for batch norm.
    """
    count = max(1, (len(places) + size // 2) // size)
    ends = [i * size for i in range(count)] + [len(places)]
    return list(enumerate(places[a:b] for a, b in pairwise(ends)))


class Gradients:
    """Computes a network's gradients for batches.

    Parameters
    ----------
    network : Network
    workers : Workers
    smoothing : float
        Of the labels.
    """

    def __init__(self, network: Network, workers: Workers, smoothing: float):
        self.network, self.workers, self.smoothing = network, workers, smoothing
        self.tapes: list[Tape] = []
        self.inputs: list[np.ndarray] = []

    def of(
        self, batches: Batches, labels: np.ndarray, number: int, seed: tuple[int, int]
    ) -> tuple[float, int, np.ndarray]:
        """Return loss, right answers and the gradient of a batch.

        Parameters
        ----------
        batches : Batches
        labels : ndarray of int
            Of all pictures.
        number : int
            Which batch.
        seed : (int, int)
            Where chance starts from, and the epoch.

        Returns
        -------
        loss : float
            Mean over the batch.
        right : int
        gradient : ndarray, (P,)
            For `Network.vector`; overwritten by the next call.
        """
        places = batches.places(number)
        shards = cut(places, shard_size(batches.batch))
        while len(self.tapes) < len(shards):
            self.tapes.append(Tape(self.network))
            self.inputs.append(np.empty(0, np.float32))

        def work(shard: tuple[int, range]) -> tuple[float, int]:
            own = (*seed, number, shard[0])
            return self._one(batches, labels, shard, len(places), own)

        found = self.workers.run(work, shards)
        used = self.tapes[: len(shards)]
        total = used[0].gradient
        for tape in used[1:]:
            total += tape.gradient
        absorb_statistics(used, 1 / (seed[1] * len(batches) + number + 1))
        return sum(loss for loss, _ in found), sum(right for _, right in found), total

    def _one(
        self, batches: Batches, labels: np.ndarray, shard: tuple[int, range], whole: int, seed
    ) -> tuple[float, int]:
        number, places = shard
        shape = (*self.network.input_shape, len(places))
        if self.inputs[number].shape != shape:
            self.inputs[number] = aligned(shape, np.float32)
        tape, x = self.tapes[number], self.inputs[number]
        truth = labels[batches.gather(places, x)]
        tape.gradient[:] = 0
        scores = np.ascontiguousarray(tape.forward(x, training=True, seed=seed).T)
        loss, dscores = softmax_cross_entropy(scores, truth, smoothing=self.smoothing)
        share = len(places) / whole
        tape.backward(np.ascontiguousarray(dscores.T * np.float32(share)))
        return loss * share, int((scores.argmax(axis=1) == truth).sum())


def scores_of(
    network: Network,
    images: np.ndarray,
    normalization: Normalization,
    workers: Workers,
    *,
    progress: Callable[[int], object] | None = None,
) -> np.ndarray:
    """Return a network's output for pictures.

    Parameters
    ----------
    network : Network
    images : ndarray, (M, H, W, C) uint8
    normalization : Normalization
    workers : Workers
    progress : callable, optional
        Told the number of pictures done.

    Returns
    -------
    ndarray, (M, classes) float32
    """
    scores = np.empty((len(images), *network.output_shape), np.float32)
    tapes: list[Tape] = []

    def work(shard: tuple[int, range]) -> None:
        tape = tapes.pop() if tapes else Tape(network, learns=False)
        _, places = shard
        x = aligned((*network.input_shape, len(places)), np.float32)
        gather_plainly(images, normalization, places.start, x)
        scores[places.start : places.stop] = tape.forward(x).T
        tapes.append(tape)
        if progress:
            progress(len(places))

    size = max(1, min(SHARD, SHARD_NUMBERS // numbers_a_picture(network)))
    workers.run(work, cut(range(len(images)), size))
    return scores
