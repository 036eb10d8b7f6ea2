"""ONNX files: onnxruntime says what Edgewise says."""

import json
import sys
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from edgewise.cli.main import run
from edgewise.features.config import HogConfig
from edgewise.images.errors import EdgewiseError
from edgewise.models.cnn import Add, CnnModel, Conv, Dense, Flatten, Network, Normalization, Relu
from edgewise.models.files import save_model
from edgewise.models.linear import LinearModel
from edgewise.models.linear_calibration import Isotonic, Platt
from edgewise.models.linear_features import Joined, Pixels
from edgewise.models.onnx_export import save_onnx, to_onnx

GRAY, COLOUR = (1, 28, 28), (3, 32, 32)
ALEXNET_SHRUNK = (
    "conv:8:11:stride=4,relu,localresponsenorm:alpha=0.5,maxpool:3:stride=2,"
    "conv:12:5:padding=2:groups=2,relu,localresponsenorm:alpha=0.5,maxpool:3:stride=2,"
    "conv:8:3:padding=1:groups=2,relu,maxpool:3:stride=2,flatten,"
    "dropout:0.5,dense:16,relu,dropout:0.5,dense:classes"
)


def session_of(content: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def model_of(network: Network, rng) -> CnnModel:
    """Return a model whose arrays are all neither 0 nor 1, so that none can be forgotten."""
    for name, values in (network.parameters | network.state).items():
        if not name.endswith("weight") or values.ndim == 1:
            values[...] = rng.uniform(0.4, 1.6, values.shape)
    channels, (classes,) = network.input_shape[0], network.output_shape
    # Probabilities of 0 and 1 would agree whatever the scores are.
    scores = network.forward(rng.normal(size=(8, *network.input_shape)).astype(np.float32))
    last = [node.name for node in network.nodes if f"{node.name}.weight" in network.parameters][-1]
    for key in ("weight", "bias"):
        if f"{last}.{key}" in network.parameters:
            network.parameters[f"{last}.{key}"] /= scores.std()
    normal = Normalization(
        rng.uniform(90, 150, channels).astype(np.float32),
        rng.uniform(40, 80, channels).astype(np.float32),
    )
    return CnnModel(network, tuple(f"c{i}" for i in range(classes)), normal)


def assert_alike(model: CnnModel, rng, count: int = 3):
    channels, rows, columns = model.network.input_shape
    images = rng.integers(0, 256, (count, rows, columns, channels), np.uint8)
    session = session_of(to_onnx(model).SerializeToString())
    pictures = np.moveaxis(images, 3, 1).astype(np.float32)
    (found,) = session.run(["probabilities"], {"images": pictures})
    expected = model.judge_images(images)
    assert np.ptp(expected, axis=0).max() > 1e-3  # pictures that differ are judged differently
    assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("lenet5", GRAY),
        ("lenet5-1998", GRAY),
        ("mlp:32:16", GRAY),
        ("small", GRAY),
        ("small", COLOUR),
        ("quick", COLOUR),
        (ALEXNET_SHRUNK, (3, 115, 99)),
        ("alexnet", (3, 227, 227)),
    ],
)
def test_architectures(text, shape, rng):
    assert_alike(model_of(Network.from_spec(text, shape, classes=7), rng), rng)


