"""The hog command: inputs, outputs, plans, failures."""

import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from edgewise.cli.main import run
from edgewise.features import HogConfig, hog, load_features, prepare
from edgewise.images import read_image, write_image


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """Enter a folder with a labelled set, a plain folder and a picture; return its pixels."""
    monkeypatch.chdir(tmp_path)
    images = np.random.default_rng(0).integers(0, 256, (6, 24, 32, 3), np.uint8)
    for i, image in enumerate(images[:4]):
        write_image(f"set/{'ab'[i % 2]}/{i}.png", image)
    write_image("some/x.png", images[4])
    write_image("some/deep/y.png", images[5])
    write_image("one.png", images[0])
    return images


def test_a_plain_folder(photos, capsys):
    assert run(["hog", "some", "-o", "f.npz", "--cell", "4x8"]) == 0
    table = load_features("f.npz")
    assert table.labels is None
    assert table.names == ("some/deep/y.png", "some/x.png")
    assert table.config == HogConfig(cell=(4, 8))
    assert (table.size, table.channels) == ((24, 32), 3)
    assert_array_equal(table.X[1], hog(photos[4], cell=(4, 8)))
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "f.npz: 2 pictures of 32x24, 540 values each\n"


def test_a_labelled_set_keeps_its_labels(photos, capsys):
    assert run(["hog", "set", "-o", "f.csv", "--preset", "skimage", "--gray", "--bins", "7"]) == 0
    table = load_features("f.csv")
    assert table.labels == ("a", "a", "b", "b")
    assert table.names == ("a/0.png", "a/2.png", "b/1.png", "b/3.png")
    assert (table.channels, table.config) == (1, HogConfig.preset("skimage", bins=7))
    wanted = hog(prepare(photos[1], channels=1), "skimage", bins=7)
    assert_allclose(table.X[2], wanted, atol=1e-6)
    assert capsys.readouterr().err.endswith(", 2 classes\n")


def test_lists_globs_and_data_sets(photos):
    with open("list.txt", "w") as file:
        file.write("one.png\nset/b/1.png\n")
    assert run(["hog", "@list.txt", "set/a/*.png", "-o", "f.npz", "-q"]) == 0
    assert load_features("f.npz").names == ("one.png", "set/b/1.png", "set/a/0.png", "set/a/2.png")
    with open("m.csv", "w") as file:
        file.write("path,label\none.png,cat\n")
    assert run(["hog", "m.csv", "-o", "m.npz", "-q"]) == 0
    assert load_features("m.npz").labels == ("cat",)
    assert run(["hog", "digits", "-o", "d.npz", "--cell", "2", "-q"]) == 0
    assert load_features("d.npz").classes == tuple("0123456789")


def test_every_setting_arrives(photos):
    words = ["--cell", "3", "--block", "1x2", "--bins", "4", "--signed", "--norm", "l1"]
    words += ["--gamma", "sqrt", "--size", "20x10"]
    assert run(["hog", "one.png", "-o", "f.npz", "-q", *words]) == 0
    table = load_features("f.npz")
    assert table.size == (10, 20)
    assert table.config == HogConfig(
        cell=3, block=(1, 2), bins=4, signed=True, norm="l1", gamma="sqrt"
    )


def test_stdin_to_stdout(photos, monkeypatch, capsysbinary):
    with open("one.png", "rb") as file:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read())))
    assert run(["hog", "-", "-o", "-"]) == 0
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert lines[0].startswith("name,h0,h1,")
    name, *values = lines[1].split(",")
    assert name == "stdin"
    assert_array_equal(np.array(values, np.float32), hog(photos[0]))


def test_a_picture_of_one(photos, capsys):
    assert run(["hog", "one.png", "--picture", "hog.png"]) == 0
    assert capsys.readouterr().err == "hog.png: 4x3 cells drawn\n"
    drawing = read_image("hog.png")
    assert drawing.shape == (48, 64)
    assert drawing.max() > 200
    assert run(["hog", "one.png", "--picture", "other.png", "-o", "f.npz", "-q"]) == 0
    assert len(load_features("f.npz")) == 1


