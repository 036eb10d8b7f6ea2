"""Model files and checkpoints that nobody should believe, always the same ones."""

import json
from collections.abc import Iterator

import numpy as np

from edgewise import HogConfig
from edgewise.models import linear
from edgewise.models.cnn import CnnModel, Network, Normalization
from edgewise.models.cnn import model as cnn
from edgewise.models.cnn.training.settings import TrainingSettings
from edgewise.models.linear_calibration import Isotonic, Platt
from edgewise.models.linear_features import Joined, Pixels
from edgewise.models.linear_maps import AdditiveChi2, Nystroem

from .safetensors_files import (
    Named,
    cut,
    flipped,
    packed,
    parts,
    replaced,
    spoiled_arrays,
    spoiled_fields,
    spoiled_headers,
    written,
)

MODEL, CHECKPOINT = "edgewise", "edgewise-checkpoint"
SIZE = (8, 8)
CLASSES = ("ant", "bee", "cat")
CONFIG = HogConfig(cell=4, bins=3)
TRAINING = TrainingSettings(epochs=2, batch=4)
# Its weights fit whatever the size of the picture.
FREE = "conv:3:3:padding=1,batchnorm,maxpool:2,leakyrelu:0.2,globalpool,dense:classes"
FIXED = (
    "conv:4:3:padding=1:groups=1,scaledpool:2,scaledtanh,localresponsenorm:3,avgpool:2,"
    "flatten,dropout:0.25,dense:4,sigmoid,dense:classes"
)
HUGE = (
    [1, 100_000, 100_000], [3, 2**20, 2**20], [1, 2**40, 1], [1, 0, 0], [1, -8, 8], [1, 8, 8.5],
    [2, 8, 8], [1, 8], [8], [1, 8, 8, 1], [True, 8, 8], ["1", "8", "8"],
)  # fmt: skip
LAYERS = (
    "conv:3:3:padding=100000000", "conv:3:3:padding=1:stride=1000000000000", "conv:3:3:dilation=0",
    "conv:3:3:dilation=1000000000", "conv:1000000000000:3:padding=1", "conv:3:1000000000",
    "maxpool:1000000000", "maxpool:2:stride=0", "avgpool:2:padding=9", "leakyrelu:3e38",
    "leakyrelu:nan", "localresponsenorm:1000000000", "localresponsenorm:3:3e38:3e38:1e-38",
    "batchnorm:epsilon=3e38", "dropout:1", "add", "flatten", "@nothing", "[1 2; 3 4]", "relu,relu",
    "", ":", "dense:classes", "small", "mlp:9",
)  # fmt: skip