@pytest.mark.parametrize(
    "layers",
    [
        "conv:4:3/2:stride=2/1:dilation=1/2:padding=2/1",
        "conv:4:4:padding=same",
        "conv:4:3:padding=full:stride=3",
        "conv:4:5:padding=valid:bias=no:stride=4",
        "conv:6:3:groups=3",
        "maxpool:3:stride=2:ceil=yes",
        "maxpool:3:2:1",
        "maxpool:2:3:ceil=yes",
        "maxpool:4:3:same",
        "conv:4:3,maxpool:3/2:stride=1/2:padding=1/0:ceil=yes",
        "avgpool:3:stride=2:ceil=yes",
        "avgpool:3:2:1:ceil=yes",
        "avgpool:3:2:1:count_padding=yes",
        "avgpool:3:2:1:ceil=yes:count_padding=yes",
        "avgpool:2:3",
        "scaledpool:2,scaledtanh",
        "scaledpool:3/2",
        "leakyrelu:0.2",
        "conv:4,sigmoid",
        "conv:4,tanh,batchnorm:epsilon=0.1",
        "conv:7,localresponsenorm:size=3:alpha=2:beta=0.6:k=1.5",
        "conv:7,localresponsenorm:size=4:alpha=2:beta=0.6:k=1.5",
    ],
)
def test_layers(layers, rng):
    network = Network.from_spec(f"{layers},flatten,dense:5,batchnorm", (3, 11, 14))
    assert_alike(model_of(network, rng), rng)


@pytest.mark.parametrize("what", ["average", "max"])
def test_global_pooling(what, rng):
    text = f"conv:6:3,globalpool:{what},dense:4:bias=no"
    assert_alike(model_of(Network.from_spec(text, (1, 9, 8)), rng), rng)


def test_branches_sums_and_shared_weights(rng):
    network = Network((1, 8, 8), seed=3)
    stem = network.add(Conv(4, padding=1), name="stem")
    left = network.add(Conv(4, padding=1), stem)
    active = network.add(Relu(), left)
    right = network.add(Conv(4, padding=1), active, share=left)
    network.add(Add(), stem, right, active)
    network.add(Flatten())
    network.add(Dense(3))
    assert_alike(model_of(network, rng), rng)


def linear_model(rng, kind: str) -> LinearModel:
    config = HogConfig(cell=(4, 4))
    n = config.length(16, 16)
    weights = rng.normal(size=(3, n)).astype(np.float32)
    bias = rng.normal(size=3).astype(np.float32)
    return LinearModel(weights, bias, kind, ("a", "b", "c"), config, (16, 16))


@pytest.mark.parametrize(("kind", "output"), [("logistic", "probabilities"), ("svm", "scores")])
def test_linear_models_take_feature_vectors(kind, output, rng):
    model = linear_model(rng, kind)
    features = rng.random((5, model.weights.shape[1]), np.float32)
    session = session_of(to_onnx(model).SerializeToString())
    (found,) = session.run([output], {"features": features})
    assert_allclose(found, model.judge(features), atol=1e-5)


def test_one_against_the_rest_and_calibrated_models(rng):
    slope, offset = rng.normal(size=(2, 3)).astype(np.float32)
    for kind, curves in (("logistic", (slope / slope, 0 * offset)), ("svm", (slope, offset))):
        model = replace(linear_model(rng, kind), calibration=Platt(*curves))
        features = rng.random((5, model.weights.shape[1]), np.float32)
        session = session_of(to_onnx(model).SerializeToString())
        (found,) = session.run(["probabilities"], {"features": features})
        assert_allclose(found, model.judge(features), atol=1e-5)
    nothing = replace(model, calibration=Platt(slope * 0, offset * 0 - np.float32(1e30)))
    session = session_of(to_onnx(nothing).SerializeToString())
    (found,) = session.run(["probabilities"], {"features": features})
    assert_allclose(found, np.full((5, 3), 1 / 3), atol=1e-6)


def test_isotonic_calibration_is_refused_by_its_name(rng):
    points = (np.arange(2, dtype=np.float32),) * 3
    model = replace(linear_model(rng, "svm"), calibration=Isotonic(points, points))
    with pytest.raises(EdgewiseError, match="models with an isotonic calibration are not written"):
        to_onnx(model)


def test_the_file_says_what_it_takes(rng, tmp_path):
    model = linear_model(rng, "svm")
    save_onnx(tmp_path / "m.onnx", model)
    read = onnx.load(tmp_path / "m.onnx")
    facts = json.loads({entry.key: entry.value for entry in read.metadata_props}["edgewise"])
    assert facts["classes"] == ["a", "b", "c"]
    assert HogConfig.from_dict(facts["hog"]) == model.config
    assert "HoG is no operator of ONNX" in read.doc_string


