"""Model files: what is written is what is read, and damage is found."""

import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from safetensors.numpy import save

from edgewise import DataError, EdgewiseError, HogConfig, load_model
from edgewise.models import save_model
from edgewise.models.cnn.training.checkpoints import load_checkpoint
from edgewise.models.linear import LinearModel

CONFIG = HogConfig(cell=4, bins=3)


def model():
    rng = np.random.default_rng(0)
    return LinearModel(
        rng.normal(size=(3, 12)).astype(np.float32),
        rng.normal(size=3).astype(np.float32),
        "logistic",
        ("ä", "b", "c"),
        CONFIG,
        (8, 8),
        3,
        {"C": 1.0, "accuracy": 0.5},
    )


def test_round_trip(tmp_path):
    path, kept = tmp_path / "m.safetensors", model()
    save_model(path, kept)
    found = load_model(path)
    assert_array_equal(found.weights, kept.weights)
    assert_array_equal(found.bias, kept.bias)
    for name in ("kind", "classes", "config", "size", "channels", "training"):
        assert getattr(found, name) == getattr(kept, name)


def test_the_same_model_gives_the_same_bytes(tmp_path):
    save_model(tmp_path / "a.safetensors", model())
    save_model(tmp_path / "b.safetensors", model())
    a, b = ((tmp_path / f"{name}.safetensors").read_bytes() for name in "ab")
    assert_array_equal(np.frombuffer(a, np.uint8), np.frombuffer(b, np.uint8))


def test_names_and_existing_files(tmp_path):
    with pytest.raises(EdgewiseError, match=r"m\.pkl: end the name of a model file"):
        save_model(tmp_path / "m.pkl", model())
    save_model(tmp_path / "m.safetensors", model())
    with pytest.raises(EdgewiseError, match="use --overwrite"):
        save_model(tmp_path / "m.safetensors", model())


def test_a_missing_file(tmp_path):
    with pytest.raises(DataError, match=r"none\.safetensors: no such file"):
        load_model(tmp_path / "none.safetensors")


@pytest.mark.parametrize("load", [load_model, load_checkpoint])
def test_what_is_no_file_is_not_waited_for(tmp_path, load):
    kinds = {"folder": "a folder", "pipe": "a named pipe"}
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name, kind in kinds.items():
        with pytest.raises(DataError, match=f"{name}: {kind}, not a regular file"):
            load(tmp_path / name)
    with pytest.raises(DataError, match="/dev/zero: a device, not a regular file"):
        load("/dev/zero")


def test_a_file_that_may_not_be_read_is_not_called_missing(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("edgewise.models.array_files.open_regular", refuse)
    with pytest.raises(DataError, match=r"m\.safetensors: permission denied"):
        load_model(tmp_path / "m.safetensors")


def test_pictures_in_the_place_of_the_model(tmp_path):
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    for name in ("photo.png", "."):
        with pytest.raises(DataError) as caught:
            load_model(tmp_path / name)
        assert caught.value.hint == (
            "the name of a model ends in .safetensors, and it comes before the pictures"
        )


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "m.safetensors"
    save_model(path, model())
    return path.read_bytes()


def test_a_file_cut_short(tmp_path, content):
    for length in range(0, len(content), 7):
        (tmp_path / "cut.safetensors").write_bytes(content[:length])
        with pytest.raises(DataError, match=r"cut\.safetensors: "):
            load_model(tmp_path / "cut.safetensors")


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_flipped_bytes_give_a_model_or_one_error(content, tmp_path_factory, place, change):
    broken = bytearray(content)
    broken[place % len(broken)] ^= change
    path = tmp_path_factory.getbasetemp() / "flipped.safetensors"
    path.write_bytes(bytes(broken))
    try:
        found = load_model(path)
    except DataError as error:
        assert "flipped.safetensors: " in str(error)
    else:
        assert np.isfinite(found.weights).all()


def spec(**changes):
    whole = {
        "format": 1,
        "type": "linear",
        "kind": "svm",
        "classes": ["a", "b", "c"],
        "size": [8, 8],
        "channels": 1,
        "hog": CONFIG.to_dict(),
        "training": {},
    }
    return {**whole, **changes}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "not a model of Edgewise"),
        ("{", "not JSON"),
        ("[]", "not a model of Edgewise"),
        (json.dumps(spec(format=99)), "format 99"),
        (json.dumps(spec(type="tree")), "type tree"),
        (json.dumps(spec(kind="tree")), 'no kind of linear model "tree"'),
        (json.dumps(spec(classes=["a", "b"])), "do not fit 2 classes"),
        (json.dumps(spec(classes=["a", "a", "a"])), "two or more different names"),
        (json.dumps(spec(classes=5)), "not a usable model"),
        (json.dumps(spec(size=[8])), "not a usable model"),
        (json.dumps(spec(size=["x", 8])), "not a usable model"),
        (json.dumps(spec(channels=2)), "make no sense"),
        (json.dumps(spec(hog={"cell": [4, 4], "teeth": 3})), 'no HoG setting "teeth"'),
        (json.dumps(spec(hog=None)), "not a usable model"),
        (json.dumps({k: v for k, v in spec().items() if k != "hog"}), "not a usable model"),
    ],
)
def test_settings_that_make_no_sense(tmp_path, text, message):
    arrays = {"weights": np.zeros((3, 12), np.float32), "bias": np.zeros(3, np.float32)}
    content = save(arrays, metadata=None if text is None else {"edgewise": text})
    (tmp_path / "m.safetensors").write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_model(tmp_path / "m.safetensors")


