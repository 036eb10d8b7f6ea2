"""Cross-validation of linear models: how good they are, and which C is the best."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .linear_settings import LinearSettings
from .linear_trainer import Trainer

BALANCED = "balanced accuracy"


@dataclass(frozen=True, eq=False)
class Validation:
    """What cross-validation found.

    Parameters
    ----------
    costs : tuple of float
        The values of C, ascending.
    accuracies : ndarray, (costs, parts)
        On each part, of a model that learned from the others; balanced ones
        where classes are weighted.
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


def cross_validate(
    trainer_for: Callable[[np.ndarray], Trainer],
    settings: LinearSettings,
    y: np.ndarray,
    classes: int,
    folds: np.ndarray,
) -> Validation:
    """Train on all parts but one, and judge that one, for every part and every C.

    Parameters
    ----------
    trainer_for : callable
        Returns a trainer that knows nothing but the rows that are True.
    settings : LinearSettings
        Its costs are tried, each training starting where the one before ended.
        Where classes are weighted the balanced accuracy is meant throughout.
    y : ndarray, (N,) int
    classes : int
    folds : ndarray, (N,) int
        The number of each row's part.
    """
    parts, costs = int(folds.max()) + 1, settings.costs
    accuracies = np.empty((len(costs), parts))
    scores = np.empty((len(costs), len(folds), classes), np.float32)
    judge = balanced_accuracy if settings.weighted else accuracy
    for part in range(parts):
        held, found = folds == part, None
        trainer = trainer_for(~held)
        for i, cost in enumerate(costs):
            found = trainer.train(cost, ~held, found)
            scores[i, held] = trainer.scores(found, held)
            accuracies[i, part] = judge(scores[i, held].argmax(axis=1), y[held])
    return Validation(costs, accuracies, scores)


def accuracy(answers: np.ndarray, y: np.ndarray) -> float:
    """Return the share of right answers."""
    return float((answers == y).mean())


def balanced_accuracy(answers: np.ndarray, y: np.ndarray) -> float:
    """Return the mean recall of the classes that have rows."""
    recalls = [(answers[y == k] == k).mean() for k in np.unique(y)]
    return float(np.mean(recalls))
