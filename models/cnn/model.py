"""A trained network and all it needs to judge raw pictures."""

from dataclasses import dataclass, field

import numpy as np

from ...images.errors import DataError
from ..pictures import as_network_sees
from .losses import softmax
from .network import Network
from .spec import from_dict, to_dict
from .training.batches import Normalization, with_channels
from .training.shards import scores_of, working


@dataclass(frozen=True, eq=False)
class CnnModel:
    """A trained network.

    Parameters
    ----------
    network : Network
    classes : tuple of str
    normalization : Normalization
        Of the training set.
    training : dict
        What is known of the training: number of pictures, settings, scores.
    """

    network: Network
    classes: tuple[str, ...]
    normalization: Normalization
    training: dict = field(default_factory=dict)

    measure = "probability"

    def __post_init__(self) -> None:
        if self.network.output_shape != (len(self.classes),):
            raise DataError(
                f"the network's output {self.network.output_shape} does not fit "
                f"{len(self.classes)} classes"
            )

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns that pictures are resized to."""
        return self.network.input_shape[1], self.network.input_shape[2]

    @property
    def channels(self) -> int:
        """1 if pictures are made gray, 3 if they are in colour."""
        return self.network.input_shape[0]

    def prepare(self, image: np.ndarray) -> np.ndarray:
        """Return any picture as the network sees it, (H, W, C) uint8."""
        return as_network_sees(image, self.size, self.channels)

    def judge_images(self, images: np.ndarray, *, threads: int | None = None) -> np.ndarray:
        """Return the probability of every class.

        Parameters
        ----------
        images : ndarray, (N, H, W[, C]) uint8
            Of the network's size and colour.
        threads : int, optional
            One a core when left out.

        Returns
        -------
        ndarray, (N, classes) float32
        """
        with working(threads) as workers:
            scores = scores_of(self.network, with_channels(images), self.normalization, workers)
        return softmax(scores)


def describe(model: CnnModel) -> tuple[dict, dict[str, np.ndarray]]:
    """Return what a model file holds of a model: facts for JSON, and arrays."""
    facts = {
        "classes": list(model.classes),
        "network": to_dict(model.network),
        "mean": [float(value) for value in model.normalization.mean],
        "deviation": [float(value) for value in model.normalization.deviation],
        "training": model.training,
    }
    arrays = dict(model.network.parameters)
    return facts, arrays | {f"state.{name}": a for name, a in model.network.state.items()}


def rebuild(facts: dict, arrays: dict[str, np.ndarray]) -> CnnModel:
    """Return the model that `describe` described.

    Raises
    ------
    KeyError, TypeError, ValueError
        If something is missing or makes no sense.
    """
    network = from_dict(facts["network"])
    places = dict(network.parameters)
    places |= {f"state.{name}": array for name, array in network.state.items()}
    if set(places) != set(arrays):
        raise ValueError("its arrays are not those of its network")
    for name, place in places.items():
        found = arrays[name]
        if found.shape != place.shape or found.dtype != np.float32:
            raise ValueError(f"{name} is not of the network's shape")
        if not np.isfinite(found).all():
            raise ValueError(f"{name} holds NaN or infinity")
        place[...] = found
    scale = [np.array(facts[name], np.float32) for name in ("mean", "deviation")]
    if any(values.shape != network.input_shape[:1] for values in scale):
        raise ValueError("its normalization does not fit the network")
    classes = tuple(str(name) for name in facts["classes"])
    return CnnModel(network, classes, Normalization(*scale), dict(facts["training"]))
