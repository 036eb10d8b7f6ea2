"""Minimising a linear classifier's loss in passes over blocks of rows.

A pass reads the vectors block by block in one order, so they may lie in a
memory-mapped file or in shards, and the model is the same as from memory.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .linear_losses import Loss
from .linear_rows import Rows, blocks, mean_of
from .linear_threads import in_order, single_blas

# Steps that L-BFGS remembers: 10 took a third more passes on HoG, 40 no fewer.
MEMORY = 20

TOLERANCE = 1e-3
MOST_PASSES = 500


@dataclass(frozen=True, eq=False)
class Problem:
    """One classifier to be trained: a sum over rows, and a penalty of large weights.

    Minimises ``|W|^2 / 2 + C sum_i s_i loss(W x_i + b, y_i)``.

    Parameters
    ----------
    X : ndarray or other rows, (N, n) float32
    y : ndarray, (N,) int
        From 0.
    columns : int
        Scores of a row: the classes, or 1 for two classes.
    loss : callable
    C : float
    share : ndarray, (N,)
        How much every row counts; 0 leaves it out.
    penalised_bias : bool
        Whether the bias is a weight like the others, as in LIBLINEAR.
    """

    X: Rows
    y: np.ndarray
    columns: int
    loss: Loss
    C: float
    share: np.ndarray
    penalised_bias: bool = False


@dataclass(frozen=True, eq=False)
class Solution:
    """The weights found: (columns, n) and (columns,) float64, and how they were."""

    weights: np.ndarray
    bias: np.ndarray
    passes: int
    converged: bool


def minimise(
    problem: Problem,
    *,
    mean: np.ndarray | None = None,
    start: Solution | None = None,
    tolerance: float = TOLERANCE,
    most_passes: int = MOST_PASSES,
    jobs: int | None = None,
    progress: Callable[[int], object] | None = None,
) -> Solution:
    """Find the weights by L-BFGS.

    Parameters
    ----------
    problem : Problem
    mean : ndarray, (n,), optional
        The mean row, where it is known already.
    start : Solution, optional
        Of a similar problem.
    tolerance : float
        Converged is where no slope is steeper than this share of the steepest
        slope at weights of 0: the same for vectors of any scale.
    most_passes : int
    jobs : int, optional
        Threads; one a core when left out.
    progress : callable, optional
        Called with the number of passes made so far.

    Returns
    -------
    Solution

    Notes
    -----
    The search runs over vectors with their mean taken off, which changes the
    bias and nothing else: HoG values are all positive, and their common part
    makes the problem ill-conditioned. No row is changed or copied. Scaling the
    principal directions of the rows alike was tried too: of 70 passes on the
    HoG of Fashion-MNIST 46 remained, and finding the directions took longer.
    """
    from scipy.optimize import minimize

    mean = mean_of(problem.X) if mean is None else mean
    rows = problem.C * problem.share.sum()
    scale = 1 / rows
    calls = 0

    def unpack(point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        columns = problem.columns
        return point[:-columns].reshape(columns, -1), point[-columns:]

    def value(point: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal calls
        weights, centred = unpack(point)
        total, by_weights, by_bias = _value(problem, mean, weights, centred, jobs)
        found = scale * total, scale * np.concatenate([by_weights.ravel(), by_bias])
        calls += 1
        if progress:
            progress(calls)
        return found

    origin = np.zeros(problem.columns * (problem.X.shape[1] + 1))
    with single_blas():
        steepest = np.abs(value(origin)[1]).max()
        options = {
            "gtol": tolerance * steepest, "ftol": 1e-10, "maxcor": MEMORY,
            "maxiter": most_passes, "maxfun": most_passes,
        }  # fmt: skip
        point = origin
        if start is not None:
            point = np.concatenate([start.weights.ravel(), start.bias + start.weights @ mean])
        found = minimize(value, point, jac=True, method="L-BFGS-B", options=options)
        weights, centred = unpack(found.x)
    # 1 is the last pass allowed, 2 a search along the slope that led nowhere.
    return Solution(weights, centred - weights @ mean, calls, found.status == 0)


def _value(
    problem: Problem, mean: np.ndarray, weights: np.ndarray, centred: np.ndarray, jobs: int | None
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the loss with its penalty, and its slopes, in one pass."""
    bias = centred - weights @ mean
    total, by_weights, by_bias = _pass(problem, weights, bias, jobs)
    total *= problem.C
    by_weights *= problem.C
    by_bias *= problem.C
    total += float((weights * weights).sum()) / 2
    by_weights += weights
    if problem.penalised_bias:
        total += float((bias * bias).sum()) / 2
        by_bias = by_bias + bias
    by_weights -= np.outer(by_bias, mean)
    return total, by_weights, by_bias


def _pass(
    problem: Problem, weights: np.ndarray, bias: np.ndarray, jobs: int | None
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the summed loss and its slopes by weights and bias."""
    single, shift = weights.astype(np.float32), bias.astype(np.float32)

    def one(part: slice) -> tuple[float, np.ndarray, np.ndarray]:
        share = problem.share[part]
        X = problem.X[part]
        loss, slope = problem.loss(X @ single.T + shift, problem.y[part])
        slope *= share[:, None].astype(np.float32)
        return float(loss @ share), slope.T @ X, slope.sum(axis=0, dtype=np.float64)

    total, by_weights, by_bias = 0.0, np.zeros_like(weights), np.zeros_like(bias)
    used = [part for part in blocks(problem.X) if problem.share[part].any()]
    for loss, slopes, sums in in_order(one, used, jobs):
        total += loss
        by_weights += slopes
        by_bias += sums
    return total, by_weights, by_bias
