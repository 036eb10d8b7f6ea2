"""Pictures in memory, handed out in batches, the batch innermost."""

from dataclasses import dataclass

import numpy as np

from . import loops
from .augmentation import Augmentation


@dataclass(frozen=True)
class Normalization:
    """What brings a channel's pixels to mean 0 and deviation 1.

    Parameters
    ----------
    mean, deviation : ndarray, (C,) float32
        In the unit of the pixels, 0 to 255.
    """

    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def of(cls, images: np.ndarray) -> "Normalization":
        """Measure images (M, H, W, C) uint8."""
        counts = np.zeros((images.shape[3], 256), np.int64)
        loops.count_levels(images, counts)
        levels, shares = np.arange(256.0), counts / counts[0].sum()
        mean = shares @ levels
        deviation = np.sqrt(np.maximum(shares @ levels**2 - mean**2, 0))
        # A set of one colour has no deviation to divide by.
        return cls(
            mean.astype(np.float32), np.where(deviation > 0, deviation, 1).astype(np.float32)
        )

    @property
    def factor(self) -> np.ndarray:
        """What a pixel is multiplied with."""
        return 1 / self.deviation

    @property
    def offset(self) -> np.ndarray:
        """What is added then."""
        return -self.mean / self.deviation


def with_channels(images: np.ndarray) -> np.ndarray:
    """Return images (M, H, W[, C]) as contiguous (M, H, W, C) uint8."""
    images = images[..., None] if images.ndim == 3 else images
    return np.ascontiguousarray(images, np.uint8)


def batches_of(count: int, batch: int) -> int:
    """Return how many batches an epoch of so many pictures has: its steps.

    What is left at the end makes a batch of its own if it is more than half of
    one; else it joins the last batch: a step takes the same way however few
    pictures it follows, and a batch of one has no variance for batch norm.
    """
    return max(1, (count + (batch - 1) // 2) // batch)


class Batches:
    """One epoch's batches: who is in which, and how each picture is changed.

    Everything is drawn from (seed, epoch), so that an epoch can be done again.

    Parameters
    ----------
    images : ndarray, (M, H, W, C) uint8
    normalization : Normalization
    augmentation : Augmentation
    batch : int
    seed : tuple of int
    """

    def __init__(
        self,
        images: np.ndarray,
        normalization: Normalization,
        augmentation: Augmentation,
        batch: int,
        seed: tuple[int, ...],
    ):
        random = np.random.default_rng(seed)
        count, height, width, _ = images.shape
        self.images, self.normalization, self.batch = images, normalization, batch
        self.order = random.permutation(count)
        self.warps = None
        if augmentation.warps:
            self.warps = augmentation.draw_warps(count, height, width, random)
        else:
            self.shifts, self.flips = augmentation.draw(count, random)

    def __len__(self) -> int:
        return batches_of(len(self.order), self.batch)

    def places(self, number: int) -> range:
        """Return the places in the epoch's order that a batch takes."""
        start, last = number * self.batch, number == len(self) - 1
        return range(start, len(self.order) if last else start + self.batch)

    def gather(self, places: range, x: np.ndarray) -> np.ndarray:
        """Fill x (C, H, W, N) with the pictures at N places; return their numbers (N,)."""
        cut = slice(places.start, places.stop)
        picks, normal = self.order[cut], self.normalization
        if self.warps is not None:
            loops.gather_warped(
                self.images, picks, self.warps[cut], normal.factor, normal.offset, x
            )
        else:
            loops.gather(
                self.images, picks, self.shifts[cut], self.flips[cut],
                normal.factor, normal.offset, x,
            )  # fmt: skip
        return picks


def gather_plainly(
    images: np.ndarray, normalization: Normalization, start: int, x: np.ndarray
) -> None:
    """Fill x (C, H, W, N) with pictures start to start + N, normalised only."""
    count = x.shape[3]
    unchanged = np.zeros((count, 2), np.int64), np.zeros(count, bool)
    picks = np.arange(start, start + count)
    loops.gather(images, picks, *unchanged, normalization.factor, normalization.offset, x)
