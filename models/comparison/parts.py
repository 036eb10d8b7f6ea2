"""One split for both models: learning, choosing and testing, and growing subsets to learn from."""

import hashlib
from dataclasses import dataclass

import numpy as np

from ...images.errors import DataError
from ..pictures import Pictures
from ..splits import hold_out

# Of the pictures, held back for the test where there are no others.
TEST_SHARE = 0.2
# Fewer pictures of a class than this, and a subset says little about it.
LEAST_OF_A_CLASS = 2


@dataclass(frozen=True, eq=False)
class Parts:
    """Pictures by what they are for; no picture is in two parts.

    Parameters
    ----------
    train : Pictures
        To learn from, in an order whose every beginning is stratified.
    validation : Pictures
        To choose by: C of the linear model, and the epoch of the network.
    test : Pictures
        To judge by, once, in the end.
    sizes : tuple of int
        How many of `train` are learned from, ascending; the last is all.
    """

    train: Pictures
    validation: Pictures
    test: Pictures
    sizes: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many pictures there are in all."""
        return len(self.train) + len(self.validation) + len(self.test)

    @property
    def untested(self) -> tuple[str, ...]:
        """The classes without test pictures."""
        there = set(self.test.labels.tolist())
        return tuple(name for k, name in enumerate(self.test.classes) if k not in there)


def pictures_digest(pictures: Pictures) -> str:
    """Return twelve hexadecimal digits that tell names, labels and pixels from any others."""
    told = hashlib.sha256(repr((pictures.images.shape, pictures.classes)).encode())
    told.update("\0".join((*pictures.names, *(pictures.groups or ()))).encode(errors="replace"))
    told.update(np.ascontiguousarray(pictures.labels, np.int64).data)
    told.update(np.ascontiguousarray(pictures.images).data)
    return told.hexdigest()[:12]


def divide(
    pictures: Pictures, test: Pictures | None, *, validation: float, points: int, seed: int
) -> Parts:
    """Divide pictures into those to learn from, to choose by and to judge by.

    Parameters
    ----------
    pictures : Pictures
        Groups stay together where there are some.
    test : Pictures or None
        A fifth of the pictures is held back when there is none.
    validation : float
        Share of the rest to choose by.
    points : int
        How many sizes of training sets, each about half the next.
    seed : int

    Raises
    ------
    DataError
        If there are fewer than two classes, or a part would lack pictures.
    """
    _check_classes(pictures)
    rest = pictures
    if test is None:
        rest, test = _held(pictures, TEST_SHARE, seed)
    learned, chosen = _held(rest, validation, seed)
    missing = set(range(len(pictures.classes))) - set(learned.labels.tolist())
    if missing:
        raise DataError(
            f'no picture of the class "{pictures.classes[min(missing)]}" is left to learn from; '
            "add pictures of it, or leave the class out"
        )
    train = learned.subset(nested_order(learned.labels, seed))
    return Parts(train, chosen, test, subset_sizes(train.labels, points))


def _held(pictures: Pictures, share: float, seed: int) -> tuple[Pictures, Pictures]:
    """Return the pictures that are kept, and those that are held back."""
    try:
        kept, held = hold_out(pictures.labels, share, seed=seed, groups=pictures.groups)
    except DataError:
        groups = "" if pictures.groups is None else ", in groups of their own,"
        raise DataError(
            f"{len(pictures)} pictures are too few to hold some back; each class needs three or "
            f"more{groups} to learn from, to choose by and to test"
        ) from None
    return pictures.subset(kept), pictures.subset(held)


def _check_classes(pictures: Pictures) -> None:
    present = sorted(set(pictures.labels.tolist()))
    if len(present) < 2:
        raise DataError(
            f'all pictures are of one class, "{pictures.classes[present[0]]}"; a classifier needs '
            "two or more"
        )


def nested_order(labels: np.ndarray, seed: int) -> np.ndarray:
    """Return an order of pictures whose every beginning holds the classes in their shares.

    Parameters
    ----------
    labels : ndarray of int, (M,)
    seed : int
        Which pictures of a class come first.

    Returns
    -------
    ndarray of int, (M,)
        One of each class comes first of all.
    """
    random = np.random.default_rng(seed)
    place = np.empty(len(labels))
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        place[random.permutation(own)] = np.arange(len(own)) / len(own)
    return np.lexsort((labels, place))


def subset_sizes(labels: np.ndarray, points: int) -> tuple[int, ...]:
    """Return how many pictures the growing subsets have: all of them, half, a fourth, ...

    Subsets too small for `LEAST_OF_A_CLASS` of each class on average are left out.
    """
    least = LEAST_OF_A_CLASS * len(np.unique(labels))
    sizes = [round(len(labels) / 2**k) for k in range(points)]
    return tuple(sorted({size for size in sizes[1:] if size >= least} | {len(labels)}))
