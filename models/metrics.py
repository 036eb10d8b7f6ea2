"""Measures of a classifier's answers, as scikit-learn defines them."""

from typing import NamedTuple

import numpy as np

BINS = 10


class Curve(NamedTuple):
    """A curve of one class against the rest, and the area under it."""

    x: np.ndarray
    y: np.ndarray
    area: float


class Bins(NamedTuple):
    """Answers put together by how sure they are."""

    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray


def log_loss(truth: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the mean of -log of what the true class was given, in nats.

    Parameters
    ----------
    truth : ndarray of int, (N,)
    probabilities : ndarray, (N, classes)
        Taken as no less than the dtype's epsilon, so that the loss is finite.
    """
    given = probabilities[np.arange(len(truth)), truth].astype(np.float64)
    epsilon = np.finfo(probabilities.dtype).eps
    return float(-np.log(np.clip(given, epsilon, 1 - epsilon)).mean())


def top_k_accuracy(truth: np.ndarray, values: np.ndarray, k: int) -> float:
    """Return the share of pictures whose class is among the k likeliest.

    Of equals the earlier class comes first, as in the answers themselves.
    """
    ranked = (-values).argsort(axis=1, kind="stable")[:, :k]
    return float((ranked == truth[:, None]).any(axis=1).mean())


def _counts(positive: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return false and true positives at each distinct threshold, the highest first."""
    order = (-values).argsort(kind="stable")
    ranked = values[order]
    # Equals cannot be told apart by a threshold: they are taken together.
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    true = positive[order].cumsum()[last]
    return 1 + last - true, true


def roc(positive: np.ndarray, values: np.ndarray) -> Curve | None:
    """Return false-positive and true-positive rates from (0, 0) to (1, 1).

    Parameters
    ----------
    positive : ndarray of bool, (N,)
    values : ndarray, (N,)
        The greater, the likelier positive.

    Returns
    -------
    Curve or None
        None where one of both kinds is missing, which leaves a rate undefined.
    """
    if positive.all() or not positive.any():
        return None
    false, true = _counts(positive, values)
    x, y = np.append(0, false) / false[-1], np.append(0, true) / true[-1]
    return Curve(x, y, float(np.trapezoid(y, x)))


def precision_recall(positive: np.ndarray, values: np.ndarray) -> Curve | None:
    """Return recall and precision, the highest threshold first, and the average precision.

    None without positives, which leaves recall undefined.
    """
    if not positive.any():
        return None
    false, true = _counts(positive, values)
    precision, recall = true / (true + false), true / true[-1]
    return Curve(recall, precision, float(np.sum(np.diff(recall, prepend=0) * precision)))


def miss_rate(curve: Curve, most: float) -> float:
    """Return the least share of positives missed at a false-positive rate of `most` or less."""
    return float(1 - curve.y[curve.x <= most].max())


def reliability(truth: np.ndarray, probabilities: np.ndarray, bins: int = BINS) -> Bins:
    """Return how often answers are right, by how sure they are.

    Returns
    -------
    Bins
        Mean probability of the answers, their accuracy and their number, of
        each of `bins` equal intervals of probability that is not empty.
    """
    sure = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == truth
    place = np.minimum((sure * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    kept = count > 0
    mean = [np.bincount(place, one, minlength=bins)[kept] / count[kept] for one in (sure, right)]
    return Bins(mean[0], mean[1], count[kept])


def calibration_error(found: Bins) -> float:
    """Return the expected calibration error, the mean distance of sureness and accuracy."""
    gaps = np.abs(found.confidence - found.accuracy)
    return float(np.sum(gaps * found.count) / found.count.sum())
