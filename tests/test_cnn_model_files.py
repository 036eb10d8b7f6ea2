"""Model files of networks: what is written is what is read, and damage is found."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from safetensors import safe_open
from safetensors.numpy import save

from edgewise import DataError, load_model
from edgewise.models import save_model
from edgewise.models.cnn import Add, CnnModel, Conv, Dense, Flatten, Network, Normalization, Relu
from edgewise.models.files import KEY
from edgewise.models.pictures import as_network_sees

CHAIN = "conv:3:3,batchnorm,maxpool:2,leakyrelu:0.2,flatten,dropout:0.5,dense:classes"


def model(channels=1, chain=CHAIN, classes=("ä", "b", "c")):
    rng = np.random.default_rng(0)
    network = Network.from_spec(chain, (channels, 8, 6), classes=len(classes))
    for array in network.state.values():
        array[...] = rng.uniform(0.5, 2, array.shape)
    normal = Normalization(
        rng.uniform(90, 150, channels).astype(np.float32),
        rng.uniform(30, 60, channels).astype(np.float32),
    )
    return CnnModel(network, classes, normal, {"pictures": 7, "accuracy": 0.5})


def graph():
    """Return a model whose network branches, and uses one kernel twice."""
    network = Network((1, 8, 6))
    stem = network.add(Conv(4, padding=1), name="stem")
    branch = network.add(Conv(4, padding=1), name="branch")
    again = network.add(Conv(4, padding=1), share="branch", name="again")
    network.add(Add(), stem, branch, again)
    for layer in (Relu(), Flatten(), Dense(2)):
        network.add(layer)
    scale = np.full(1, 50, np.float32)
    return CnnModel(network, ("a", "b"), Normalization(scale, scale))


def pictures(count=5, channels=1):
    return np.random.default_rng(1).integers(0, 256, (count, 8, 6, channels), dtype=np.uint8)


def parts(path):
    """Return the description and the arrays of a model file."""
    with safe_open(path, framework="numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return json.loads(file.metadata()[KEY]), arrays


def spoil(path, change):
    """Change the description and the arrays of a model file in place."""
    spec, arrays = parts(path)
    change(spec, arrays)
    path.write_bytes(save(arrays, metadata={KEY: json.dumps(spec)}))


@pytest.mark.parametrize("make", [model, graph, lambda: model(3), lambda: model(1, "mlp:5")])
def test_round_trip(tmp_path, make):
    path, kept = tmp_path / "m.safetensors", make()
    save_model(path, kept)
    found = load_model(path)
    assert isinstance(found, CnnModel)
    images = pictures(channels=kept.channels)
    assert_array_equal(found.judge_images(images), kept.judge_images(images))
    for name in ("classes", "size", "channels", "training", "measure"):
        assert getattr(found, name) == getattr(kept, name)
    assert found.network.to_dict() == kept.network.to_dict()
    assert_array_equal(found.network.vector, kept.network.vector)


def test_the_same_model_gives_the_same_bytes(tmp_path):
    save_model(tmp_path / "a.safetensors", model())
    save_model(tmp_path / "b.safetensors", load_model_of(tmp_path / "a.safetensors"))
    a, b = ((tmp_path / f"{name}.safetensors").read_bytes() for name in "ab")
    assert_array_equal(np.frombuffer(a, np.uint8), np.frombuffer(b, np.uint8))


def load_model_of(path):
    found = load_model(path)
    assert isinstance(found, CnnModel)
    return found


def test_the_file_holds_each_array_once_by_its_name(tmp_path):
    save_model(tmp_path / "m.safetensors", graph())
    _, arrays = parts(tmp_path / "m.safetensors")
    names = {
        f"{node}.{kind}" for node in ("stem", "branch", "dense1") for kind in ("weight", "bias")
    }
    assert set(arrays) == names
    assert_array_equal(arrays["stem.weight"].shape, (4, 1, 3, 3))
    assert_array_equal(arrays["dense1.weight"].shape, (2, 192))


def test_probabilities():
    made = model()
    images = pictures(70)
    found = made.judge_images(images)
    assert (found.shape, found.dtype) == ((70, 3), np.float32)
    normal = made.normalization
    x = np.moveaxis((images - normal.mean) / normal.deviation, 3, 1).astype(np.float32)
    scores = made.network.forward(x).astype(np.float64)
    powers = np.exp(scores)
    assert_allclose(found, powers / powers.sum(axis=1, keepdims=True), rtol=1e-4)
    for threads in (1, 2, 3):
        assert_array_equal(made.judge_images(images, threads=threads), found)
    assert_array_equal(made.judge_images(images[..., 0]), found)
    assert_array_equal(made.judge_images(images[:1]).shape, (1, 3))


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (pictures(2, 3), "takes pictures of 6x8 with 1 channel, and gets 6x8 with 3"),
        (pictures()[:, :7], "takes pictures of 6x8 with 1 channel, and gets 6x7 with 1"),
        (pictures() / 255, r"images are uint8, \(M, H, W\) or \(M, H, W, C\), not float64"),
    ],
)
def test_pictures_that_do_not_fit(images, message):
    with pytest.raises(DataError, match=message):
        model().judge_images(images)


@pytest.mark.parametrize("channels", [1, 3])
def test_any_picture_is_prepared(channels):
    made, rng = model(channels), np.random.default_rng(2)
    for shape in ((8, 6), (20, 31), (8, 6, 3), (5, 4, 4), (9, 9, 2), (30, 7, 1)):
        for dtype, top in ((np.uint8, 256), (np.uint16, 65536), (np.float32, 256)):
            image = rng.integers(0, top, shape).astype(dtype)
            found = made.prepare(image)
            assert (found.shape, found.dtype) == ((8, 6, channels), np.uint8)
            assert_array_equal(found, as_network_sees(image, (8, 6), channels))
            assert_allclose(made.judge_images(found[None]).sum(), 1, rtol=1e-5)


def test_a_picture_of_the_right_kind_is_left_alone():
    image = pictures(1, 3)[0]
    assert_array_equal(model(3).prepare(image), image)
    assert_array_equal(model(1).prepare(image[..., 0])[..., 0], image[..., 0])


def test_classes_that_do_not_fit():
    network = Network.from_spec(CHAIN, (1, 8, 6), classes=3)
    scale = np.ones(1, np.float32)
    with pytest.raises(DataError, match=r"output \(3,\) does not fit 2 classes"):
        CnnModel(network, ("a", "b"), Normalization(scale, scale))
    for shape in ((64,), (2, 8, 8)):
        network = Network.from_spec("flatten,dense:2", shape)
        with pytest.raises(DataError, match=r"takes \(.*\); a model of pictures takes \(1, H, W\)"):
            CnnModel(network, ("a", "b"), Normalization(scale, scale))


def without(name):
    return lambda spec, arrays: arrays.pop(name)


def put(name, value):
    return lambda spec, arrays: arrays.update({name: value(arrays[name])})


def node(number, **changes):
    return lambda spec, arrays: spec["network"]["nodes"][number].update(changes)


def say(**changes):
    return lambda spec, arrays: spec.update(changes)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (without("conv1.weight"), "conv1.weight is missing"),
        (without("state.batchnorm1.mean"), "state.batchnorm1.mean is missing"),
        (lambda spec, arrays: arrays.update(more=np.ones(2, np.float32)), "more is none of"),
        (
            put("conv1.weight", lambda a: a[:2]),
            r"conv1.weight is \(2, 1, 3, 3\), and the network's \(3, 1, 3, 3\)",
        ),
        (put("conv1.bias", lambda a: a.astype(np.float64)), "conv1.bias is not"),
        (put("dense1.weight", lambda a: a * np.nan), "dense1.weight holds NaN or infinity"),
        (put("state.batchnorm1.variance", lambda a: a / 0 if a.any() else a), "holds NaN"),
        (put("state.batchnorm1.variance", lambda a: -a), "variance holds negative numbers"),
        (say(classes=["a", "b"]), r"output \(3,\) does not fit 2 classes"),
        (say(classes=["a", "b", "b"]), "no list of two or more different names"),
        (say(classes="abc"), "classes is no list of texts"),
        (say(classes=None), "classes is no list of texts"),
        (say(mean=[1.0, 2.0]), "normalization does not fit"),
        (say(mean=[float("nan")]), "normalization"),
        (say(deviation=[0.0]), "normalization"),
        (say(deviation="wide"), "normalization does not fit"),
        (say(training=None), "not a usable model"),
        (say(network=None), "not a usable model"),
        (say(network={"input": [1, 8, 6], "nodes": []}), "not a usable model"),
        (say(network={"nodes": []}), "input is missing"),
        (say(network={"input": [18], "nodes": []}), "not a usable model"),
        (node(0, layer="cnov:3"), 'no such layer; did you mean "conv"'),
        (node(0, layer="conv:0"), "conv"),
        (node(0, layer="conv:3:3,relu"), "not a usable model"),
        (node(0, layer=3), "not a usable model"),
        (node(0, layer="conv:3:9"), "a window of 9 pixels does not fit in 8"),
        (node(1, inputs=["nowhere"]), 'no node "nowhere"'),
        (node(1, inputs=["conv1", "conv1"]), "not a usable model"),
        (node(1, inputs=7), "not a usable model"),
        (node(3, layer="relu:unknown=3"), "unknown"),
        (node(6, layer="dense:1000000000000"), r"dense1.weight is \(3, 18\)"),
        (say(type="tree"), "written by another version"),
        (say(format=9), "written by another version"),
    ],
)
def test_damage_is_one_sentence(tmp_path, change, reason):
    path = tmp_path / "m.safetensors"
    save_model(path, model())
    with np.errstate(divide="ignore"):
        spoil(path, change)
    with pytest.raises(DataError, match=rf"m\.safetensors: .*{reason}") as caught:
        load_model(path)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(0, 255))
def test_a_file_with_a_wrong_byte_is_read_or_refused(tmp_path_factory, place, value):
    path = tmp_path_factory.mktemp("m") / "m.safetensors"
    save_model(path, model())
    content = bytearray(path.read_bytes())
    content[place % len(content)] = value
    path.write_bytes(content)
    try:
        found = load_model(path)
    except DataError as error:
        assert str(error).startswith(f"{path}: ")
    else:
        assert isinstance(found, CnnModel)
        assert found.judge_images(pictures(channels=found.channels)).shape == (5, 3)


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_a_truncated_file(tmp_path, share):
    path = tmp_path / "m.safetensors"
    save_model(path, model())
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(DataError, match=r"m\.safetensors: not a \.safetensors file, or a damaged"):
        load_model(path)