@pytest.mark.parametrize("weights", [np.full((3, 12), np.nan, np.float32), np.zeros((3, 12))])
def test_weights_that_make_no_sense(tmp_path, weights):
    arrays = {"weights": weights, "bias": np.zeros(3, np.float32)}
    content = save(arrays, metadata={"edgewise": json.dumps(spec())})
    (tmp_path / "m.safetensors").write_bytes(content)
    with pytest.raises(DataError, match="not finite float32"):
        load_model(tmp_path / "m.safetensors")


def written(path, arrays, **changes):
    path.write_bytes(save(arrays, metadata={"edgewise": json.dumps(spec(**changes))}))
    return path


def plain_arrays(columns=12):
    return {"weights": np.ones((3, columns), np.float32), "bias": np.zeros(3, np.float32)}


def test_files_from_before_maps_and_calibrations_still_load(tmp_path):
    found = load_model(written(tmp_path / "m.safetensors", plain_arrays()))
    assert found.config == CONFIG
    assert found.map is None
    assert found.calibration is None
    assert_array_equal(found.judge(np.ones((2, 12), np.float32)), np.full((2, 3), 12))


JOINED = {"joined": [{"kind": "hog", **CONFIG.to_dict()},
                     {"kind": "pixels", "grid": [2, 2], "channels": 1, "scale": 1.0}]}  # fmt: skip
CHI2 = {"name": "chi2", "steps": 1, "source": 12}
RBF = {"name": "nystroem", "gamma": 0.5}
LANDMARKS = {"landmarks": np.ones((12, 12), np.float32)}


def test_files_with_joined_features_and_a_map(tmp_path):
    found = load_model(written(tmp_path / "j.safetensors", plain_arrays(16), hog=JOINED))
    assert_array_equal(found.config.to_dict() == JOINED, True)
    arrays = {**plain_arrays(), **LANDMARKS}
    found = load_model(written(tmp_path / "r.safetensors", arrays, map=RBF))
    # Every row is a landmark: twelve similarities of 1.
    assert_array_equal(found.judge(np.ones((1, 12), np.float32)), np.full((1, 3), 12))


def calibration(**changes):
    facts = {"name": "isotonic", "points": [2, 1, 1], **changes}
    points = np.arange(4, dtype=np.float32)
    return {"calibration": facts}, {"calibration.scores": points,
                                    "calibration.probabilities": points / 4}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "arrays", "message"),
    [
        ({"hog": {"joined": []}}, {}, "have no parts"),
        ({"hog": {"joined": [{"kind": "sift"}]}}, {}, "not a usable model"),
        (
            {"hog": {"joined": [{**JOINED["joined"][1], "grid": [0, 3]}]}},
            {},
            "grid is no whole number from 1",
        ),
        ({"hog": {"joined": [{**JOINED["joined"][1], "channels": 2}]}}, {}, "make no sense"),
        ({"hog": {"joined": 5}}, {}, "not a usable model"),
        ({"map": {**CHI2, "steps": 9}}, {}, "steps is no whole number from 1 to 3"),
        ({"map": {**CHI2, "source": 5}}, {}, "kernel map of 5 values does not fit 12"),
        ({"map": RBF}, {}, "not a usable model"),
        ({"map": {**RBF, "gamma": -1}}, LANDMARKS, "gamma is no number above 0"),
        ({"map": RBF}, {"landmarks": np.full((12, 12), np.inf, np.float32)}, "makes no sense"),
        ({"map": {"name": "poly", "gamma": 1}}, LANDMARKS, "kernel map makes no sense"),
        ({"map": {}}, {}, "not a usable model"),
        (*calibration(points=[2, 1]), "calibration makes no sense"),
        (*calibration(points=[2, 2, 0]), "points is no whole number from 1"),
        (*calibration(name="guess"), "not a usable model"),
        (*calibration(name="platt"), "not a usable model"),
    ],
)
def test_maps_and_calibrations_that_make_no_sense(tmp_path, changes, arrays, message):
    path = written(tmp_path / "m.safetensors", {**plain_arrays(), **arrays}, **changes)
    with pytest.raises(DataError, match=message):
        load_model(path)


def test_a_calibration_that_makes_sense(tmp_path):
    changes, arrays = calibration()
    found = load_model(written(tmp_path / "m.safetensors", {**plain_arrays(), **arrays}, **changes))
    assert_array_equal(found.measure, "probability")
