"""Layers, whole networks, losses and optimizers against what PyTorch 2.13 computed.

make_cnn_reference.py, which wrote the arrays, says how they are named.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from edgewise.models.cnn import (
    Add,
    Conv,
    Dense,
    GlobalPool,
    Network,
    Relu,
    mean_squared_error,
    softmax_cross_entropy,
)
from edgewise.models.cnn.training.optimizers import AdamW, Sgd

PATH = Path(__file__).with_name("cnn_reference.npz")
TIGHT = {"rtol": 1e-9, "atol": 1e-11}


@cache
def reference():
    """Return {kind: {case: {key: array}}}, what was stored as float16 in float64."""
    found = {}
    with np.load(PATH) as file:
        for name in file.files:
            kind, case, key = name.split("/", 2)
            array = file[name]
            array = array.astype(np.float64) if array.dtype == np.float16 else array
            found.setdefault(kind, {}).setdefault(case, {})[key] = array
    return found


def under(case, prefix):
    """Return the arrays of one kind: parameters, gradients, states."""
    return {k.removeprefix(prefix): v for k, v in case.items() if k.startswith(prefix)}


def cases(kind):
    return [pytest.param(case, id=name) for name, case in reference()[kind].items()]


def give(case, network, prefix=""):
    """Fill a network with a case's weights and statistics."""
    for kind, arrays in (("parameter/", network.parameters), ("state/", network.state)):
        stored = under(case, kind)
        assert [prefix + key for key in stored] == list(arrays)
        for key, array in stored.items():
            arrays[prefix + key][...] = array


def check_gradients(case, network, dx, prefix=""):
    assert_allclose(dx, case["dx"], **TIGHT)
    for key, gradient in under(case, "gradient/").items():
        assert_allclose(network.gradients[prefix + key], gradient, **TIGHT, err_msg=key)
    for key, array in under(case, "new_state/").items():
        assert_allclose(network.state[prefix + key], array, **TIGHT, err_msg=key)


@pytest.mark.parametrize("case", cases("layer"))
def test_layer(case):
    network = Network.from_spec(str(case["text"]), case["x"].shape[1:], dtype=np.float64)
    prefix = f"{network.nodes[0].name}."
    give(case, network, prefix)
    y = network.forward(case["x"], training=bool(case["training"]))
    assert_allclose(y, case["y"], **TIGHT)
    network.clear_gradients()
    check_gradients(case, network, network.backward(case["dy"]), prefix)


def branches(input_shape):
    """Return what make_cnn_reference.py calls Branches."""
    network = Network(input_shape, dtype=np.float64)
    first = network.add(Conv(4, padding=1))
    second = network.add(Conv(4, padding=1))
    network.add(Add(), second, first)
    for layer in (Relu(), GlobalPool(), Dense(5)):
        network.add(layer)
    return network


@pytest.mark.parametrize("case", cases("network"))
def test_network(case):
    text, shape = str(case["text"]), case["x"].shape[1:]
    network = Network.from_spec(text, shape, dtype=np.float64) if text else branches(shape)
    give(case, network)
    scores = network.forward(case["x"], training=True)
    assert_allclose(scores, case["scores"], **TIGHT)
    loss, upper = softmax_cross_entropy(scores, case["labels"])
    assert_allclose(loss, case["loss"], rtol=1e-12)
    network.clear_gradients()
    check_gradients(case, network, network.backward(upper))


@pytest.mark.parametrize("name", ["cross_entropy", "cross_entropy_smoothing"])
def test_cross_entropy(name):
    case = reference()["loss"][name]
    smoothing = float(case["smoothing"])
    loss, gradient = softmax_cross_entropy(case["scores"], case["labels"], smoothing=smoothing)
    assert_allclose(loss, case["loss"], rtol=1e-12)
    assert_allclose(gradient, case["gradient"], **TIGHT)


def test_mean_squared_error():
    case = reference()["loss"]["mean_squared_error"]
    loss, gradient = mean_squared_error(case["y"], case["target"])
    assert_allclose(loss, case["loss"], rtol=1e-12)
    assert_allclose(gradient, case["gradient"], **TIGHT)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("sgd", lambda: Sgd(momentum=0.9, nesterov=False)),
        ("nesterov", lambda: Sgd(momentum=0.9, nesterov=True)),
        ("adamw", AdamW),
    ],
)
def test_optimizer(name, make):
    case, optimizer = reference()["optimizer"][name], make()
    vector = case["start"].copy()
    decay = np.full(vector.shape, case["decay"])
    for gradient, place in zip(case["gradients"], case["places"], strict=True):
        optimizer.step(vector, gradient, float(case["rate"]), decay)
        assert_allclose(vector, place, rtol=1e-12)
