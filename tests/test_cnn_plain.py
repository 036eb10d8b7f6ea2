"""Networks in NumPy alone: the same answers as the loops give, and without Numba."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise.images import write_image
from edgewise.models.cnn import (
    Add,
    BatchNorm,
    CnnModel,
    Conv,
    Dense,
    GlobalPool,
    Network,
    Normalization,
    Relu,
    plain,
)
from edgewise.models.cnn.architectures import ARCHITECTURES
from edgewise.models.cnn.layers import LAYERS
from edgewise.models.cnn.training.shards import scores_of, working
from edgewise.models.files import save_model
from edgewise.models.probabilities import softmax

TEXTS = [
    "conv:7",
    "conv:4:1:stride=3",
    "conv:4:3/5:stride=2/1:padding=1/2",
    "conv:6:3:dilation=2:padding=2",
    "conv:6:3:groups=2:padding=same",
    "conv:8:3:groups=4:stride=2:bias=no",
    "conv:4:3:padding=full:bias=no:stride=2",
    "conv:4:4:stride=3:dilation=2:padding=3",
    "conv:3:2:padding=0/1/2/0",
    "conv:3:3:padding=12",
    "maxpool:2",
    "maxpool:1",
    "maxpool:3:stride=2:padding=1",
    "maxpool:3:stride=2:ceil=yes",
    "avgpool:2",
    "avgpool:3:stride=2:padding=1:count_padding=yes",
    "avgpool:3:stride=2:ceil=yes:padding=1",
    "globalpool",
    "globalpool:max",
    "scaledpool",
    "scaledpool:3/2",
    "flatten,dense:7",
    "flatten,dense:7:bias=no",
    "relu",
    "leakyrelu:0.2",
    "sigmoid",
    "tanh",
    "scaledtanh",
    "batchnorm",
    "localresponsenorm:4:alpha=0.3:beta=0.6:k=1",
    "dropout:0.3",
]


def filled(network: Network, seed: int = 1) -> Network:
    """Return a network whose weights and averages are all drawn by chance."""
    random = np.random.default_rng(seed)
    for name, array in (network.parameters | network.state).items():
        spread = 1 / np.sqrt(max(1, array[0].size))
        array[...] = random.normal(0, spread, array.shape)
        if name.endswith("variance"):
            array[...] = random.uniform(0.5, 2, array.shape)
    return network


def assert_alike(network: Network, count: int, seed: int = 2) -> None:
    x = np.random.default_rng(seed).normal(size=(count, *network.input_shape)).astype(np.float32)
    found = plain.forward(network, np.moveaxis(x, 0, -1))
    assert found.dtype == np.float32
    assert_allclose(np.moveaxis(found, -1, 0), network.forward(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("text", TEXTS)
def test_a_layer(text):
    assert_alike(filled(Network.from_spec(text, (4, 9, 11))), 3)


def test_every_kind_of_layer_is_tried():
    tried = {text.split(":")[0] for line in TEXTS for text in line.split(",")}
    assert tried | {"add"} == set(LAYERS)


@settings(deadline=None, max_examples=40)
@given(
    st.tuples(st.integers(1, 4), st.integers(3, 12), st.integers(3, 12)),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(0, 4),
    st.integers(1, 5),
)
def test_any_window(shape, size, stride, dilation, padding, count):
    if dilation * (size - 1) + 1 > 2 * padding + min(shape[1:]):
        return
    text = f"conv:5:{size}:stride={stride}:dilation={dilation}:padding={padding}"
    assert_alike(filled(Network.from_spec(text, shape)), count)
    pool = f"{size}:stride={stride}:padding={min(padding, size // 2)}:ceil=yes"
    for kind in ("maxpool", "avgpool"):
        assert_alike(Network.from_spec(f"{kind}:{pool}", shape), count)


def test_branches_and_shared_weights():
    network = Network((2, 6, 7))
    first = network.add(Conv(4, padding=1))
    second = network.add(Conv(4, padding=1), "input", share=first)
    network.add(Add(), first, second)
    for layer in (BatchNorm(), Relu(), GlobalPool(), Dense(3)):
        network.add(layer)
    assert_alike(filled(network), 4)


def test_nan_wins_a_maximum():
    x = np.array([0, np.nan, 3, 2, 1, 0, -1, 5], np.float32).reshape(1, 2, 4, 1)
    found = plain.forward(Network.from_spec("maxpool:2", (1, 2, 4)), x)
    assert_array_equal(found[0, 0, :, 0], [np.nan, 5])


SHAPES = {"alexnet": (3, 67, 67), "quick": (3, 16, 16), "mlp": (1, 12, 12), "small": (3, 17, 13)}


def model_of(name: str) -> CnnModel:
    shape = SHAPES.get(name, (1, 28, 28))
    network = filled(Network.from_spec(name.replace("mlp", "mlp:20:10"), shape, classes=3))
    normal = Normalization(*(np.full(shape[0], value, np.float32) for value in (120, 60)))
    return CnnModel(network, ("a", "b", "c"), normal)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_an_architecture(name):
    model = model_of(name)
    channels, height, width = model.network.input_shape
    images = np.random.default_rng(0).integers(0, 256, (2, height, width, channels), np.uint8)
    with working(1) as workers:
        expected = scores_of(model.network, images, model.normalization, workers)
    found = plain.scores_of(model.network, images, model.normalization)
    assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    assert_array_equal(model.judge_images(images), softmax(found))


def test_much_work_goes_to_the_loops(monkeypatch):
    model = model_of("mlp")
    images = np.random.default_rng(0).integers(0, 256, (40, 12, 12), np.uint8)
    with working(1) as workers:
        scores = scores_of(model.network, images[..., None], model.normalization, workers)
    monkeypatch.setattr("edgewise.models.cnn.model.FEW_STEPS", 40 * plain.work(model.network))
    assert_array_equal(model.judge_images(images), softmax(scores))


def test_the_work_of_a_network():
    # 8 filters of 3 * 3 * 3 weights at 6 * 6 places, a step for each number
    # rectified, 4 for each of 3 * 3 maxima in 8 channels, and 72 * 2 weights.
    network = Network.from_spec("conv:8,relu,maxpool:2,flatten,dense:2", (3, 8, 8))
    assert plain.work(network) == 8 * 27 * 36 + 8 * 36 + 8 * 9 * 4 + 72 + 144


PROGRAM = """
import sys
from edgewise.cli.main import run
assert run(["predict", "m.safetensors", "one.png", "--json"]) == 0
assert not {"numba", "scipy", "sklearn", "matplotlib"} & set(sys.modules), sorted(sys.modules)
"""


@pytest.mark.parametrize("name", ["lenet5", "small", "quick"])
def test_one_picture_never_loads_numba_and_threads_change_nothing(name, tmp_path):
    model = model_of(name)
    save_model(tmp_path / "m.safetensors", model)
    picture = np.random.default_rng(0).integers(0, 256, (31, 35, 3), np.uint8)
    write_image(tmp_path / "one.png", picture)
    said = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, check=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
        ).stdout
        for threads in ("1", "2")
    ]  # fmt: skip
    assert b'"label"' in said[0]
    assert said[0] == said[1]
