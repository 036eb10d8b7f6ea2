"""What linear classifiers minimise: losses of scores, with their slopes."""

from collections.abc import Callable

import numpy as np

Loss = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def softmax_loss(scores: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the multinomial logistic loss of every row, and its slope.

    Parameters
    ----------
    scores : ndarray, (N, classes)
    y : ndarray, (N,) int

    Returns
    -------
    loss : ndarray, (N,)
    slope : ndarray, (N, classes)
        By the scores.
    """
    rows = np.arange(len(y))
    # The greatest score is taken off so that exp cannot overflow.
    shifted = scores - scores.max(axis=1, keepdims=True)
    slope = np.exp(shifted)
    total = slope.sum(axis=1, keepdims=True)
    loss = np.log(total[:, 0]) - shifted[rows, y]
    slope /= total
    slope[rows, y] -= 1
    return loss, slope


def logistic_loss(scores: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the logistic losses of one class against the rest, summed, and their slopes."""
    side = _sides(scores, y)
    margin = side * scores
    # log(1 + exp(-m)), without overflow on either side.
    loss = np.logaddexp(np.zeros(1, margin.dtype), -margin)
    return loss.sum(axis=1), -side * np.exp(-margin - loss)


def squared_hinge_loss(scores: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the squared hinge of one class against the rest, summed, and its slopes."""
    side = _sides(scores, y)
    short = np.maximum(1 - side * scores, 0)
    return (short * short).sum(axis=1), -2 * side * short


def _sides(scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return 1 where a column is the row's class and -1 elsewhere.

    A single column is that of class 1, of two.
    """
    classes = np.arange(scores.shape[1]) if scores.shape[1] > 1 else np.array([1])
    return np.where(y[:, None] == classes, scores.dtype.type(1), scores.dtype.type(-1))
