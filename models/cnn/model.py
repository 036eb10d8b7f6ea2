"""A trained network and all it needs to judge raw pictures."""

from dataclasses import dataclass, field

import numpy as np

from ...images.errors import DataError
from ..pictures import as_network_sees
from . import plain
from .losses import softmax
from .network import Network
from .spec import from_dict, to_dict
from .training.batches import Normalization
from .training.checking import checked_images
from .training.shards import scores_of, working

# Below this NumPy alone judges: 2e8 steps take it 20 to 100 ms, loading the
# loops 400 ms. By the work alone, so that the same pictures give the same bytes.
FEW_STEPS = 200_000_000


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
        if len(self.network.input_shape) != 3 or self.channels not in (1, 3):
            raise DataError(
                f"the network takes {self.network.input_shape}; a model of pictures takes (1, H, "
                "W) or (3, H, W)"
            )
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

        Raises
        ------
        DataError
            If the images are of another size, colour or dtype; see `prepare`.
        """
        images = checked_images(self.network, images)
        if len(images) * plain.work(self.network) < FEW_STEPS:
            return softmax(plain.scores_of(self.network, images, self.normalization))
        with working(threads) as workers:
            scores = scores_of(self.network, images, self.normalization, workers)
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
    return facts, _arrays(model.network)


def _arrays(network: Network) -> dict[str, np.ndarray]:
    states = {f"state.{name}": array for name, array in network.state.items()}
    return network.parameters | states


def rebuild(facts: dict, arrays: dict[str, np.ndarray]) -> CnnModel:
    """Return the model that `describe` described.

    Raises
    ------
    KeyError, TypeError, ValueError
        If something is missing or makes no sense.
    """
    network = from_dict(facts["network"], {name: a.shape for name, a in arrays.items()})
    _fill(network, arrays)
    classes = facts["classes"]
    if not isinstance(classes, list) or len(set(classes)) < len(classes):
        raise ValueError("its classes are no list of different names")
    names = tuple(str(name) for name in classes)
    return CnnModel(network, names, _normalization(facts, network), dict(facts["training"]))


def _fill(network: Network, arrays: dict[str, np.ndarray]) -> None:
    places = _arrays(network)
    for name in (*places, *arrays):
        if name not in arrays:
            raise ValueError(f"{name} is missing")
        if name not in places:
            raise ValueError(f"{name} is none of the network's arrays")
        found, place = arrays[name], places[name]
        if found.shape != place.shape or found.dtype != np.float32:
            raise ValueError(f"{name} is not of the network's shape and float32")
        if not np.isfinite(found).all():
            raise ValueError(f"{name} holds NaN or infinity")
        if name.endswith(".variance") and found.min() < 0:
            raise ValueError(f"{name} holds negative numbers")
        place[...] = found


def _normalization(facts: dict, network: Network) -> Normalization:
    mean, deviation = (np.array(facts[name], np.float32) for name in ("mean", "deviation"))
    for values in (mean, deviation):
        if values.shape != network.input_shape[:1] or not np.isfinite(values).all():
            raise ValueError("its normalization does not fit the network")
    if deviation.min() <= 0:
        raise ValueError("its normalization divides by 0")
    return Normalization(mean, deviation)
