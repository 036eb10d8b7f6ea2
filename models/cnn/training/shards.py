"""Sharing a batch between threads, with the same result however many there are.

A batch is cut into shards of a fixed size. Each shard has a tape of its own and
goes forward and back on one thread, without waiting for others; the shards'
gradients are added in the order of the shards. So threads meet once a batch,
and who did which shard leaves no trace.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from ....compiled.threads import run_all
from ..activity import numbers_a_picture
from ..losses import softmax_cross_entropy
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
    smoothing : float
        Of the labels.
    """

    def __init__(self, network: Network, smoothing: float):
        self.network, self.smoothing = network, smoothing
        self.tapes: list[Tape] = []

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

        def work(shard: tuple[int, range]) -> tuple[float, int]:
            own = (*seed, number, shard[0])
            return self._one(batches, labels, shard, len(places), own)

        found = run_all(work, shards)
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
        tape, share = self.tapes[number], len(places) / whole
        x, upper = tape.input(len(places)), tape.upper(len(places))
        truth = labels[batches.gather(places, x)]
        tape.gradient[:] = 0
        scores = np.ascontiguousarray(tape.forward(x, training=True, seed=seed).T)
        loss, dscores = softmax_cross_entropy(scores, truth, smoothing=self.smoothing)
        np.multiply(dscores.T, np.float32(share), out=upper)
        tape.backward(upper)
        return loss * share, int((scores.argmax(axis=1) == truth).sum())


def scores_of(
    network: Network,
    images: np.ndarray,
    normalization: Normalization,
    *,
    progress: Callable[[int], object] | None = None,
) -> np.ndarray:
    """Return a network's output for pictures.

    Parameters
    ----------
    network : Network
    images : ndarray, (M, H, W, C) uint8
    normalization : Normalization
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
        x = tape.input(len(places))
        gather_plainly(images, normalization, places.start, x)
        scores[places.start : places.stop] = tape.forward(x).T
        tapes.append(tape)
        if progress:
            progress(len(places))

    size = max(1, min(SHARD, SHARD_NUMBERS // numbers_a_picture(network)))
    run_all(work, cut(range(len(images)), size))
    return scores
