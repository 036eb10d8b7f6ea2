"""Holding pictures back, so that a training can be judged while it goes on."""

import numpy as np

from ..images.errors import DataError


def hold_out(
    labels: np.ndarray, share: float, *, seed: int = 0, groups: tuple[str, ...] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Choose pictures to hold back, of each class its share.

    Parameters
    ----------
    labels : ndarray of int, (M,)
    share : float, 0 < share < 1
    seed : int
    groups : tuple of str, optional
        Pictures of one group stay on one side; then the shares are only about
        right.

    Returns
    -------
    kept, held : ndarray of int
        Places, ascending.

    Raises
    ------
    DataError
        If a side would be empty.
    """
    if groups is None:
        random = np.random.default_rng(seed)
        parts = [random.permutation(np.flatnonzero(labels == k)) for k in np.unique(labels)]
        held = np.concatenate([part[: round(len(part) * share)] for part in parts])
    else:
        held = _held_groups(labels, share, seed, np.array(groups))
    kept = np.setdiff1d(np.arange(len(labels)), held)
    if not len(held) or not len(kept):
        raise DataError(
            f"{share:g} of {len(labels)} pictures leaves one side empty; use another share, or "
            "more pictures"
        )
    return kept, np.sort(held)


def _held_groups(labels: np.ndarray, share: float, seed: int, groups: np.ndarray) -> np.ndarray:
    from sklearn.model_selection import StratifiedGroupKFold

    folds = max(2, round(1 / share))
    if len(np.unique(groups)) < folds:
        raise DataError(
            f"{len(np.unique(groups))} groups are too few to hold {share:g} of the pictures back"
        )
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    return next(iter(splitter.split(labels, labels, groups)))[1]
