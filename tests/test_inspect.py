"""`edgewise inspect`: what it says of every kind of file, and of bad ones."""

import io
import json

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from edgewise import write_image
from edgewise.cli.main import run
from edgewise.reports.facts import facts_text
from edgewise.sample_images import fashion, folder

CAT = folder() / "chelsea.png"


def inspected(capsys, *words, code=0):
    assert_array_equal(run(["inspect", "--json", *map(str, words)]), code)
    found = json.loads(capsys.readouterr().out)
    assert_array_equal(found["schema"], "edgewise.inspect/1")
    return found["files"]


def only(found):
    (facts,) = found.values()
    return facts


def test_a_picture(capsys):
    facts = only(inspected(capsys, CAT))
    assert_array_equal(
        [facts[key] for key in ("kind", "size", "dtype", "format")],
        ["picture", "451x300", "uint8", "PNG"],
    )
    assert_array_equal(facts["channels"], ["red", "green", "blue"])
    assert_array_equal(facts["bytes"], CAT.stat().st_size)
    with Image.open(CAT) as picture:
        pixels = np.array(picture)
    for channel, name in enumerate(facts["channels"]):
        plane = pixels[:, :, channel]
        expected = {"min": plane.min(), "max": plane.max(), "mean": round(plane.mean(), 3)}
        assert_array_equal(facts["values"][name], expected)
    assert "orientation" not in facts


def test_how_a_picture_is_stored(tmp_path, capsys):
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.fromarray(np.zeros((4, 6, 3), np.uint8))
    image.save(tmp_path / "turned.jpg", exif=exif)
    palette = Image.fromarray(np.arange(24, dtype=np.uint8).reshape(4, 6)).quantize(9)
    palette.save(tmp_path / "p.gif", save_all=True, append_images=[palette.rotate(180)])
    found = inspected(capsys, tmp_path / "turned.jpg", tmp_path / "p.gif")
    turned, palette = found.values()
    assert_array_equal([turned["orientation"], turned["size"]], [6, "4x6"])
    assert_array_equal([palette["stored_as"], palette["frames"]], ["palette", 2])


def test_numbers_that_are_none(tmp_path, capsys):
    write_image(tmp_path / "some.npy", np.array([[np.nan, 1], [np.inf, 2]], np.float32))
    write_image(tmp_path / "all.npy", np.full((2, 2), np.nan, np.float32))
    some, none = inspected(capsys, tmp_path / "some.npy", tmp_path / "all.npy").values()
    expected = {"min": 1, "max": 2, "mean": 1.5, "not_finite": 2}
    assert_array_equal(some["values"]["gray"], expected)
    assert none["values"]["gray"]["mean"] is None


def test_a_picture_on_stdin(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(CAT.read_bytes())))
    assert_array_equal(only(inspected(capsys, "-"))["size"], "451x300")


def test_a_folder_per_class(tmp_path, capsys):
    for name, side in (("b/10.png", 4), ("b/2.png", 5), ("a/1.png", 4)):
        write_image(tmp_path / "set" / name, np.zeros((3, side), np.uint8))
    (tmp_path / "set" / "c").mkdir()
    (tmp_path / "set" / "a" / "bad.png").write_text("words")
    assert_array_equal(run(["inspect", "--json", str(tmp_path / "set")]), 3)
    out, err = capsys.readouterr()
    facts = only(json.loads(out)["files"])
    assert_array_equal([facts["pictures"], facts["unreadable"]], [4, 1])
    assert_array_equal(facts["classes"], {"a": 2, "b": 2})
    assert_array_equal(facts["empty_classes"], ["c"])
    assert_array_equal(facts["sizes"], {"4x3 gray uint8": 2, "5x3 gray uint8": 1})
    # The whole path, to be found and mended.
    assert err.startswith(f"{tmp_path}/set/a/bad.png: not a picture")
    assert "1 file done, 1 failed" in err


def test_a_manifest(tmp_path, capsys):
    (tmp_path / "m.csv").write_text(f"path,label,split\n{CAT},cat,train\nnone.png,dog,test\n")
    facts = only(inspected(capsys, tmp_path / "m.csv", code=3))
    assert_array_equal(facts["splits"], {"test": 1, "train": 1})
    assert_array_equal(facts["classes"], {"cat": 1, "dog": 1})
    assert_array_equal(facts["sizes"], {"451x300 RGB uint8": 1})