def test_a_layer_named_as_the_input_is_refused(rng):
    network = Network((1, 4, 4))
    network.add(Flatten(), name="images")
    network.add(Dense(2))
    with pytest.raises(EdgewiseError, match="makes no ONNX graph"):
        to_onnx(model_of(network, rng))


@pytest.fixture
def model_file(rng, tmp_path):
    model = model_of(Network.from_spec("mlp:4", (1, 6, 6), classes=3), rng)
    save_model(tmp_path / "m.safetensors", model)
    return str(tmp_path / "m.safetensors")


def test_the_command_writes_the_same_bytes_each_time(model_file, tmp_path, capsys):
    one, two = str(tmp_path / "one.onnx"), str(tmp_path / "two.onnx")
    assert run(["export", model_file, "-o", one]) == 0
    assert run(["export", model_file, "-o", two]) == 0
    with open(one, "rb") as first, open(two, "rb") as second:
        assert first.read() == second.read()
    session = session_of((tmp_path / "one.onnx").read_bytes())
    assert_array_equal([given.shape for given in session.get_inputs()], [["N", 1, 6, 6]])
    assert capsys.readouterr() == ("", "")


def test_the_command_says_that_a_linear_model_takes_vectors(rng, tmp_path, capsys):
    save_model(tmp_path / "l.safetensors", linear_model(rng, "logistic"))
    out = str(tmp_path / "l.onnx")
    assert run(["export", str(tmp_path / "l.safetensors"), "-o", out]) == 0
    message = " ".join(capsys.readouterr().err.split())
    assert "takes vectors of 324 values, not pictures; edgewise hog with the settings" in message


def test_the_hint_for_joined_features_gives_the_vectors(rng, tmp_path, capsys):
    config = Joined((HogConfig(cell=(4, 4)), Pixels((2, 2))))
    weights = rng.normal(size=(3, config.length(16, 16))).astype(np.float32)
    model = LinearModel(weights, weights[:, 0], "logistic", tuple("abc"), config, (16, 16))
    save_model(tmp_path / "j.safetensors", model)
    out = str(tmp_path / "j.onnx")
    assert run(["export", str(tmp_path / "j.safetensors"), "-o", out]) == 0
    message = " ".join(capsys.readouterr().err.split())
    assert "edgewise hog" not in message
    lines, call = message.partition("after ")[2].split(": ", 1)
    names = {"model": model, "picture": rng.integers(0, 256, (20, 30), dtype=np.uint8)}
    exec(lines, names)
    features = eval(call, names)
    session = session_of((tmp_path / "j.onnx").read_bytes())
    (found,) = session.run(["probabilities"], {"features": features})
    assert_allclose(found, model.judge(features), atol=1e-5)


def test_the_command_keeps_files_that_stand_there(model_file, tmp_path, capsys):
    kept = tmp_path / "kept.onnx"
    kept.write_bytes(b"mine")
    assert run(["export", model_file, "-o", str(kept)]) == 1
    assert "use --overwrite" in capsys.readouterr().err
    assert kept.read_bytes() == b"mine"
    assert run(["export", model_file, "-o", str(kept), "--overwrite"]) == 0
    assert kept.read_bytes() != b"mine"


def test_the_command_wants_a_fitting_name(model_file, tmp_path, capsys):
    assert run(["export", model_file, "-o", str(tmp_path / "m.bin")]) == 2
    assert "end the name of an ONNX file in .onnx" in capsys.readouterr().err


def test_without_the_extra_the_command_names_it(model_file, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert run(["export", model_file, "-o", str(tmp_path / "m.onnx")]) == 1
    message = capsys.readouterr().err
    assert "pip install onnx" in message
    assert message.count("\n") == 1
    assert not (tmp_path / "m.onnx").exists()
