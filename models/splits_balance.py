"""Moving groups of pictures from one side of a split to the other until the classes agree."""

from typing import Any, TypeAlias

import numpy as np

# A csr_array; SciPy says too little of what its operators give.
Sparse: TypeAlias = Any

# A smaller gain is rounding.
LEAST = 1e-9


def balance(counts: Sparse, targets: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Move groups until none brings the classes nearer, first those that help most for their size.

    Parameters
    ----------
    counts : sparse array, (G, K)
        How many pictures of each class each group has.
    targets : ndarray, (K,)
        How many pictures of each class should be held back.
    held : ndarray of bool, (G,)
        Which groups are at first.

    Returns
    -------
    ndarray of bool, (G,)
    """
    held, sizes = held.copy(), counts.sum(axis=1)
    while True:
        gain = _gain(counts, targets, held) / sizes
        better = np.flatnonzero(gain < -LEAST)
        better = better[np.argsort(gain[better], kind="stable")]
        if not _moved(counts, targets, held, better):
            return held


def _moved(counts: Sparse, targets: np.ndarray, held: np.ndarray, groups: np.ndarray) -> int:
    """Move each of some groups if that still helps; return how many were moved."""
    weight = 1 / np.maximum(counts.sum(axis=0), 1)
    error = counts.T @ held - targets
    moved = 0
    for i in groups:
        row = slice(counts.indptr[i], counts.indptr[i + 1])
        classes, change = counts.indices[row], counts.data[row]
        change = -change if held[i] else change
        if ((2 * error[classes] + change) * change * weight[classes]).sum() < -LEAST:
            error[classes] += change
            held[i] = ~held[i]
            moved += 1
    return moved


def _gain(counts: Sparse, targets: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Return how moving each group changes the squared errors of the classes."""
    weight = 1 / np.maximum(counts.sum(axis=0), 1)
    error = counts.T @ held - targets
    sign = np.where(held, -1.0, 1.0)
    return 2 * sign * (counts @ (error * weight)) + counts.power(2) @ weight


def spare_a_picture(counts: Sparse, targets: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Move groups so that every class has pictures on both sides, where that can be.

    To have some that are kept goes first: a class cannot do without pictures
    to learn from. The arguments are those of `balance`.
    """
    held = held.copy()
    groups_of = (counts > 0).sum(axis=0)
    order = np.argsort(groups_of, kind="stable")
    for side in (False, True):
        for k in order[(counts.T @ (held == side))[order] == 0]:
            if groups_of[k] > side:
                _give(counts, targets, held, int(k), side=side)
    return held


def _give(counts: Sparse, targets: np.ndarray, held: np.ndarray, k: int, *, side: bool) -> None:
    """Move one group to a side that has no picture of class k, if none of its classes minds."""
    own = np.flatnonzero(counts[:, [k]].toarray()[:, 0])
    if (held[own] == side).any():
        return
    # To keep a picture of a class is more than to hold one back.
    left = counts.T @ (held != side).astype(float)
    free = [i for i in own if not side or _leaves_some(counts, left, i)]
    if free:
        gain = _gain(counts, targets, held)
        held[min(free, key=lambda i: gain[i])] = side


def _leaves_some(counts: Sparse, left: np.ndarray, i: np.intp) -> bool:
    row = slice(counts.indptr[i], counts.indptr[i + 1])
    return bool((left[counts.indices[row]] > counts.data[row]).all())
