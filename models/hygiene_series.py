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
    pairs = _neighbours(names, labels)
    random = np.random.default_rng(0)
    if len(pairs) > MOST_PAIRS:
        pairs = pairs[np.sort(random.choice(len(pairs), MOST_PAIRS, replace=False))]
    return _judge(names, labels, signatures, pairs, _others(labels, len(names), random))


def sample_series(dataset: Dataset) -> Series | None:
    """Tell the same of a data set by a look at some 300 of its pictures.

    None for pictures that are no files of their own.
    """
    if dataset.paths is None:
        return None
    random = np.random.default_rng(0)
    pairs = _neighbours(dataset.names, dataset.labels)
    pairs = _sampled(dataset.labels, pairs, random)
    places = np.unique(pairs)
    seen = {int(i): one for i in places if (one := _seen(dataset, int(i))) is not None}
    places = np.array(list(seen), np.int64)
    if not len(places):
        return None
    there = pairs[np.isin(pairs, places).all(axis=1)]
    labels = dataset.labels and [dataset.labels[i] for i in places]
    found = _judge(
        dataset.names, dataset.labels, np.stack(list(seen.values())),
        np.searchsorted(places, there), _others(labels, len(places), random), places,
    )  # fmt: skip
    return found


def _neighbours(names: Sequence[str], labels: Sequence[str] | None) -> np.ndarray:
    """Return pairs (n, 2) of pictures of one class whose names follow each other."""
    keys = [(labels[i] if labels else "", natural_key(name), i) for i, name in enumerate(names)]
    order = [(label, i) for label, _, i in sorted(keys)]
    pairs = [(i, j) for (one, i), (other, j) in zip(order, order[1:], strict=False) if one == other]
    return np.array(pairs, np.int64).reshape(-1, 2)


def _sampled(
    labels: Sequence[str] | None, pairs: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """Return pairs of neighbours of a few classes."""
    own = np.array([labels[i] if labels else "" for i in pairs[:, 0]], object).astype(str)
    classes = np.unique(own)
    chosen = random.permutation(classes)[:SAMPLED_CLASSES]
    each = SAMPLED_PAIRS * SAMPLED_CLASSES // max(len(chosen), 1)
    parts = [random.permutation(np.flatnonzero(own == name))[:each] for name in chosen]
    return pairs[np.sort(np.concatenate([np.empty(0, np.int64), *parts]))]


def _seen(dataset: Dataset, i: int) -> np.ndarray | None:
    try:
        return signatures(dataset.read_for(i, THUMBNAIL)[0][None])[0]
    except EdgewiseError:
        return None


def _others(labels: Sequence[str] | None, count: int, random: np.random.Generator) -> np.ndarray:
    """Return random pairs (n, 2) of pictures of one class."""
    own = np.unique(labels, return_inverse=True)[1] if labels else np.zeros(count, np.int64)
    order = np.argsort(own, kind="stable")
    sizes = np.bincount(own)
    start = np.cumsum(sizes) - sizes
    first = random.integers(0, count, MOST_PAIRS)
    group = own[first]
    second = order[start[group] + random.integers(0, sizes[group])]
    return np.stack([first, second], axis=1)[first != second]


def _judge(names, labels, signatures, pairs, others, places=None) -> Series | None:
    if len(pairs) < LEAST_PAIRS or not len(others):
        return None
    usual = np.quantile(_products(signatures, others), QUANTILE)
    alike = pairs[_products(signatures, pairs) > usual]
    share = len(alike) / len(pairs)
    if share < LEAST_SHARE:
        return None
    first = alike[0] if places is None else places[alike[0]]
    rule = suggest_rule(names, len(set(labels or ("",))))
    return Series(share, (int(first[0]), int(first[1])), rule)


def _products(signatures: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", signatures[pairs[:, 0]], signatures[pairs[:, 1]])
