"""A trained network and all it needs to judge raw pictures."""

from dataclasses import dataclass, field

import numpy as np

from ...compiled.threads import at_most_threads
from ...images.errors import DataError
from ..fields import class_names, finite, mapping, picture_size, positive, told
from ..pictures import as_network_sees
from ..probabilities import softmax
from .activity import check_pictures
from .network import Network
from .spec import from_dict, to_dict
from .training.batches import Normalization
from .training.checking import checked_images
from .training.shards import scores_of


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
        check_pictures(self.network)

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
            NaN where the network's numbers grow too large to be computed with.

        Raises
        ------
        DataError
            If the images are of another size, colour or dtype; see `prepare`.
        """
        images = checked_images(self.network, images)
        with np.errstate(all="ignore"), at_most_threads(threads):
            return softmax(scores_of(self.network, images, self.normalization))


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
    network = _network(facts["network"], arrays)
    _fill(network, arrays)
    names, normal = class_names(facts["classes"]), _normalization(facts, network)
    return CnnModel(network, names, normal, told(facts["training"]))


def _network(description: dict, arrays: dict[str, np.ndarray]) -> Network:
    shape = mapping(description, "network")["input"]
    if not isinstance(shape, list) or len(shape) != 3:
        raise ValueError("its network does not take pictures: input is no list of three numbers")
    if isinstance(shape[0], bool) or shape[0] not in (1, 3):
        raise ValueError("its network takes pictures of neither 1 nor 3 channels")
    picture_size(shape[1:], "the network's input")
    return from_dict(description, {name: array.shape for name, array in arrays.items()})


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
    for name, check in (("mean", finite), ("deviation", positive)):
        if not isinstance(facts[name], list) or len(facts[name]) != network.input_shape[0]:
            raise ValueError("its normalization does not fit the network")
        for value in facts[name]:
            check(value, f"{name} of the normalization")
    return Normalization(
        np.array(facts["mean"], np.float32), np.array(facts["deviation"], np.float32)
    )
