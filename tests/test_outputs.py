"""The recorder of what commands write: it sees every change, and nothing else."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest
from outputs import __main__ as outputs
from outputs import running
from outputs.commands import COMMANDS, Command
from outputs.differences import compare_files, compare_folders
from PIL import Image
from safetensors.numpy import save_file

from edgewise.features.config import HogConfig
from edgewise.features.extract import extract
from edgewise.features.files import save_features
from edgewise.images import open_dataset
from edgewise.sample_images import fashion


def differences(tmp_path, suffix, write, old, new):
    """Write two files, and return what is said of them."""
    paths = [tmp_path / f"{which}{suffix}" for which in ("old", "new")]
    for path, what in zip(paths, (old, new), strict=True):
        write(path, what)
    return compare_files(*paths)


def write_text(path, text):
    path.write_text(text)


def write_json(path, value):
    path.write_text(json.dumps(value))


def write_arrays(path, array):
    {".npy": np.save, ".npz": lambda p, a: np.savez(p, X=a)}[path.suffix](path, array)


def write_model(path, facts):
    spec = {"edgewise": json.dumps({"versions": {"numpy": "1"}, **facts})}
    save_file({"weights": np.ones(3, np.float32)}, path, metadata=spec)


def test_a_changed_pixel(tmp_path):
    pixels = np.arange(48, dtype=np.uint8).reshape(6, 8)
    other = pixels.copy()
    other[2, 3] += 1

    def write(path, picture):
        Image.fromarray(picture).save(path)

    assert differences(tmp_path, ".png", write, pixels, pixels) == []
    which, size = differences(tmp_path, ".png", write, pixels, other)
    assert which == "pixels differs in 1 of 48 values, first at (2, 3): was 19, is 20"
    assert size.startswith("bytes changed")


def test_the_same_pixels_written_otherwise(tmp_path):
    def write(path, level):
        Image.fromarray(np.arange(48, dtype=np.uint8).reshape(6, 8)).save(
            path, compress_level=level
        )

    (change,) = differences(tmp_path, ".png", write, 0, 9)
    assert change.startswith("bytes changed")


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_to_a_millionth(tmp_path, suffix, dtype):
    values = np.linspace(1, 2, 12, dtype=dtype).reshape(3, 4)
    near, far = values * dtype(1 + 5e-7), values.copy()
    far[1, 2] *= dtype(1 + 3e-6)
    assert differences(tmp_path, suffix, write_arrays, values, near) == []
    (change,) = differences(tmp_path, suffix, write_arrays, values, far)
    assert "differs in 1 of 12 values, first at (1, 2)" in change


def test_nan_and_infinity_are_values_as_others(tmp_path):
    values = np.array([np.nan, np.inf, 1.0])
    assert differences(tmp_path, ".npy", write_arrays, values, values[:]) == []
    for other in ([0, np.inf, 1], [np.nan, -np.inf, 1], [np.nan, 1, 1], [np.nan, np.inf, np.nan]):
        assert differences(tmp_path, ".npy", write_arrays, values, np.array(other, float))


@pytest.mark.parametrize(
    "other",
    [np.arange(5), np.arange(6)[::-1], np.arange(6).reshape(2, 3), np.arange(6.0),
     np.arange(6, dtype=np.int32)],
)  # fmt: skip
def test_integers_shapes_and_types_to_the_byte(tmp_path, other):
    assert differences(tmp_path, ".npy", write_arrays, np.arange(6), other)


def test_a_changed_label_of_a_feature_file(tmp_path):
    table = extract(open_dataset(str(fashion("test"))), HogConfig(cell=(7, 7)))
    others = table.labels[1:]
    other = replace(table, labels=("bag", *others))
    for suffix in (".npz", ".csv", ".parquet", ".svm", ".npy"):
        for name, one in (("old", table), ("new", other)):
            (tmp_path / name).mkdir(exist_ok=True)
            save_features(tmp_path / name / f"f{suffix}", one)
    changed = compare_folders(tmp_path / "old", tmp_path / "new")
    for name in ("f.npz: labels", "f.csv: row 1", "f.parquet: label", "f.npy.json", "f.svm.json"):
        assert any(line.startswith(name) for line in changed)


@pytest.mark.parametrize(
    ("other", "place"),
    [({"C": 1.0001, "classes": ["a", "b"]}, "edgewise.C was 1.0, is 1.0001"),
     ({"C": 1.0, "classes": ["a", "c"]}, "edgewise.classes[1] was 'b', is 'c'"),
     ({"C": 1.0}, "edgewise.classes"),
     ({"C": 1.0, "classes": ["a", "b"], "new": 1}, "edgewise.new is new")],
)  # fmt: skip
def test_what_describes_a_model(tmp_path, other, place):
    changes = differences(
        tmp_path, ".safetensors", write_model, {"C": 1.0, "classes": ["a", "b"]}, other
    )
    assert any(place in change for change in changes)


def test_versions_seconds_and_where_it_ran_do_not_count(tmp_path):
    old = {"versions": {"numpy": "2"}, "training_seconds": 2.0, "C": 1.0}
    new = {"versions": {"numpy": "3"}, "training_seconds": 3.0, "C": 1.0 + 1e-7}
    assert differences(tmp_path, ".json", write_json, old, new) == []
    tables = ["epoch,loss,seconds\n1,0.5,2.1\n", "epoch,loss,seconds\n1,0.5,2.3\n"]
    assert differences(tmp_path, ".csv", write_text, *tables) == []
    paths = [f"path\n{place}/made/a.png\n" for place in ("/tmp/one/x", "../two/x")]
    assert differences(tmp_path, ".csv", write_text, *paths) == []
    lines = ["seconds   2.9\nended 2026-01-02 03:04\n", "seconds   31.0\nended 2027-01-02 03:04\n"]
    assert differences(tmp_path, ".txt", write_text, *lines) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("accuracy 0.8633", "accuracy 0.8634"), ("300 pictures", "301 pictures"), ("bag", "bags"),
     ("a\n", "a\nb\n"), ("1 2.5", "1 2.5 3.5")],
)  # fmt: skip
def test_texts(tmp_path, old, new):
    assert differences(tmp_path, ".txt", write_text, old, new)


def test_missing_and_new_files(tmp_path):
    for folder, name in (("old", "a/1.png"), ("new", "a/2.png")):
        path = tmp_path / folder / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x")
    assert compare_folders(tmp_path / "old", tmp_path / "new") == [
        "a/1.png: no longer written",
        "a/2.png: was not written before",
    ]


def test_a_damaged_file_is_a_change(tmp_path):
    (change,) = differences(tmp_path, ".npz", write_text, "x", "y")
    assert change.startswith("cannot be read")


def test_record_and_compare(tmp_path, monkeypatch, capsys):
    """Two real commands, of which one reads what the other has written."""
    chosen = {
        "first": Command("filter prewitt made/mixed -o first/out"),
        "second": Command("filter identity first/out/good.png -o - --format ppm"),
    }
    monkeypatch.setattr(outputs, "COMMANDS", chosen)
    monkeypatch.setattr(running, "COMMANDS", chosen)
    folder = tmp_path / "record"

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["outputs", *words])
        code = outputs.main()
        return code, capsys.readouterr().out

    assert call("record", str(folder))[0] == 0
    (tmp_path / "moved").symlink_to(folder)
    said = call("compare", str(tmp_path / "moved"))
    assert said == (0, "first: as before\nsecond: as before\nno change\n")
    (folder / "first" / "out" / "good.png").rename(folder / "first" / "good.png")
    (folder / "first" / "exit-code").write_text("0\n")
    code, out = call("compare", str(folder), "--only", "first")
    assert code == 1
    for part in (
        "exit-code: line 1", "good.png: no longer", "out/good.png: was not", "stderr: ",
        "1 of 1 commands",
    ):  # fmt: skip
        assert part in out
    for words in (["record", str(folder)], ["compare", str(folder / "none")]):
        with pytest.raises(SystemExit, match="exists already|is no folder"):
            call(*words)


def test_there_are_forty():
    assert len(COMMANDS) == 40
