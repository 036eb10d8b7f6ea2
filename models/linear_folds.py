"""Parts of the training rows that take turns in judging, alike in classes."""

import numpy as np

from ..images.errors import DataError


def make_folds(
    y: np.ndarray,
    count: int,
    *,
    classes: tuple[str, ...],
    groups: tuple[str, ...] | None = None,
    seed: int = 0,
) -> np.ndarray:
    """Deal rows out to parts, each with about the same share of every class.

    Parameters
    ----------
    y : ndarray, (N,) int
        Places in `classes`.
    count : int
        How many parts, at least 2.
    classes : tuple of str
    groups : tuple of str, optional
        Rows of one group stay together; a row whose group is "" is alone.
    seed : int

    Returns
    -------
    ndarray, (N,) int
        The number of each row's part.

    Raises
    ------
    DataError
        If a class has fewer rows, or there are fewer groups, than parts.
    """
    counts = np.bincount(y, minlength=len(classes))
    present = np.flatnonzero(counts)
    least = present[counts[present].argmin()]
    if counts[least] < count:
        raise DataError(
            f'the class "{classes[least]}" has {counts[least]} picture'
            f"{'s' if counts[least] > 1 else ''}, too few for {count} parts; use --cv "
            f"{max(2, counts[least])}, or more pictures"
        )
    return _dealt(y, count, None if groups is None else _numbered(groups), seed)


def _numbered(groups: tuple[str, ...]) -> np.ndarray:
    names = [name or f"\0{i}" for i, name in enumerate(groups)]
    return np.unique(names, return_inverse=True)[1]


def _dealt(y: np.ndarray, count: int, groups: np.ndarray | None, seed: int) -> np.ndarray:
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    if groups is not None and (there := len(np.unique(groups))) < count:
        raise DataError(f"there are {there} groups, too few for {count} parts; use a smaller --cv")
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    dealer = kind(count, shuffle=True, random_state=seed)
    folds = np.empty(len(y), int)
    for number, (_, held) in enumerate(dealer.split(np.zeros((len(y), 1)), y, groups)):
        folds[held] = number
    return folds
