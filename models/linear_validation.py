"""Cross-validation of linear models: how good they are, and which C is the best."""

from dataclasses import dataclass

import numpy as np

from .linear_trainer import Trainer


@dataclass(frozen=True, eq=False)
class Validation:
    """What cross-validation found.

    Parameters
    ----------
    costs : tuple of float
        The values of C, ascending.
    accuracies : ndarray, (costs, parts)
        On each part, of a model that learned from the others.
    scores : ndarray, (costs, N, classes) float32
        Of every row, by the model that did not learn from it.
    """

    costs: tuple[float, ...]
    accuracies: np.ndarray
    scores: np.ndarray

    @property
    def best(self) -> int:
        """Place of the best C; the smallest of equally good ones."""
        return int(self.accuracies.mean(axis=1).argmax())

    @property
    def at_the_edge(self) -> bool:
        """Whether the best C is the first or the last of several."""
        return len(self.costs) > 1 and self.best in (0, len(self.costs) - 1)

    def rows(self) -> list[dict]:
        """Return C, mean accuracy, its spread and every part's, ready for JSON."""
        return [
            {
                "C": cost,
                "mean": float(each.mean()),
                "spread": float(each.std(ddof=1)),
                "parts": [float(one) for one in each],
            }
            for cost, each in zip(self.costs, self.accuracies, strict=True)
        ]


def cross_validate(trainer: Trainer, costs: tuple[float, ...], folds: np.ndarray) -> Validation:
    """Train on all parts but one, and judge that one, for every part and every C.

    Parameters
    ----------
    trainer : Trainer
    costs : tuple of float
        Ascending: each training starts where the one before ended.
    folds : ndarray, (N,) int
        The number of each row's part.
    """
    parts = int(folds.max()) + 1
    accuracies = np.empty((len(costs), parts))
    scores = np.empty((len(costs), len(folds), trainer.classes), np.float32)
    for part in range(parts):
        held, found = folds == part, None
        for i, cost in enumerate(costs):
            found = trainer.train(cost, ~held, found)
            scores[i, held] = trainer.scores(found, held)
            right = scores[i, held].argmax(axis=1) == trainer.y[held]
            accuracies[i, part] = right.mean()
    return Validation(costs, accuracies, scores)