def test_digits_are_not_read_one_by_one(monkeypatch, capsys):
    def refuse(*_, **__):
        raise AssertionError

    monkeypatch.setattr("edgewise.images.dataset.read_in_order", refuse)
    facts = only(inspected(capsys, "digits"))
    assert_array_equal(facts["sizes"], {"8x8 gray uint8": 1797})


def test_features_and_a_model(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert_array_equal(run(["hog", str(fashion("test")), "-o", "f.npz", "-q"]), 0)
    assert_array_equal(run(["hog", str(fashion("test")), "-o", "f.csv", "-q"]), 0)
    assert_array_equal(run(["train", "linear", "f.npz", "-o", "m.safetensors", "-q"]), 0)
    capsys.readouterr()
    table, text, model = inspected(capsys, "f.npz", "f.csv", "m.safetensors").values()
    assert_array_equal(table, text)
    assert_array_equal([table["kind"], table["rows"], table["size"]], ["features", 300, "28x28"])
    assert_array_equal(set(table["classes"].values()), {30})
    assert_array_equal(model["kind"], "linear model, logistic")
    assert_array_equal(model["classes"], list(table["classes"]))
    assert_array_equal(model["hog"], table["hog"])
    assert_array_equal(model["length"], table["length"])
    assert_array_equal(model["training"]["pictures"], 300)


def test_patterns_and_lists(tmp_path, capsys):
    for name in ("a.png", "b.png"):
        write_image(tmp_path / name, np.zeros((3, 4), np.uint8))
    assert_array_equal(len(inspected(capsys, tmp_path / "*.png")), 2)
    (tmp_path / "list.txt").write_text(f"{tmp_path}/a.png\n")
    assert_array_equal(list(inspected(capsys, f"@{tmp_path}/list.txt")), [f"{tmp_path}/a.png"])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.png", None, "none.png: no such file"),
        ("none.npz", None, "none.npz: no such file"),
        ("none.safetensors", None, "none.safetensors: no such file"),
        ("x.png", b"words", "x.png: not a picture"),
        ("x.png", b"", "x.png: the file is empty"),
        ("x.npz", b"words", "x.npz: damaged, or no feature file; make it with edgewise hog"),
        ("x.safetensors", b"words", "x.safetensors: not a .safetensors file"),
        ("x.csv", b"words", 'x.csv: the first line names no column "path"'),
        ("x-idx3-ubyte", b"words", "x-idx3-ubyte: not an IDX file"),
    ],
)
def test_what_cannot_be_inspected(tmp_path, monkeypatch, capsys, name, content, message):
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert_array_equal(run(["inspect", name, str(CAT)]), 3)
    out, err = capsys.readouterr()
    assert err.startswith(message)
    assert_array_equal(len(err.splitlines()), 2)
    assert "451x300" in out
    assert_array_equal(run(["inspect", name]), 3)
    assert_array_equal(capsys.readouterr().out, "")


def test_an_empty_folder_is_named_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "void").mkdir()
    assert_array_equal(run(["inspect", "void"]), 3)
    assert capsys.readouterr().err.startswith("void: holds no pictures; their names end in")


def test_the_text(capsys):
    assert_array_equal(run(["inspect", str(CAT)]), 0)
    lines = capsys.readouterr().out.splitlines()
    assert_array_equal(lines[:2], ["kind      picture", "size      451x300"])
    assert_array_equal(
        lines[-4:],
        [
            "         min  max     mean",
            "  red      2  215  147.673",
            "  green    4  189  111.444",
            "  blue     0  231   86.798",
        ],
    )


def test_the_text_of_facts():
    facts = {
        "kind": "x",
        "long_list": ["word"] * 40,
        "empty": {},
        "counts": {"a": 5, "b c": 1234},
        "words": {"a": "yes", "b": [1, 2.5, None, True]},
    }
    expected = """\
kind       x
long list  word, word, word, word, word, word, word, word, word, word, word, word, word,
           word, word, word, word, word, word, word, word, word, word, word, word, word,
           word, word, word, word, word, word, word, word, word, word, word, word, word,
           word
empty      none
counts
  a        5
  b c  1,234
words
  a  yes
  b  1, 2.5, none, yes"""
    assert_array_equal(facts_text(facts).splitlines(), expected.splitlines())


def test_long_lists_are_cut():
    lines = facts_text({"sizes": {f"{i}x{i}": i for i in range(1000)}}).splitlines()
    assert_array_equal(len(lines), 21)
    assert_array_equal(lines[-1], "  and 981 more; --json has all")
