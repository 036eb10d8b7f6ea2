"""Sharing a batch between threads, with the same result however many there are.

A batch is cut into shards of a fixed size. Each shard has a tape of its own and
goes forward and back on one thread, without waiting for others; the shards'
gradients are added in the order of the shards. So threads meet once a batch,
and who did which shard leaves no trace.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager

import numpy as np

from ....images.stream import cores
from ..losses import softmax_cross_entropy
from ..memory import aligned
from ..network import Network
from ..tape import Tape, absorb_statistics
from .batches import Batches, Normalization, gather_plainly

# Pictures that go through the network together. One LeNet-5 step of 64 pictures
# on two threads, in us: 16 a shard 1330, 32 a shard 1010, 64 a shard 1560.
SHARD = 32


class Workers:
    """The calling thread and some others, which each take the next piece of work.

    Parameters
    ----------
    threads : int
    """

    def __init__(self, threads: int):
        self._others = threads - 1
        self._pool = ThreadPoolExecutor(self._others) if self._others else None

    def run(self, work: Callable, pieces: list) -> list:
        """Return ``[work(piece) for piece in pieces]``."""
        found = [None] * len(pieces)
        places = iter(range(len(pieces)))

        def take() -> None:
            for place in places:
                found[place] = work(pieces[place])

        helpers = min(self._others, len(pieces) - 1)
        tasks = [self._pool.submit(take) for _ in range(helpers)] if self._pool else []
        try:
            take()
        finally:
            wait(tasks)
        for task in tasks:
            task.result()
        return found

    def close(self) -> None:
        """End the threads, after the work in hand."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


@contextmanager
def working(threads: int | None) -> Iterator[Workers]:
    """Give workers, one a core when no number is given, and end them afterwards."""
    workers = Workers(threads or cores())
    try:
        yield workers
    finally:
        workers.close()


def cut(places: range) -> list[tuple[int, range]]:
    """Return a batch's shards, numbered."""
    return list(enumerate(places[i : i + SHARD] for i in range(0, len(places), SHARD)))


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
        self, batches: Batches, labels: np.ndarray, number: int, seed: tuple[int, ...]
    ) -> tuple[float, int, np.ndarray]:
        """Return loss, right answers and the gradient of a batch.

        Parameters
        ----------
        batches : Batches
        labels : ndarray of int
            Of all pictures.
        number : int
            Which batch.
        seed : tuple of int
            Where dropout's chance starts from.

        Returns
        -------
        loss : float
            Mean over the batch.
        right : int
        gradient : ndarray, (P,)
            For `Network.vector`; overwritten by the next call.
        """
        places = batches.places(number)
        shards = cut(places)
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
        absorb_statistics(used)
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
        tape = tapes.pop() if tapes else Tape(network)
        _, places = shard
        x = aligned((*network.input_shape, len(places)), np.float32)
        gather_plainly(images, normalization, places.start, x)
        scores[places.start : places.stop] = tape.forward(x).T
        tapes.append(tape)
        if progress:
            progress(len(places))

    workers.run(work, cut(range(len(images))))
    return scores
