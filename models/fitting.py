"""Training linear classifiers on feature vectors."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..features.table import FeatureTable
from ..images.errors import DataError
from .fields import check_names
from .linear import LinearModel
from .linear_calibration import Calibration, Platt, calibrate
from .linear_folds import make_folds
from .linear_maps import AdditiveChi2, KernelMap, Nystroem, choose_nystroem, mapped, parse_map
from .linear_rows import Rows, blocks
from .linear_settings import LinearSettings, shares
from .linear_solver import TOLERANCE, Solution
from .linear_trainer import Trainer, widened
from .linear_validation import BALANCED, Validation, cross_validate

# Nyström's values differ much in how strongly they vary: with the usual
# tolerance MNIST lost 0.2 percentage points.
MAP_TOLERANCE = 1e-4
# Squares of larger values, summed up, leave float32.
LARGEST = 1e15


def fit_linear(
    table: FeatureTable, *, groups: tuple[str, ...] | None = None, **settings: Any
) -> LinearModel:
    """Train a linear classifier on feature vectors.

    Parameters
    ----------
    table : FeatureTable
        With labels, of at least two classes. X may be memory-mapped, or
        anything that gives rows by slices: it is read in passes.
    groups : tuple of str, optional
        Rows of one group stay together in cross-validation.
    **settings
        Fields of `LinearSettings`: kind, C, seed, one_vs_rest, loss,
        class_weight, kernel_map, calibrate, cv, search, jobs.

    Returns
    -------
    LinearModel
        Its `training` says whether the solver converged, and what
        cross-validation found.

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
    chosen = LinearSettings(**settings)
    _check(table)
    number = {name: i for i, name in enumerate(table.classes)}
    y = np.array([number[label] for label in table.labels or ()])
    share = shares(y, table.classes, chosen.class_weight)
    kernel_map = _choose_map(table.X, chosen)
    trainer, basis = _trainer(table.X, kernel_map, y, share, len(table.classes), chosen)
    validation = _validate(trainer, table, groups)
    cost = chosen.cost if validation is None else validation.costs[validation.best]
    found = trainer.train(cost)
    accuracy = float((trainer.scores(found).argmax(axis=1) == y).mean())
    return LinearModel(
        *_folded(widened(found, chosen.kind), basis),
        kind=chosen.kind,
        classes=table.classes,
        config=table.config,
        size=table.size,
        channels=table.channels,
        training={
            "pictures": len(table),
            "accuracy": accuracy,
            "C": cost,
            "seed": chosen.seed,
            "converged": found.converged,
            "solver": trainer.solver,
            **_told(chosen, found, validation),
        },
        map=kernel_map,
        calibration=_calibrated(trainer, validation),
    )


def _check(table: FeatureTable) -> None:
    if table.labels is None:
        raise DataError(
            "the pictures have no labels; put each class in a folder of its own, or use a "
            "manifest with the columns path,label"
        )
    if len(set(table.labels)) < 2:
        raise DataError(
            f'all pictures are of one class, "{table.labels[0]}"; a classifier needs two or more'
        )
    check_names(table.classes)
    for part in blocks(table.X):
        # Of NaN nothing is true, so that it is among these too.
        usable = (np.abs(table.X[part]) <= LARGEST).all(axis=1)
        if not usable.all():
            _refuse_row(table, part.start + int(usable.argmin()))


def _refuse_row(table: FeatureTable, row: int) -> None:
    if not np.isfinite(table.X[row : row + 1]).all():
        raise DataError(f"{table.names[row]}: its vector holds NaN or infinity; leave it out")
    raise DataError(
        f"{table.names[row]}: its vector holds numbers beyond {LARGEST:g}",
        hint="leave it out, or divide all vectors by the same number",
    )


def _choose_map(
    X: Rows, chosen: LinearSettings, rows: np.ndarray | None = None
) -> KernelMap | None:
    """Return the kernel map that suits all rows, or those that are True."""
    if chosen.kernel_map is None:
        return None
    name, number, gamma = parse_map(chosen.kernel_map)
    if name == "chi2":
        return AdditiveChi2(X.shape[1], number)
    return choose_nystroem(X, number, gamma, chosen.seed, rows)


def _trainer(
    X: Rows, kernel_map: KernelMap | None, y: np.ndarray, share: np.ndarray, classes: int,
    chosen: LinearSettings,
) -> tuple[Trainer, np.ndarray | None]:  # fmt: skip
    """Return what trains on mapped rows, and what Nyström's were multiplied by at the end."""
    mapped_rows, basis = _mapped(X, kernel_map, chosen.jobs)
    tolerance = TOLERANCE if basis is None else MAP_TOLERANCE
    return Trainer(mapped_rows, y, classes, share, chosen, tolerance), basis


def _mapped(
    X: Rows, kernel_map: KernelMap | None, jobs: int | None
) -> tuple[Rows, np.ndarray | None]:
    """Return the vectors to train on, and what Nyström's were multiplied by at the end."""
    if kernel_map is None:
        return X, None
    if isinstance(kernel_map, AdditiveChi2):
        return mapped(X, kernel_map.apply, kernel_map.length, jobs), None
    basis = kernel_map.basis()
    apply: Callable[[np.ndarray], np.ndarray] = lambda rows: kernel_map.apply(rows) @ basis  # noqa: E731
    return mapped(X, apply, basis.shape[1], jobs), basis


def _folded(
    found: tuple[np.ndarray, np.ndarray], basis: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return weights of similarities to landmarks, which spares the model the basis."""
    weights, bias = found
    return (weights if basis is None else weights @ basis.T), bias


def _validate(
    trainer: Trainer, table: FeatureTable, groups: tuple[str, ...] | None
) -> Validation | None:
    chosen, y, share = trainer.settings, trainer.y, trainer.share
    if chosen.folds is None:
        return None
    folds = make_folds(y, chosen.folds, classes=table.classes, groups=groups, seed=chosen.seed)

    def trainer_for(rows: np.ndarray) -> Trainer:
        kernel_map = _choose_map(table.X, chosen, rows)
        if not isinstance(kernel_map, Nystroem):
            return trainer
        # Landmarks among the rows that judge would make them look too good.
        return _trainer(table.X, kernel_map, y, share, trainer.classes, chosen)[0]

    return cross_validate(trainer_for, chosen, y, trainer.classes, folds)


def _told(chosen: LinearSettings, found: Solution, validation: Validation | None) -> dict:
    """Return what a model file says of the training beside what it always says."""
    told: dict = {"settings": chosen.to_dict()} if chosen.to_dict() else {}
    if found.passes:
        told["passes"] = found.passes
    if validation is not None:
        told["validation"] = validation.rows()[validation.best]
    if chosen.weighted and validation is not None:
        told["measure"] = BALANCED
    if chosen.search and validation is not None:
        told["search"] = validation.rows()
        told["at_the_edge"] = validation.at_the_edge
    return told


def _calibrated(trainer: Trainer, validation: Validation | None) -> Calibration | None:
    chosen = trainer.settings
    if chosen.calibrate is not None and validation is not None:
        scores = validation.scores[validation.best]
        # Every row counts the same: class weights move the scores, and a
        # probability is how often such a score is right among real pictures.
        return calibrate(chosen.calibrate, scores, trainer.y, np.ones(len(trainer.y)))
    if chosen.one_vs_rest and trainer.columns > 1:
        ones = np.ones(trainer.classes, np.float32)
        return Platt(ones, np.zeros_like(ones))
    return None