def test_json_says_what_was_done(photos, capsys):
    assert run(["hog", "set", "-o", "f.npz", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["schema"] == "edgewise.hog/1"
    assert facts["features"] == "f.npz"
    assert (facts["pictures"], facts["length"], facts["size"]) == (4, 216, [24, 32])
    assert facts["classes"] == ["a", "b"]
    assert HogConfig.from_dict(facts["hog"]) == HogConfig()
    assert facts["failed"] == []


def test_a_dry_run_writes_nothing(photos, capsys):
    assert run(["hog", "set", "-o", "f.npz", "-n"]) == 0
    assert capsys.readouterr().out == (
        "4 pictures of 2 classes to read\n"
        "32x24 pixels: 4x3 cells, 3x2 blocks, 216 values\n"
        "3,456 bytes of features in all; nothing was written\n"
    )
    assert run(["hog", "some", "--dry-run", "--size", "64x128", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["length"], facts["blocks"], facts["bytes"]) == (3780, [15, 7], 2 * 3780 * 4)
    assert not os.path.exists("f.npz")


def test_bad_pictures_are_named_and_left_out(photos, capsys):
    with open("some/bad.png", "w") as file:
        file.write("words")
    assert run(["hog", "some", "missing.png", "-o", "f.npz", "--json"]) == 3
    out, err = capsys.readouterr()
    failed = json.loads(out)["failed"]
    assert [each["name"] for each in failed] == ["some/bad.png", "missing.png"]
    for each in failed:
        assert f"{each['name']}: {each['reason']}\n" in err
    assert "2 pictures done, 2 failed" in err
    assert load_features("f.npz").failed == tuple((f["name"], f["reason"]) for f in failed)


def test_nothing_readable_is_an_error(photos, tmp_path, capsys):
    assert run(["hog", "missing.png", "gone.png", "-o", "f.npz"]) == 1
    err = capsys.readouterr().err
    assert "missing.png: " in err
    assert "edgewise: no picture could be used" in err
    assert not (tmp_path / "f.npz").exists()


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (["one.png"], 2, "say where the features go, -o FEATURES.npz"),
        (["some", "--picture", "h.png"], 2, "--picture draws one picture, and there are 2"),
        (["one.png", "--picture", "-"], 2, "--picture needs the name of a file"),
        (["one.png", "-o", "-", "--json"], 2, "both want stdout"),
        (["one.png", "-n", "--preset", "skimag"], 2, 'did you mean "skimage"'),
        (["one.png", "-n", "--norm", "l3"], 2, "norm is one of"),
        (["one.png", "-n", "--cell", "0"], 2, "neither a number nor"),
        (["one.png", "-n", "--cell", "30"], 1, "32x24 pixels is too small"),
        (["one.png", "-o", "f.txt"], 2, "ends in .npz, .npy, .csv, .svm or .parquet"),
        (["some", "one.png", "tall.png", "-o", "f.npz"], 1, "such as --size 32x24"),
        (["one.png", "-o", "old.npz"], 1, "old.npz exists already; use --overwrite"),
        (["one.png", "--picture", "one.png"], 1, "one.png exists already; use --overwrite"),
        (["one.png", "-o", "f.npz", "--picture", "h.xyz"], 2, "h.xyz"),
    ],
)
def test_mistakes(photos, tmp_path, capsys, words, code, text):
    write_image("tall.png", np.zeros((99, 20), np.uint8))
    (tmp_path / "old.npz").write_text("mine")
    before = sorted(tmp_path.iterdir())
    assert run(["hog", *words]) == code
    err = capsys.readouterr().err
    assert text in err
    assert "Traceback" not in err
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "old.npz").read_text() == "mine"


def test_overwriting(photos):
    for extra, code in (([], 0), ([], 1), (["--overwrite"], 0)):
        assert run(["hog", "one.png", "-o", "f.npz", "-q", *extra]) == code


def test_the_installed_command(photos):
    command = [sys.executable, "-m", "edgewise", "hog", "some", "-o", "-", "-j", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 3
    assert done.stderr == ""
