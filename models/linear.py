"""A linear classifier: one weight for each class and each value of a vector."""

from dataclasses import dataclass, field

import numpy as np

from ..features.config import HogConfig
from ..features.extract import prepare
from ..features.hog import hog_batch
from ..images.errors import DataError

KINDS = ("logistic", "svm")


@dataclass(frozen=True, eq=False)
class LinearModel:
    """A trained linear classifier and all it needs to judge raw pictures.

    Parameters
    ----------
    weights : ndarray, (classes, n) float32
        One row a class, with two classes too.
    bias : ndarray, (classes,) float32
    kind : {'logistic', 'svm'}
        Logistic regression has probabilities, a support vector machine only
        scores.
    classes : tuple of str
    config : HogConfig
        How the vectors were made.
    size : (int, int)
        Rows and columns that pictures are resized to.
    channels : int
        1 if pictures are made gray, 3 if colour is kept.
    training : dict
        What is known of the training: number of pictures, accuracy, C, seed.
    """

    weights: np.ndarray
    bias: np.ndarray
    kind: str
    classes: tuple[str, ...]
    config: HogConfig
    size: tuple[int, int]
    channels: int = 1
    training: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        wanted = (len(self.classes), self.config.length(*self.size))
        if self.weights.shape != wanted or self.bias.shape != wanted[:1]:
            raise DataError(
                f"weights of shape {self.weights.shape} do not fit {wanted[0]} classes and "
                f"vectors of {wanted[1]} values"
            )
        if self.kind not in KINDS:
            raise DataError(f'no kind of linear model "{self.kind}"; there are {", ".join(KINDS)}')

    def decide(self, X: np.ndarray) -> np.ndarray:
        """Return the score of every class, (N, classes) float32; the greatest wins."""
        return X @ self.weights.T + self.bias

    def prepare(self, image: np.ndarray) -> np.ndarray:
        """Return any picture as HoG wants it, of the model's size."""
        return prepare(image, size=self.size, channels=self.channels)

    def judge_images(self, images: np.ndarray) -> np.ndarray:
        """Return what `judge` says of prepared pictures (N, H, W[, C])."""
        return self.judge(hog_batch(images, self.config))

    def judge(self, X: np.ndarray) -> np.ndarray:
        """Return the probability of every class, or the scores of an SVM.

        Parameters
        ----------
        X : ndarray, (N, n) float32

        Returns
        -------
        ndarray, (N, classes) float32
            For logistic regression every row sums to 1.
        """
        scores = self.decide(X)
        if self.kind == "svm":
            return scores
        # The greatest score is taken off so that exp cannot overflow.
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        return raised / raised.sum(axis=1, keepdims=True)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the number of the winning class of every row, (N,) int."""
        return self.decide(X).argmax(axis=1)

    @property
    def measure(self) -> str:
        """What `judge` gives: ``probability`` or ``score``."""
        return "score" if self.kind == "svm" else "probability"


def describe(model: LinearModel) -> tuple[dict, dict[str, np.ndarray]]:
    """Return what a model file holds of a model: facts for JSON, and arrays."""
    facts = {
        "kind": model.kind,
        "classes": list(model.classes),
        "size": list(model.size),
        "channels": model.channels,
        "hog": model.config.to_dict(),
        "training": model.training,
    }
    return facts, {"weights": model.weights, "bias": model.bias}


def rebuild(facts: dict, arrays: dict[str, np.ndarray]) -> LinearModel:
    """Return the model that `describe` described.

    Raises
    ------
    KeyError, TypeError, ValueError
        If something is missing or makes no sense.
    """
    weights, bias = arrays["weights"], arrays["bias"]
    for array in (weights, bias):
        if array.dtype != np.float32 or not np.isfinite(array).all():
            raise ValueError("its weights are not finite float32 numbers")
    rows, columns = facts["size"]
    classes = tuple(str(name) for name in facts["classes"])
    if len(set(classes)) < 2 or facts["channels"] not in (1, 3):
        raise ValueError("its classes or channels make no sense")
    return LinearModel(
        weights=weights,
        bias=bias,
        kind=facts["kind"],
        classes=classes,
        config=HogConfig.from_dict(facts["hog"]),
        size=(int(rows), int(columns)),
        channels=facts["channels"],
        training=dict(facts["training"]),
    )
