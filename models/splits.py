"""Holding pictures back, so that a training can be judged while it goes on."""

import numpy as np

from ..images.errors import DataError


def hold_out(
    labels: np.ndarray, share: float, *, seed: int = 0, groups: tuple[str, ...] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Choose pictures to hold back, of each class its share, but one at least and never all.

    Parameters
    ----------
    labels : ndarray of int, (M,)
    share : float, 0 < share < 1
    seed : int
    groups : tuple of str, optional
        Pictures of one group stay on one side; then the shares are only about
        right. A picture whose group is "" is alone.

    Returns
    -------
    kept, held : ndarray of int
        Places, ascending.

    Raises
    ------
    DataError
        If a side would be empty.
    """
    random = np.random.default_rng(seed)
    if groups is None:
        parts = [random.permutation(np.flatnonzero(labels == k)) for k in np.unique(labels)]
        held = np.concatenate([part[: _taken(len(part), share)] for part in parts])
    else:
        held = _held_groups(labels, share, random, np.array(groups))
    kept = np.setdiff1d(np.arange(len(labels)), held)
    if not len(held) or not len(kept):
        raise DataError(
            f"{share:g} of {len(labels)} pictures{_in_groups(groups)} leaves one side empty; use "
            f"another share, or more {'pictures' if groups is None else 'groups'}"
        )
    return kept, np.sort(held)


def _taken(count: int, share: float) -> int:
    """Return how many of a class are held back: one at least, and never all."""
    return min(max(round(count * share), 1), count - 1)


def _in_groups(groups: tuple[str, ...] | None) -> str:
    count = len(set(groups or ()))
    return f" in {count} group{'s' if count > 1 else ''}" if count else ""


def _held_groups(
    labels: np.ndarray, share: float, random: np.random.Generator, groups: np.ndarray
) -> np.ndarray:
    """Go through the groups by chance, and take whichever brings the classes nearer their share."""
    members = _members(groups)
    counts = np.zeros((members.max() + 1, labels.max() + 1))
    np.add.at(counts, (members, labels), 1)
    totals = np.maximum(counts.sum(axis=0), 1)
    missing, taken = share * counts.sum(axis=0), np.zeros(len(counts), bool)
    for group in random.permutation(len(counts)):
        after = missing - counts[group]
        if np.sum(after**2 / totals) < np.sum(missing**2 / totals):
            missing, taken[group] = after, True
    return np.flatnonzero(taken[members])


def _members(groups: np.ndarray) -> np.ndarray:
    """Return the number of each picture's group; one without a name is a group of its own."""
    _, members = np.unique(groups, return_inverse=True)
    alone = np.flatnonzero(groups == "")
    members[alone] = members.max() + 1 + np.arange(len(alone))
    return np.unique(members, return_inverse=True)[1]
