"""A linear classifier: one weight for each class and each value of a vector."""

from dataclasses import dataclass, field

import numpy as np

from ..features.preparation import prepare
from ..images.errors import DataError
from .fields import class_names, mapping, picture_size, told
from .linear_calibration import Calibration, calibration_from_dict
from .linear_features import Features, compute, features_from_dict
from .linear_maps import KernelMap, Nystroem, map_from_dict
from .linear_rows import Rows, blocks
from .probabilities import softmax

KINDS = ("logistic", "svm")


@dataclass(frozen=True, eq=False)
class LinearModel:
    """A trained linear classifier and all it needs to judge raw pictures.

    Parameters
    ----------
    weights : ndarray, (classes, n) float32
        One row a class, with two classes too; with a kernel map one weight
        for each value it gives.
    bias : ndarray, (classes,) float32
    kind : {'logistic', 'svm'}
        Logistic regression has probabilities, a support vector machine only
        scores.
    classes : tuple of str
    config : HogConfig or Joined
        How the vectors were made.
    size : (int, int)
        Rows and columns that pictures are resized to.
    channels : int
        1 if pictures are made gray, 3 if colour is kept.
    training : dict
        What is known of the training: number of pictures, accuracy, C, seed.
    map : Nystroem or AdditiveChi2, optional
        What is done to vectors first.
    calibration : Platt or Isotonic, optional
        How scores become probabilities; without it, by the softmax for
        logistic regression, and not at all for an SVM. One logistic regression
        for each class against the rest is calibrated by its own curve.
    """

    weights: np.ndarray
    bias: np.ndarray
    kind: str
    classes: tuple[str, ...]
    config: Features
    size: tuple[int, int]
    channels: int = 1
    training: dict = field(default_factory=dict)
    map: KernelMap | None = None
    calibration: Calibration | None = None

    def __post_init__(self) -> None:
        length = self.config.length(*self.size)
        if self.map is not None and self.map.source != length:
            raise DataError(f"a kernel map of {self.map.source} values does not fit {length}")
        wanted = (len(self.classes), length if self.map is None else self.map.length)
        if self.weights.shape != wanted or self.bias.shape != wanted[:1]:
            raise DataError(
                f"weights of shape {self.weights.shape} do not fit {wanted[0]} classes and "
                f"vectors of {wanted[1]} values"
            )
        if self.kind not in KINDS:
            raise DataError(f'no kind of linear model "{self.kind}"; there are {", ".join(KINDS)}')

    def decide(self, X: Rows) -> np.ndarray:
        """Return the score of every class, (N, classes) float32; the greatest wins."""
        scores = np.empty((len(X), len(self.classes)), np.float32)
        # Scores beyond all numbers are for whoever reads them to refuse.
        with np.errstate(all="ignore"):
            # Block by block: X may be larger than memory, and so would be its map.
            for part in blocks(X):
                rows = X[part] if self.map is None else self.map.apply(X[part])
                scores[part] = rows @ self.weights.T + self.bias
        return scores

    def prepare(self, image: np.ndarray) -> np.ndarray:
        """Return any picture as HoG wants it, of the model's size."""
        return prepare(image, size=self.size, channels=self.channels, fit=self.config.fit)

    def judge_images(self, images: np.ndarray) -> np.ndarray:
        """Return what `judge` says of prepared pictures (N, H, W[, C])."""
        with np.errstate(all="ignore"):
            return self.judge(compute(self.config, images))

    def judge(self, X: Rows) -> np.ndarray:
        """Return the probability of every class, or the scores of an SVM without calibration.

        Parameters
        ----------
        X : ndarray, (N, n) float32

        Returns
        -------
        ndarray, (N, classes) float32
            Rows of probabilities sum to 1. NaN or infinity where the vector, or the
            weights, are too large to be computed with.
        """
        scores = self.decide(X)
        with np.errstate(all="ignore"):
            if self.calibration is not None:
                return self.calibration.apply(scores)
            return scores if self.kind == "svm" else softmax(scores)

    def predict(self, X: Rows) -> np.ndarray:
        """Return the number of the winning class of every row, (N,) int."""
        return self.judge(X).argmax(axis=1)

    @property
    def measure(self) -> str:
        """What `judge` gives: ``probability`` or ``score``."""
        return "score" if self.kind == "svm" and self.calibration is None else "probability"


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
    arrays = {"weights": model.weights, "bias": model.bias}
    if model.map is not None:
        facts["map"] = model.map.to_dict()
        if isinstance(model.map, Nystroem):
            arrays["landmarks"] = model.map.landmarks
    if model.calibration is not None:
        facts["calibration"], more = model.calibration.describe()
        arrays |= more
    return facts, arrays


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
    classes = class_names(facts["classes"])
    if facts["channels"] not in (1, 3):
        raise ValueError("its channels make no sense")
    return LinearModel(
        weights=weights,
        bias=bias,
        kind=facts["kind"],
        classes=classes,
        config=features_from_dict(mapping(facts["hog"], "hog")),
        size=picture_size(facts["size"]),
        channels=int(facts["channels"]),
        training=told(facts["training"]),
        **_after_training(facts, arrays, len(classes)),
    )


def _after_training(facts: dict, arrays: dict[str, np.ndarray], classes: int) -> dict:
    """Return the map and the calibration, of which older files know nothing."""
    found: dict = {}
    if "map" in facts:
        found["map"] = map_from_dict(mapping(facts["map"], "map"), arrays)
    if "calibration" in facts:
        settings = mapping(facts["calibration"], "calibration")
        found["calibration"] = calibration_from_dict(settings, arrays, classes)
    return found
