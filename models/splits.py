"""Holding pictures back, so that a training can be judged while it goes on."""

from collections.abc import Sequence

import numpy as np

from ..images.errors import DataError
from .splits_balance import balance, spare_a_picture


def hold_out(
    labels: np.ndarray, share: float, *, seed: int = 0, groups: Sequence[str] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Choose pictures to hold back, of each class its share, but one at least and never all.

    Parameters
    ----------
    labels : ndarray of int, (M,)
    share : float, 0 < share < 1
    seed : int
    groups : sequence of str, optional
        Pictures of one group stay on one side; then the shares are only about
        right. A picture whose group is "" is alone. Of every class in two
        groups or more something is held back and something kept, unless the
        groups of several classes stand in each other's way.

    Returns
    -------
    kept, held : ndarray of int
        Places, ascending.

    Raises
    ------
    DataError
        If a side would be empty.

    Notes
    -----
    Pictures are drawn class by class as if there were no groups; a group goes
    where its first picture was drawn to, and what the classes then lack or have
    too much of is moved in few steps. So a pair of copies moves a picture or two.
    """
    random = np.random.default_rng(seed)
    parts = [random.permutation(np.flatnonzero(labels == k)) for k in np.unique(labels)]
    taken = np.zeros(len(labels), bool)
    taken[np.concatenate([part[: _taken(len(part), share)] for part in parts])] = True
    if groups is not None:
        taken = _whole_groups(labels, share, taken, np.concatenate(parts), numbered(groups))
    kept, held = np.flatnonzero(~taken), np.flatnonzero(taken)
    if not len(held) or not len(kept):
        raise DataError(
            f"{share:g} of {len(labels)} pictures{_in_groups(groups)} leaves one side empty; use "
            f"another share, or more {'pictures' if groups is None else 'groups'}"
        )
    return kept, held


def _taken(count: int, share: float) -> int:
    """Return how many of a class are held back: one at least, and never all."""
    return min(max(round(count * share), 1), count - 1)


def _in_groups(groups: Sequence[str] | None) -> str:
    count = len(set(groups or ()))
    return f" in {count} group{'s' if count > 1 else ''}" if count else ""


def numbered(groups: Sequence[str]) -> np.ndarray:
    """Return the number of each picture's group; one whose group is "" has a number of its own."""
    number: dict[str | int, int] = {}
    return np.array([number.setdefault(name or i, len(number)) for i, name in enumerate(groups)])


def _whole_groups(
    labels: np.ndarray, share: float, drawn: np.ndarray, order: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    """Return which pictures are held back when groups stay together.

    Groups are tried in the order in which their first pictures were drawn.
    """
    from scipy.sparse import coo_array

    first = np.unique(groups, return_index=True)[1]
    place = np.empty(len(labels), np.int64)
    place[order] = np.arange(len(order))
    ranked = np.argsort(place[first])
    rank = np.empty(len(first), np.int64)
    rank[ranked] = np.arange(len(first))
    classes = np.unique(labels, return_inverse=True)[1]
    # How many pictures of each class each group has.
    counts = coo_array((np.ones(len(labels)), (rank[groups], classes))).tocsr()
    totals = np.bincount(classes)
    targets = np.array([_taken(count, share) for count in totals])
    held = balance(counts, targets, drawn[first[ranked]])
    return spare_a_picture(counts, targets, held)[rank[groups]]
