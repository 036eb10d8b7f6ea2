"""Training one classifier on rows that are ready: which solver, and which share of rows."""

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..images.errors import DataError, EdgewiseError
from . import linear_solver
from .linear_losses import Loss, logistic_loss, softmax_loss, squared_hinge_loss
from .linear_rows import Rows, blocks, mean_of
from .linear_settings import LinearSettings
from .linear_solver import TOLERANCE, Problem, Solution, minimise
from .linear_threads import in_order, single_blas
from .room import memory

# Up to so many values scikit-learn's own solvers take about a second, with the
# last digits right; beyond, passes over float32 blocks are faster than its
# copies as float64: on 20,000 HoG vectors of 2,592 values 5 times for SVMs.
FEW_VALUES = 4_000_000

LIBLINEAR_ITERATIONS = 500

# Bytes that LIBLINEAR keeps for each value: an index and a double, beside the
# double it is copied from.
LIBLINEAR_BYTES = 24


@dataclass(eq=False)
class Trainer:
    """Trains the same classifier again and again, on all rows or some.

    Parameters
    ----------
    X : rows, (N, n) float32
    y : ndarray, (N,) int
    classes : int
    share : ndarray, (N,)
        How much every row counts.
    settings : LinearSettings
    tolerance : float
        Of the solver in passes.
    """

    X: Rows
    y: np.ndarray
    classes: int
    share: np.ndarray
    settings: LinearSettings
    tolerance: float = TOLERANCE
    mean: np.ndarray = field(init=False)
    in_passes: bool = field(init=False)

    def __post_init__(self) -> None:
        values = len(self.X) * self.X.shape[1]
        self.in_passes = values > FEW_VALUES and self.settings.loss != "hinge"
        self.mean = mean_of(self.X)
        there = memory()
        if self.settings.loss == "hinge" and LIBLINEAR_BYTES * values > there:
            raise EdgewiseError(
                f"the hinge needs {LIBLINEAR_BYTES * values / 2**30:,.1f} GiB of memory for these "
                "vectors; use --loss squared-hinge, which reads them in passes"
            )

    @property
    def columns(self) -> int:
        """Scores of a row: one for two classes."""
        return self.classes if self.classes > 2 else 1

    @property
    def solver(self) -> str:
        """What the solver is called."""
        if self.in_passes:
            return "L-BFGS in passes"
        return "LIBLINEAR" if self.settings.kind == "svm" else "L-BFGS"

    def train(
        self, C: float, rows: np.ndarray | None = None, start: Solution | None = None
    ) -> Solution:
        """Train on rows where `rows` is True, or on all of them."""
        share = self.share if rows is None else np.where(rows, self.share, 0)
        whole = len(np.unique(self.y[share > 0])) == self.classes
        if self.settings.loss == "hinge" or (not self.in_passes and whole):
            return self._by_scikit_learn(C, share)
        problem = Problem(self.X, self.y, self.columns, self._loss, C, share, self._svm)
        return minimise(
            problem, mean=self.mean, start=start, tolerance=self.tolerance,
            jobs=self.settings.jobs,
        )  # fmt: skip

    @property
    def _svm(self) -> bool:
        return self.settings.kind == "svm"

    @property
    def _loss(self) -> Loss:
        if self._svm:
            return squared_hinge_loss
        many = self.columns > 1 and not self.settings.one_vs_rest
        return softmax_loss if many else logistic_loss

    def _by_scikit_learn(self, C: float, share: np.ndarray) -> Solution:
        used = np.flatnonzero(share)
        if len(np.unique(self.y[used])) < self.classes:
            raise DataError(
                "a class is in one group only, so that none of it is left to learn from; use "
                "--loss squared-hinge, or other groups"
            )
        X = self.X[0 : len(self.X)]
        X, y = (X, self.y) if len(used) == len(X) else (X[used], self.y[used])
        solver = _solver(self.settings, C)
        with warnings.catch_warnings(record=True) as caught, single_blas():
            warnings.simplefilter("always")
            solver.fit(X, y, sample_weight=share[used])
        converged = not any("onverge" in str(w.message) for w in caught)
        weights, bias = _coefficients(solver)
        return Solution(weights, bias, 0, converged)

    def scores(self, found: Solution, rows: np.ndarray | None = None) -> np.ndarray:
        """Return the scores of rows that are True, or of all, (., classes) float32."""
        weights, bias = widened(found, self.settings.kind)
        parts = blocks(self.X)

        def one(part: slice) -> np.ndarray:
            X = self.X[part] if rows is None else self.X[part][rows[part]]
            return X @ weights.T + bias

        with single_blas():
            return np.concatenate(list(in_order(one, parts, self.settings.jobs)))


def _solver(settings: LinearSettings, C: float) -> Any:
    if settings.kind == "svm":
        from sklearn.svm import LinearSVC

        loss = settings.loss.replace("-", "_")
        dual: Any = True if loss == "hinge" else "auto"
        return LinearSVC(
            C=C, loss=loss, dual=dual, random_state=settings.seed, tol=1e-3,
            max_iter=LIBLINEAR_ITERATIONS,
        )  # fmt: skip
    from sklearn.linear_model import LogisticRegression

    one = LogisticRegression(C=C, max_iter=linear_solver.MOST_PASSES)
    return OneVersusRest(one) if settings.one_vs_rest else one


class OneVersusRest:
    """A solver of two classes, for each class against the rest.

    scikit-learn's own passes no weights of rows on without its routing.
    """

    def __init__(self, solver):
        self.solver = solver
        self.coef_, self.intercept_ = np.empty((0, 0)), np.empty(0)

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray) -> None:
        """Fit one after the other; of two classes the second only."""
        from sklearn.base import clone

        known = np.unique(y)
        fresh: Any = clone
        each = [
            fresh(self.solver).fit(X, y == k, sample_weight=sample_weight)
            for k in (known if len(known) > 2 else known[1:])
        ]
        self.coef_ = np.concatenate([one.coef_ for one in each])
        self.intercept_ = np.concatenate([one.intercept_ for one in each])


def _coefficients(solver) -> tuple[np.ndarray, np.ndarray]:
    weights = np.asarray(solver.coef_, np.float64)
    return weights, np.asarray(solver.intercept_, np.float64).reshape(len(weights))


def widened(found: Solution, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and bias as float32, one row a class; of two there is a single one."""
    weights, bias = found.weights, found.bias
    if len(weights) == 1:
        # Half of it, turned around, for the other class: the difference of the
        # two scores is the decision, as the softmax of two wants it.
        share = 0.5 if kind == "logistic" else 1.0
        weights = np.concatenate([-share * weights, share * weights])
        bias = np.concatenate([-share * bias, share * bias])
    return weights.astype(np.float32), bias.astype(np.float32)
