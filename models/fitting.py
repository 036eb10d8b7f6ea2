"""Training linear classifiers, through scikit-learn."""

import warnings

import numpy as np

from ..features.table import FeatureTable
from ..images.errors import DataError, EdgewiseError
from .linear import KINDS, LinearModel

DEFAULT_C = {"logistic": 1.0, "svm": 0.1}
MAX_ITERATIONS = 500


def fit_linear(
    table: FeatureTable, *, kind: str = "logistic", C: float | None = None, seed: int = 0
) -> LinearModel:
    """Train a linear classifier on feature vectors.

    Parameters
    ----------
    table : FeatureTable
        With labels, of at least two classes.
    kind : {'logistic', 'svm'}
        Multinomial logistic regression (L-BFGS), or linear support vector
        machines, one against the rest, with the squared hinge (LIBLINEAR).
    C : float, optional
        How much a mistake costs against large weights; 1 for logistic
        regression and 0.1 for SVMs when left out.
    seed : int
        Where LIBLINEAR's shuffling starts from.

    Returns
    -------
    LinearModel
        Its `training` says whether the solver converged.

    Raises
    ------
    DataError
        If there are no labels, or of one class only, or values are missing.
    EdgewiseError
        If a setting makes no sense.

    Notes
    -----
    HoG vectors are normalised block by block and are not scaled again: on
    Fashion-MNIST standardised columns gave the same accuracy and converged
    more slowly.
    """
    _check(table, kind, C)
    C = DEFAULT_C[kind] if C is None else C
    number = {name: i for i, name in enumerate(table.classes)}
    y = np.array([number[label] for label in table.labels or ()])
    solver = _solver(kind, C, seed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        solver.fit(table.X, y)
    weights, bias = _rows(np.asarray(solver.coef_), np.asarray(solver.intercept_), kind)
    model = LinearModel(
        weights, bias, kind, table.classes, table.config, table.size, table.channels
    )
    model.training.update(
        pictures=len(table),
        accuracy=float(np.mean(model.predict(table.X) == y)),
        C=C,
        seed=seed,
        converged=not any("onverge" in str(w.message) for w in caught),
    )
    return model


def _check(table: FeatureTable, kind: str, C: float | None) -> None:
    if kind not in KINDS:
        raise EdgewiseError(f'no linear model "{kind}"; there are {", ".join(KINDS)}')
    if C is not None and not 0 < C < float("inf"):
        raise EdgewiseError(f"C is {C}; it is a number above 0")
    if table.labels is None:
        raise DataError(
            "the pictures have no labels; put each class in a folder of its own, or use a "
            "manifest with the columns path,label"
        )
    if len(set(table.labels)) < 2:
        raise DataError(
            f'all pictures are of one class, "{table.labels[0]}"; a classifier needs two or more'
        )
    if not np.isfinite(table.X).all():
        row = int(np.argmin(np.isfinite(table.X).all(axis=1)))
        raise DataError(f"{table.names[row]}: its vector holds NaN or infinity; leave it out")


def _solver(kind: str, C: float, seed: int):
    if kind == "svm":
        from sklearn.svm import LinearSVC

        return LinearSVC(C=C, random_state=seed, tol=1e-3, max_iter=MAX_ITERATIONS)
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=C, max_iter=MAX_ITERATIONS)


def _rows(weights: np.ndarray, bias: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return one row a class; scikit-learn has a single one for two classes."""
    if len(weights) == 1:
        # Half of it, turned around, for the other class: the difference of the
        # two scores is the decision, as the softmax of two wants it.
        share = 0.5 if kind == "logistic" else 1.0
        weights = np.concatenate([-share * weights, share * weights])
        bias = np.concatenate([-share * bias, share * bias])
    return weights.astype(np.float32), bias.astype(np.float32)
