"""How good a classifier's answers are."""

from dataclasses import dataclass

import numpy as np

from ..features.table import FeatureTable
from ..images.errors import DataError
from .intervals import mean_interval, wilson
from .linear import LinearModel

UNJUDGED = "the model gives no finite number for it; its values or the weights are too large"
NOTHING = "there is no picture to judge the model by; give labelled pictures that can be read"


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Answers counted against the truth.

    Parameters
    ----------
    classes : tuple of str
    confusion : ndarray, (classes, classes) int
        Rows are the truth, columns the answers.
    """

    classes: tuple[str, ...]
    confusion: np.ndarray

    @property
    def count(self) -> int:
        """Number of pictures."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """Share of right answers."""
        return float(np.trace(self.confusion) / self.count)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy, by Wilson (1927)."""
        return wilson(self.accuracy, self.count)

    @property
    def balanced_accuracy(self) -> float:
        """Mean recall of the classes that have pictures."""
        return float(self.recall[self.support > 0].mean())

    @property
    def balanced_interval(self) -> tuple[float, float]:
        """The 95 % interval of the balanced accuracy."""
        there = self.support > 0
        return mean_interval(self.recall[there], self.support[there])

    @property
    def support(self) -> np.ndarray:
        """Number of pictures of each class."""
        return self.confusion.sum(axis=1)

    @property
    def precision(self) -> np.ndarray:
        """Share of right ones among the answers of each class; 0 where there are none."""
        return _ratio(np.diag(self.confusion), self.confusion.sum(axis=0))

    @property
    def recall(self) -> np.ndarray:
        """Share of each class's pictures that were found; 0 where there are none."""
        return _ratio(np.diag(self.confusion), self.support)

    @property
    def f1(self) -> np.ndarray:
        """Harmonic mean of precision and recall; 0 where both are 0."""
        return _ratio(2 * self.precision * self.recall, self.precision + self.recall)

    def to_dict(self) -> dict:
        """Return everything as numbers and lists, ready for JSON."""
        columns = zip(self.precision, self.recall, self.f1, self.support, strict=True)
        return {
            "count": self.count,
            "accuracy": self.accuracy,
            "accuracy_95": list(self.interval),
            "balanced_accuracy": self.balanced_accuracy,
            "balanced_accuracy_95": list(self.balanced_interval),
            "classes": {
                name: {"precision": float(p), "recall": float(r), "f1": float(f), "support": int(s)}
                for name, (p, r, f, s) in zip(self.classes, columns, strict=True)
            },
            "confusion": self.confusion.tolist(),
        }


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.zeros(len(above)), where=below > 0)


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says of labelled pictures.

    Parameters
    ----------
    names : tuple of str
    truth : ndarray of int, (N,)
        Places in `classes`.
    values : ndarray, (N, classes)
        Probabilities, or scores; the greatest wins.
    classes : tuple of str
    measure : {'probability', 'score'}

    Raises
    ------
    DataError
        If there is no picture, or a value is no finite number.
    """

    names: tuple[str, ...]
    truth: np.ndarray
    values: np.ndarray
    classes: tuple[str, ...]
    measure: str

    def __post_init__(self) -> None:
        if not self.names:
            raise DataError(NOTHING)
        finite = np.isfinite(self.values).all(axis=1)
        if not finite.all():
            raise DataError(f"{self.names[int(finite.argmin())]}: {UNJUDGED}")

    @property
    def evaluation(self) -> Evaluation:
        """The answers counted."""
        return count_answers(self.classes, self.truth, self.values.argmax(axis=1))


def evaluate(model: LinearModel, table: FeatureTable) -> Evaluation:
    """Count a model's answers for labelled vectors.

    Parameters
    ----------
    model : LinearModel
    table : FeatureTable
        With labels, and made with the model's HoG settings.

    Raises
    ------
    DataError
        If the labels are missing or unknown to the model, or the vectors were
        made with other settings.
    """
    return count_answers(model.classes, truth_of(model, table), model.predict(table.X))


def truth_of(model: LinearModel, table: FeatureTable) -> np.ndarray:
    """Return the labels of vectors as places in the model's classes, (N,) int.

    Raises
    ------
    DataError
        As `evaluate` does.
    """
    check_settings(model, table)
    if table.labels is None:
        raise DataError("the pictures have no labels to compare with; give a folder per class")
    number = {name: i for i, name in enumerate(model.classes)}
    if unknown := [name for name in table.classes if name not in number]:
        raise DataError(
            f'the class "{unknown[0]}" was not learned; the classes are {", ".join(model.classes)}'
        )
    return np.array([number[label] for label in table.labels])


def count_answers(classes: tuple[str, ...], truth: np.ndarray, answers: np.ndarray) -> Evaluation:
    """Count answers against the truth, both places in `classes`, (N,) int.

    Raises
    ------
    DataError
        If there is no picture.
    """
    if not len(truth):
        raise DataError(NOTHING)
    confusion = np.zeros((len(classes),) * 2, np.int64)
    np.add.at(confusion, (truth, answers), 1)
    return Evaluation(classes, confusion)


def check_settings(model: LinearModel, table: FeatureTable) -> None:
    """Raise DataError if vectors were made otherwise than the model's."""
    made, wanted = _settings(table), _settings(model)
    if model.channels == 3:
        # Gray pictures among coloured ones are as they should be.
        made["colour"] = wanted["colour"]
    different = [
        f"{name} is {made.get(name)}, the model's {wanted[name]}"
        for name in wanted
        if made.get(name) != wanted[name]
    ]
    if different:
        raise DataError(
            f"the features were made with other settings: {'; '.join(different)}; "
            "extract them again, or give the pictures themselves"
        )


def _settings(made: LinearModel | FeatureTable) -> dict:
    rows, columns = made.size
    colour = "gray" if made.channels == 1 else "kept"
    return {**made.config.to_dict(), "size": f"{columns}x{rows}", "colour": colour}
