"""The plain definitions of layers against PyTorch's numbers, and the layers against them."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from naive_layers import plainly
from numpy.testing import assert_allclose

import naive
from edgewise.models.cnn import Network

PATH = Path(__file__).with_name("cnn_reference.npz")


def read_cases(kind):
    """Return {case: {key: array}} of cnn_reference.npz, in float64."""
    found = {}
    with np.load(PATH) as file:
        for name in file.files:
            group, case, key = name.split("/", 2)
            array = file[name]
            array = array.astype(np.float64) if array.dtype == np.float16 else array
            if group == kind:
                found.setdefault(case, {})[key] = array
    return found


LAYERS, LOSSES = read_cases("layer"), read_cases("loss")


def under(case, prefix):
    return {k.removeprefix(prefix): v for k, v in case.items() if k.startswith(prefix)}


@pytest.mark.parametrize("name", LAYERS)
def test_definition_of_a_layer(name):
    case = LAYERS[name]
    y, dx, gradients, state = plainly(
        str(case["text"]), case["x"], case["dy"], under(case, "parameter/"),
        under(case, "state/"), training=bool(case["training"]),
    )  # fmt: skip
    assert_allclose(y, case["y"], rtol=1e-11, atol=1e-13)
    assert_allclose(dx, case["dx"], rtol=1e-11, atol=1e-13)
    for found, prefix in ((gradients, "gradient/"), (state, "new_state/")):
        assert list(found) == list(under(case, prefix))
        for key, array in under(case, prefix).items():
            assert_allclose(found[key], array, rtol=1e-11, atol=1e-13, err_msg=key)


@pytest.mark.parametrize("name", LOSSES)
def test_definition_of_a_loss(name):
    case = LOSSES[name]
    if "target" in case:
        loss, gradient = naive.mean_squared_error(case["y"], case["target"])
    else:
        smoothing = float(case["smoothing"])
        loss, gradient = naive.softmax_cross_entropy(case["scores"], case["labels"], smoothing)
    assert_allclose(loss, case["loss"], rtol=1e-12)
    assert_allclose(gradient, case["gradient"], rtol=1e-11, atol=1e-14)


def check_layer(text, x, dtype, *, training=True):
    """Compare a layer's passes with its definition, to the dtype's precision."""
    rng = np.random.default_rng(len(text))
    network = Network.from_spec(text, x.shape[1:], dtype=dtype)
    for array in network.parameters.values():
        array[...] = rng.standard_normal(array.shape)
    for array in network.state.values():
        array[...] = rng.uniform(0.5, 2, array.shape)
    own = [
        {name.partition(".")[2]: a.astype(np.float64) for name, a in arrays.items()}
        for arrays in (network.parameters, network.state)
    ]
    x = x.astype(dtype)
    y = network.forward(x, training=training)
    dy = rng.standard_normal(y.shape).astype(dtype)
    network.clear_gradients()
    dx = network.backward(dy)
    wanted_y, wanted_dx, gradients, state = plainly(
        text, x.astype(np.float64), dy.astype(np.float64), *own, training=training
    )
    pairs = [(y, wanted_y), (dx, wanted_dx)]
    for found, wanted in ((network.gradients, gradients), (network.state, state)):
        assert len(found) == len(wanted)
        pairs += zip(found.values(), wanted.values(), strict=True)
    for found, wanted in pairs:
        assert found.dtype == dtype
        scale = max(1, np.abs(wanted).max())
        near = 1e-11 if dtype == np.float64 else 1e-5
        assert_allclose(found / scale, wanted / scale, rtol=near, atol=near)


@st.composite
def pairs_of(draw, low, high):
    """Return a setting for rows and columns, as it is written."""
    first, second = draw(st.integers(low, high)), draw(st.integers(low, high))
    return str(first) if first == second else f"{first}/{second}"


@st.composite
def convolutions(draw):
    """Return a convolution's text, and the channels it is given."""
    groups = draw(st.integers(1, 3))
    text = (
        f"conv:{groups * draw(st.integers(1, 5))}:{draw(pairs_of(1, 4))}"
        f":stride={draw(pairs_of(1, 3))}:dilation={draw(pairs_of(1, 2))}"
        f":padding={draw(pairs_of(0, 3) | st.just('same'))}:groups={groups}"
        f":bias={draw(st.sampled_from(['yes', 'no']))}"
    )
    return text, groups * draw(st.integers(1, 2))


@st.composite
def pools(draw):
    """Return a pooling layer's text, and the channels it is given."""
    kind = draw(st.sampled_from(["maxpool", "avgpool"]))
    text = (
        f"{kind}:{draw(pairs_of(2, 4))}:stride={draw(pairs_of(1, 4))}"
        f":padding={draw(pairs_of(0, 1))}:ceil={draw(st.sampled_from(['yes', 'no']))}"
    )
    if kind == "avgpool":
        text += f":count_padding={draw(st.sampled_from(['yes', 'no']))}"
    return text, draw(st.integers(1, 3))


# The first kernel row never meets the image.
@example(
    case=("conv:1:3/1:stride=3/1:dilation=2/1:padding=1/0", 1),
    size=(5, 5),
    batch=1,
    dtype=np.float32,
)
@given(
    case=st.one_of(convolutions(), pools()),
    size=st.tuples(st.integers(7, 9), st.integers(7, 10)),
    batch=st.sampled_from([1, 2, 17]),
    dtype=st.sampled_from([np.float32, np.float64]),
)
@settings(max_examples=80)
def test_windows_are_their_definition(case, size, batch, dtype):
    text, channels = case
    x = np.random.default_rng(batch).standard_normal((batch, channels, *size))
    check_layer(text, x, dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "text",
    [
        "conv:5:3:padding=1", "conv:4:3:stride=2:groups=2", "conv:3:2/4:padding=same:bias=no",
        "maxpool", "maxpool:3:stride=2:padding=1:ceil=yes", "avgpool",
        "avgpool:3:stride=2:padding=1:ceil=yes", "globalpool", "globalpool:max",
        "scaledpool", "flatten", "relu", "leakyrelu:0.2", "sigmoid", "tanh", "scaledtanh",
        "batchnorm", "batchnorm:epsilon=0.1:momentum=0.4", "localresponsenorm",
        "localresponsenorm:2:alpha=0.5:beta=0.6:k=1.5",
    ],
)  # fmt: skip
def test_layer_of_images_is_its_definition(text, dtype, rng):
    check_layer(text, rng.standard_normal((3, 4, 5, 6)), dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("text", ["dense:7", "dense:3:bias=no", "relu", "sigmoid", "batchnorm"])
def test_layer_of_vectors_is_its_definition(text, dtype, rng):
    check_layer(text, rng.standard_normal((5, 9)), dtype)


@pytest.mark.parametrize("text", ["batchnorm", "dropout:0.4"])
def test_layer_outside_training_is_its_definition(text, rng):
    check_layer(text, rng.standard_normal((3, 4, 5, 6)), np.float64, training=False)


def test_uncompiled_layers_are_their_definition():
    command = [sys.executable, "-m", "pytest", "-q", "-k", "is_its_definition", "-p",
               "no:cacheprovider", __file__]  # fmt: skip
    done = subprocess.run(
        command, env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, cwd=PATH.parents[1],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
