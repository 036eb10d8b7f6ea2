"""Layers against central differences, and on both sides of their loops' limits."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise.filters import apply
from edgewise.images.errors import EdgewiseError
from edgewise.models.cnn import (
    Add,
    BatchNorm,
    Conv,
    Dense,
    GlobalPool,
    MaxPool,
    Network,
    Relu,
    softmax_cross_entropy,
)

LAYERS = [
    "conv:7",
    "conv:4:1:stride=3",
    "conv:4:5:padding=2",
    "conv:4:3:stride=2",
    "conv:4:3/5:stride=2/1:padding=1/2",
    "conv:6:3:dilation=2:padding=2",
    "conv:6:3:groups=2:padding=same",
    "conv:8:3:groups=4:stride=2:bias=no",
    "conv:4:3:padding=4",
    "conv:4:3:padding=full:bias=no:stride=2",
    "conv:4:4:stride=3:dilation=2:padding=3",
    "conv:3:2:padding=0/1/2/0",
    "maxpool:2",
    "maxpool:3:stride=2:padding=1",
    "maxpool:3:stride=2:ceil=yes",
    "avgpool:2",
    "avgpool:3:stride=2:padding=1:count_padding=yes",
    "avgpool:3:stride=2:ceil=yes:padding=1",
    "globalpool",
    "globalpool:max",
    "scaledpool",
    "flatten,dense:7",
    "flatten,dense:7:bias=no",
    "relu",
    "leakyrelu:0.2",
    "sigmoid",
    "tanh",
    "scaledtanh",
    "batchnorm",
    "localresponsenorm",
    "localresponsenorm:4:alpha=0.3:beta=0.6:k=1",
    "dropout:0.3",
]


def central_difference(function, array, place, step=1e-5):
    before = array[place]
    array[place] = before + step
    above = function()
    array[place] = before - step
    below = function()
    array[place] = before
    return (above - below) / (2 * step)


def check_gradients(network, x, *, training=True, samples=12, tolerance=1e-6):
    """Compare some gradients of each array with central differences, in float64."""
    rng = np.random.default_rng(5)
    y = network.forward(x, training=training)
    upper = rng.standard_normal(y.shape)
    network.clear_gradients()
    dx = network.backward(upper)
    pairs = [(x, dx)]
    pairs += [(network.parameters[name], g.copy()) for name, g in network.gradients.items()]

    def loss():
        return float((network.forward(x, training=training) * upper).sum())

    for array, gradient in pairs:
        places = [tuple(rng.integers(0, n) for n in array.shape) for _ in range(samples)]
        wanted = np.array([central_difference(loss, array, place) for place in places])
        found = np.array([gradient[place] for place in places])
        scale = max(1, np.abs(wanted).max())
        assert_allclose(found / scale, wanted / scale, rtol=tolerance, atol=tolerance)


def random_network(text, shape, classes=5):
    network = Network.from_spec(text, shape, classes=classes, dtype=np.float64)
    rng = np.random.default_rng(3)
    for array in network.parameters.values():
        array[...] = rng.standard_normal(array.shape) / np.sqrt(max(1, array[0].size))
    return network


@pytest.mark.parametrize("text", LAYERS)
def test_gradients_of_a_layer(text, rng):
    check_gradients(random_network(text, (4, 9, 11)), rng.standard_normal((3, 4, 9, 11)))


def test_gradients_of_batch_norm_outside_training(rng):
    network = random_network("batchnorm", (4, 5, 6))
    network.forward(rng.standard_normal((8, 4, 5, 6)), training=True)
    check_gradients(network, rng.standard_normal((3, 4, 5, 6)), training=False)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("lenet5", (1, 28, 28)),
        ("lenet5-1998", (1, 28, 28)),
        ("small", (1, 12, 12)),
        ("quick", (3, 16, 16)),
        ("mlp:20:10", (2, 5, 5)),
    ],
)
def test_gradients_of_a_whole_network(text, shape, rng):
    check_gradients(random_network(text, shape), rng.standard_normal((3, *shape)), samples=6)


def test_gradients_of_alexnet_at_a_smaller_size(rng):
    text = (
        "conv:12:11:stride=4,relu,localresponsenorm:alpha=0.0005,maxpool:3:stride=2,"
        "conv:16:5:padding=2:groups=2,relu,localresponsenorm:alpha=0.0005,maxpool:3:stride=2,"
        "conv:12:3:padding=1,relu,conv:12:3:padding=1:groups=2,relu,flatten,"
        "dropout:0.5,dense:20,relu,dense:classes"
    )
    check_gradients(
        random_network(text, (3, 67, 67)), rng.standard_normal((2, 3, 67, 67)), samples=4
    )


def branches(dtype=np.float64):
    """Return a network that uses a value twice, and one set of weights twice."""
    network = Network((2, 6, 7), dtype=dtype, seed=1)
    first = network.add(Conv(4, padding=1))
    network.add(Relu())
    again = network.add(Conv(4, padding=1), name="again")
    twice = network.add(Conv(4, padding=1), share="again")
    network.add(Add(), first, again, twice)
    network.add(BatchNorm())
    network.add(GlobalPool())
    network.add(Dense(3))
    return network


def test_values_and_weights_used_twice_get_both_terms(rng):
    network = branches()
    assert [n for n in network.parameters if n.startswith("again")] == [
        "again.weight",
        "again.bias",
    ]
    assert "conv3.weight" not in network.parameters
    check_gradients(network, rng.standard_normal((3, 2, 6, 7)))


def test_gradients_add_up_until_they_are_cleared(rng):
    network, x, dy = branches(), rng.standard_normal((2, 2, 6, 7)), rng.standard_normal((2, 3))
    network.clear_gradients()
    network.forward(x)
    network.backward(dy)
    once = {name: array.copy() for name, array in network.gradients.items()}
    network.backward(dy)
    for name, array in network.gradients.items():
        assert_allclose(array, 2 * once[name], rtol=1e-12)
    network.clear_gradients()
    assert_array_equal(network.gradients["again.weight"], 0)


@given(
    channels=st.integers(1, 4),
    filters=st.integers(1, 9),
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    dilation=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    padding=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    batch=st.integers(1, 35),
)
@settings(max_examples=60)
def test_convolution_is_its_definition_and_its_backward_the_adjoint(
    channels, filters, kernel, stride, dilation, padding, batch
):
    layer = Conv(filters, kernel, stride, dilation, padding)
    network = Network((channels, 9, 10), dtype=np.float64)
    network.add(layer)
    rng = np.random.default_rng(batch)
    x = rng.standard_normal((batch, channels, 9, 10))
    y = network.forward(x)
    weight, bias = network.parameters["conv1.weight"], network.parameters["conv1.bias"]
    assert_allclose(y, plain_convolution(x, weight, bias, stride, dilation, padding), atol=1e-12)
    # <y, dy> is linear in x and in the weights: the gradients give it back.
    dy = rng.standard_normal(y.shape)
    network.clear_gradients()
    dx = network.backward(dy)
    assert_allclose((dx * x).sum(), (y * dy).sum(), atol=1e-9)
    assert_allclose((network.gradients["conv1.weight"] * weight).sum(), (y * dy).sum(), atol=1e-9)
    assert_allclose(network.gradients["conv1.bias"], dy.sum(axis=(0, 2, 3)), atol=1e-9)


def plain_convolution(x, weight, bias, stride, dilation, padding):
    pad = [(0, 0), (0, 0), *((p, p) for p in padding)]
    x = np.pad(x, pad)
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, weight.shape[2:], strict=True)]
    windows = np.lib.stride_tricks.sliding_window_view(x, spans, axis=(2, 3))
    windows = windows[:, :, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]
    return np.einsum("ncijuv,fcuv->nfij", windows, weight) + bias[:, None, None]


@pytest.mark.parametrize("batch", [1, 15, 16, 17, 32, 33])
@pytest.mark.parametrize("shape", [(8, 8), (7, 9)])
def test_pooling_pairs_is_max_pooling(batch, shape, rng):
    """The loop for 2x2 windows gives what the loop for all windows gives."""
    x = rng.integers(-3, 3, (batch, 3, *shape)).astype(np.float64)
    x[0, 0, 0, 0] = np.nan
    pairs, others = (Network((3, *shape), dtype=np.float64) for _ in range(2))
    pairs.add(MaxPool(2))
    others.add(MaxPool(2, padding=((0, 1), (0, 1))))
    y, z = pairs.forward(x), others.forward(x)
    rows, columns = y.shape[2:]
    assert_array_equal(y, z[:, :, :rows, :columns])
    dy = rng.standard_normal(y.shape)
    dz = np.zeros(z.shape)
    dz[:, :, :rows, :columns] = dy
    assert_array_equal(pairs.backward(dy), others.backward(dz))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_gradient_of_the_cross_entropy(smoothing, rng):
    scores, labels = rng.standard_normal((4, 6)), np.array([0, 5, 2, 2])
    loss, found = softmax_cross_entropy(scores, labels, smoothing=smoothing)

    def value():
        return softmax_cross_entropy(scores, labels, smoothing=smoothing)[0]

    wanted = [central_difference(value, scores, place) for place in np.ndindex(scores.shape)]
    assert_allclose(found.ravel(), wanted, atol=1e-9)
    truth = np.full((4, 6), smoothing / 6)
    truth[np.arange(4), labels] += 1 - smoothing
    log = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    assert_allclose(loss, -(truth * log).sum(axis=1).mean(), rtol=1e-12)


PROGRAM = """
import sys
import numpy as np
from edgewise.models.cnn import Network
rng = np.random.default_rng(0)
found = []
for text in sys.argv[1].split(";"):
    network = Network.from_spec(text, (2, 7, 8), classes=3, dtype=np.float64)
    x = rng.standard_normal((3, 2, 7, 8))
    y = network.forward(x, training=True)
    network.clear_gradients()
    dx = network.backward(rng.standard_normal(y.shape))
    found += [y, dx, *network.gradients.values()]