def hostile_models() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each file, some thousands.

    A name begins with ``checkpoint-`` where the file is one of a training, and
    with ``good-`` where nothing is wrong with it.
    """
    for kind, (spec, arrays) in bases().items():
        key = CHECKPOINT if kind == "checkpoint" else MODEL
        good = written(json.dumps(spec), arrays, key)
        yield f"good-{kind}.safetensors", good
        spoiled = {
            "field": spoiled_fields(spec, arrays, key),
            "array": spoiled_arrays(spec, arrays, key),
            "header": spoiled_headers(good),
            "cut": cut(good, 97),
            "flip": flipped(good, 23),
        }
        for what, files in spoiled.items():
            yield from ((f"{kind}-{what}-{name}.safetensors", own) for name, own in files)
    for name, content in _monsters():
        yield f"{name}.safetensors", content


def bases() -> dict[str, tuple[dict, dict[str, np.ndarray]]]:
    """Return description and arrays of small models that are as they should be."""
    models = {
        "logistic": _linear(12, config=CONFIG),
        "platt": _linear(12, config=CONFIG, kind="svm", calibration=_platt()),
        "isotonic": _linear(24, config=_joined(), kind="svm", channels=3, calibration=_isotonic()),
        "rbf": _linear(5, config=CONFIG, map=Nystroem(_draw(5, 12), 0.5)),
        "chi2": _linear(36, config=CONFIG, map=AdditiveChi2(12, 2)),
        "cnn": _cnn(FREE, 3),
        "lenet": _cnn(FIXED, 1),
    }
    described = {name: _described(model) for name, model in models.items()}
    return described | {"checkpoint": _checkpoint(models["cnn"].network)}


def _draw(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).uniform(-1, 1, shape).astype(np.float32)


def _linear(length: int, *, kind: str = "logistic", **others) -> linear.LinearModel:
    training = {"pictures": 9, "accuracy": 0.5, "C": 1.0, "seed": 0, "converged": True}
    return linear.LinearModel(
        _draw(3, length), _draw(3), kind, CLASSES, size=SIZE, training=training, **others
    )


def _platt() -> Platt:
    return Platt(_draw(3), _draw(3))


def _isotonic() -> Isotonic:
    points = np.array([-1, 0, 1], np.float32)
    return Isotonic((points,) * 3, (points / 4 + np.float32(0.5),) * 3)


def _joined() -> Joined:
    return Joined((CONFIG, Pixels((2, 2), 3, 0.5)))


def _cnn(chain: str, channels: int) -> CnnModel:
    network = Network.from_spec(chain, (channels, *SIZE), classes=3)
    scale = np.full(channels, 60, np.float32)
    training = {"pictures": 9, "network": chain, "settings": {"epochs": 1}, "accuracy": 0.5}
    return CnnModel(network, CLASSES, Normalization(scale + 60, scale), training)


def _described(model) -> tuple[dict, dict[str, np.ndarray]]:
    kind = "cnn" if isinstance(model, CnnModel) else "linear"
    facts, arrays = (cnn if kind == "cnn" else linear).describe(model)
    return {"format": 1, "type": kind, **facts, "versions": {"edgewise": "1"}}, arrays


def _checkpoint(network: Network) -> tuple[dict, dict[str, np.ndarray]]:
    """Return a checkpoint of the first epoch of a training with the settings `TRAINING`."""
    states = {f"state.{name}": array for name, array in network.state.items()}
    best = {f"best.{name}": array for name, array in {"vector": network.vector, **states}.items()}
    memory = {"memory.velocity": np.zeros_like(network.vector)}
    row = {
        "epoch": 1, "loss": 1.0, "accuracy": 0.5, "rate": 0.01, "validation_loss": None,
        "validation_accuracy": None, "seconds": 0.5,
    }  # fmt: skip
    facts = {
        "settings": TRAINING.to_dict(), "given": {"network": network.to_dict()},
        "epochs": [row], "best": 1, "stopped": False, "steps": 2,
    }  # fmt: skip
    return facts, {"vector": network.vector, **states, **best, **memory}


def _monsters() -> Named:
    """Yield files that ask for more than they hold, or that are none at all."""
    spec, arrays = _described(_cnn(FREE, 3))
    gray, own = _described(_cnn(FREE, 1))
    for number, shape in enumerate(HUGE):
        changed, room = (spec, arrays) if shape[0] == 3 else (gray, own)
        text = replaced(changed, ("network", "input"), json.dumps(shape))
        yield f"cnn-input-{number}", written(text, room, MODEL)
    for place in (0, 2, 3):
        for number, layer in enumerate(LAYERS):
            text = replaced(spec, ("network", "nodes", place, "layer"), json.dumps(layer))
            yield f"cnn-layer-{place}-{number}", written(text, arrays, MODEL)
    yield from _endless_lists(spec, arrays)
    yield from _large_pictures()
    header, data = parts(written(json.dumps(spec), arrays, MODEL))
    yield "long-header", packed(header + b" " * 20_000_000, data)
    yield "picture", b"\x89PNG\r\n\x1a\n" + bytes(200)
    yield "zeros", bytes(4096)
    yield "words", b"Dear model,\n" * 50


def _endless_lists(spec: dict, arrays: dict[str, np.ndarray]) -> Named:
    long = json.dumps(["x" * 10_000_000, "b", "c"])
    yield "cnn-classes-long", written(replaced(spec, ("classes",), long), arrays, MODEL)
    many = json.dumps([str(k) for k in range(200_000)])
    yield "cnn-classes-many", written(replaced(spec, ("classes",), many), arrays, MODEL)
    first = spec["network"]["nodes"][3]
    more = [{**first, "name": f"n{k}", "owner": f"n{k}"} for k in range(60_000)]
    nodes = json.dumps(spec["network"]["nodes"] + more)
    yield "cnn-nodes-many", written(replaced(spec, ("network", "nodes"), nodes), arrays, MODEL)


def _large_pictures() -> Named:
    """Yield linear models whose few weights are of a picture beyond all memory."""
    spec, arrays = _described(_linear(12, config=CONFIG))
    for side in (100_000, 2**31, 2**40):
        cells = {**CONFIG.to_dict(), "cell": [side // 2] * 2}
        changed = {**spec, "size": [side, side], "hog": cells}
        yield f"linear-size-{side}", written(json.dumps(changed), arrays, MODEL)
        grid = Pixels((2, 2), 3).to_dict()
        changed = {**spec, "size": [side, side], "hog": {"joined": [grid]}}
        yield f"pixels-size-{side}", written(json.dumps(changed), arrays, MODEL)
