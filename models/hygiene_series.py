"""Pictures that were taken one after the other: frames of a film, shots of one thing.

Held back by chance, the next frame of a series is judged by a model that has
learned from this one, and looks far better than it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..images.dataset import Dataset, natural_key
from ..images.errors import EdgewiseError
from ..images.groups import suggest_rule
from .hygiene_signature import signatures
from .linear_threads import single_blas

# Neighbours by name are alike if they are more so than this share of other pairs.
QUANTILE = 0.99
# By chance 0.01 of the neighbours are; in tracks of traffic signs 0.6.
LEAST_SHARE = 0.1
# Fewer neighbours say nothing.
LEAST_PAIRS = 30
MOST_PAIRS = 20_000
# What is looked at before a training.
SAMPLED_CLASSES, SAMPLED_PAIRS = 10, 16
THUMBNAIL = (64, 64)


@dataclass(frozen=True)
class Series:
    """What shows that pictures are of series.

    Attributes
    ----------
    share : float
        Of the neighbours by file name that are more alike than 99 % of other pairs.
    first : (int, int)
        The first two of them, by their numbers.
    rule : str or None
        What `groups_of` may find the series by.
    """

    share: float
    first: tuple[int, int]
    rule: str | None


def find_series(
    names: Sequence[str], labels: Sequence[str] | None, signatures: np.ndarray
) -> Series | None:
    """Tell whether neighbours by file name are alike as no other pictures of their class are.

    Parameters
    ----------
    names : sequence of str, (M,)
    labels : sequence of str, (M,), or None
    signatures : ndarray, (M, n)
    """
    rows, random = _rows(names, labels), np.random.default_rng(0)
    pairs = np.concatenate([_neighbours(row) for row in rows])
    if len(pairs) > MOST_PAIRS:
        pairs = pairs[np.sort(random.choice(len(pairs), MOST_PAIRS, replace=False))]
    alike = _alike(signatures, pairs, _strangers(rows, random))
    return _told(alike, len(pairs), names, labels)


def sample_series(dataset: Dataset) -> Series | None:
    """Tell the same of a data set by a look at some 300 of its pictures.

    None for pictures that are no files of their own.
    """
    if dataset.paths is None:
        return None
    random = np.random.default_rng(0)
    rows = _rows(dataset.names, dataset.labels)
    rows = [rows[k] for k in random.permutation(len(rows))[:SAMPLED_CLASSES]]
    pairs = np.concatenate([_sampled(_neighbours(row), len(rows), random) for row in rows])
    with single_blas():
        looks = {i: _seen(dataset, i) for i in np.unique(pairs).tolist()}
    seen = {i: one for i, one in looks.items() if one is not None}
    known = np.array(list(seen), np.int64)
    pairs = pairs[np.isin(pairs, known).all(axis=1)]
    if not len(pairs):
        return None
    others = _strangers([row[np.isin(row, known)] for row in rows], random)
    places = (np.searchsorted(known, one) for one in (pairs, others))
    alike = _alike(np.stack(list(seen.values())), *places)
    return _told(known[alike], len(pairs), dataset.names, dataset.labels)


def _rows(names: Sequence[str], labels: Sequence[str] | None) -> list[np.ndarray]:
    """Return the pictures of each class in the order of their names."""
    rows: dict[str, list] = {} if names else {"": []}
    for i, name in enumerate(names):
        rows.setdefault(labels[i] if labels else "", []).append((natural_key(name), i))
    return [np.array([i for _, i in sorted(row)], np.int64) for row in rows.values()]


def _neighbours(row: np.ndarray) -> np.ndarray:
    return np.stack([row[:-1], row[1:]], axis=1)


def _strangers(rows: list[np.ndarray], random: np.random.Generator) -> np.ndarray:
    """Return random pairs of one class that are a quarter of it or more apart."""
    rows = [row for row in rows if len(row) > 3]
    total = sum(map(len, rows))
    pairs = [np.empty((0, 2), np.int64)]
    for row in rows:
        count, apart = len(row), -(-len(row) // 4)
        places = random.integers(0, count, -(-MOST_PAIRS * count // total))
        steps = random.integers(apart, count - apart, len(places), endpoint=True)
        pairs.append(np.stack([row[places], row[(places + steps) % count]], axis=1))
    return np.concatenate(pairs)


def _sampled(pairs: np.ndarray, classes: int, random: np.random.Generator) -> np.ndarray:
    most = SAMPLED_PAIRS * SAMPLED_CLASSES // classes
    return pairs[np.sort(random.permutation(len(pairs))[:most])]


def _seen(dataset: Dataset, i: int) -> np.ndarray | None:
    try:
        return signatures(dataset.read_for(i, THUMBNAIL)[0][None])[0]
    except EdgewiseError:
        return None


def _alike(signatures: np.ndarray, pairs: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the pairs that are more alike than nearly all others."""
    if len(pairs) < LEAST_PAIRS or not len(others):
        return pairs[:0]
    usual = np.quantile(_products(signatures, others), QUANTILE)
    return pairs[_products(signatures, pairs) > usual]


def _products(signatures: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", signatures[pairs[:, 0]], signatures[pairs[:, 1]])


def _told(alike: np.ndarray, count: int, names, labels) -> Series | None:
    if len(alike) < LEAST_SHARE * count or not len(alike):
        return None
    rule = suggest_rule(names, len(set(labels or ("",))))
    return Series(len(alike) / count, (int(alike[0, 0]), int(alike[0, 1])), rule)