np.save(sys.stdout.buffer, np.concatenate([a.ravel() for a in found]))
"""


def test_the_loops_say_the_same_uncompiled(tmp_path):
    texts = [
        "conv:5:3:padding=1:stride=2", "conv:4:3:groups=2", "maxpool:2", "maxpool:3:stride=2",
        "avgpool:2", "batchnorm", "relu", "scaledpool", "flatten,dense:4",
    ]  # fmt: skip

    def run(**changes):
        command = [sys.executable, "-c", PROGRAM, ";".join(texts)]
        path = tmp_path / "found.npy"
        with path.open("wb") as file:
            subprocess.run(command, env={**os.environ, **changes}, stdout=file, check=True)
        return np.load(path)

    assert_allclose(run(NUMBA_DISABLE_JIT="1"), run(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("covn:6", 'step 1, "covn": no such layer; did you mean "conv"'),
        ("conv", "filters is missing; it is written conv:FILTERS:kernel=3"),
        ("conv:0", "filters and groups are at least 1"),
        ("conv:6:9", "a window of 9 pixels does not fit in 8 pixels"),
        ("conv:4:groups=2", "2 groups do not divide 3 input"),
        ("dense:10", 'step 1, "dense": dense needs vectors, and gets images'),
        ("flatten,conv:6", 'step 2, "conv": conv needs images'),
        ("dropout:1", "at least 0 and below 1"),
        ("globalpool:sum", 'write "average" or "max"'),
        ("flatten,dense:classes", "the number of classes is not known"),
        ("lenet5:3", "a named network has no settings"),
        ("mlp:wide", "write the widths"),
        ("conv:six", "filters=six is not a whole number"),
        ("conv:6:colour=3", 'no setting "colour"'),
        ("", "step 1 is empty"),
    ],
)
def test_mistakes_in_a_network_are_one_sentence(text, message):
    with pytest.raises(EdgewiseError, match=message):
        Network.from_spec(text, (3, 8, 8))


@pytest.mark.parametrize(("side", "first"), [(28, 28), (32, 28), (40, 36)])
def test_lenet_of_1998_pads_what_has_no_margins(side, first):
    network = Network.from_spec("lenet5-1998", (1, side, side), classes=10)
    assert network.nodes[0].shape == (6, first, first)
    if side < 40:
        assert network.vector.size == 61_706 + 2 * (6 + 16)


def test_averages_have_one_name_and_another_one_is_read():
    texts = ("avgpool:2", "averagepool:2", "averagepool:size=2")
    networks = [Network.from_spec(text, (1, 8, 8)) for text in texts]
    assert {network.nodes[0].name for network in networks} == {"avgpool1"}
    assert {network.nodes[0].layer.text for network in networks} == {"avgpool"}
    image = np.arange(16.0, dtype=np.float32).reshape(4, 4)
    assert_array_equal(apply("averagepool:2", image), apply("avgpool:2", image))


def test_names_and_shapes_are_checked(rng):
    network = branches()
    with pytest.raises(EdgewiseError, match='no node "conv9"; there are input, conv1'):
        network.add(Relu(), "conv9")
    with pytest.raises(EdgewiseError, match="add needs inputs of one shape, and gets 2x6x7 and 3"):
        network.add(Add(), "input", "dense1")
    with pytest.raises(EdgewiseError, match='there is a node "again" already'):
        network.add(Relu(), name="again")
    with pytest.raises(EdgewiseError, match="cannot use the weights of again"):
        network.add(Conv(5), "input", share="again")
    with pytest.raises(EdgewiseError, match="takes inputs of 2x6x7, and gets 2x6x8"):
        network.forward(rng.standard_normal((1, 2, 6, 8)))


def test_known_sizes():
    lenet = Network.from_spec("lenet5", (1, 28, 28), classes=10)
    assert_array_equal(lenet.vector.size, 61_706)
    # The third layer of LeNet-5 in its full form.
    assert_array_equal(lenet.parameters["conv2.weight"].shape, (16, 6, 5, 5))
    alexnet = Network.from_spec("alexnet", (3, 227, 227), classes=1000, seed=None)
    assert_array_equal(alexnet.vector.size, 60_965_224)
    small = Network.from_spec("small", (1, 28, 28), classes=10)
    assert 90_000 < small.vector.size < 110_000


def test_a_description_gives_the_same_network_back():
    network = branches(np.float32)
    twin = Network.from_dict(network.to_dict())
    assert twin.to_dict() == network.to_dict()
    twin.vector[:] = network.vector
    x = np.random.default_rng(0).random((2, 2, 6, 7), np.float32)
    assert_array_equal(twin.forward(x), network.forward(x))


# dropout


def test_dropout_keeps_the_mean_and_scales_what_it_keeps():
    network = Network.from_spec("dropout:0.25", (1, 100, 100))
    y = network.forward(np.ones((4, 1, 100, 100), np.float32), training=True)
    assert_allclose(np.unique(y), [0, 1 / 0.75], rtol=1e-6)
    assert_allclose(y.mean(), 1, atol=0.02)


def test_dropout_draws_anew_for_every_seed_and_never_outside_training():
    network = Network.from_spec("dropout", (1, 10, 10))
    x = np.ones((2, 1, 10, 10), np.float32)
    first, again, other = (network.forward(x, training=True, seed=seed) for seed in (1, 1, 2))
    assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert_array_equal(network.forward(x), x)
