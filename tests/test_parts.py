"""Data that are divided: folders called train and test, and the split column of manifests."""

import json

import numpy as np
import pytest

from edgewise import DataError, open_dataset, write_image
from edgewise.cli.main import run
from edgewise.images.parts import choose_part, part_named, parts_among, refuse_parts


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("train", "train Train TRAIN training training_set trainingSet images_train train-data"),
        ("train", "train2017 TrainImages trainset traindata data_training_images"),
        ("validation", "val valid valid_set validation dev dev-set val2017 ValidationData"),
        ("test", "test testing test_set images_test Test testImages eval evaluation_split"),
    ],
)
def test_names_of_parts(part, names):
    assert {part_named(name) for name in names.split()} == {part}


@pytest.mark.parametrize(
    "name",
    ["training shoes", "trainers", "bullet train", "tests", "contest", "valid ticket", "cat", "7"],
)
def test_names_of_things(name):
    assert part_named(name) is None


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["training_set", "test_set"], 2),
        (["Train", "valid_set", "images_test"], 3),
        (["chest_xray_train", "chest_xray_test"], 2),
        (["training shoes", "cat"], 0),
        (["train", "car", "plane"], 0),
        (["train1", "train2"], 0),
        ([], 0),
    ],
)
def test_parts_are_those_of_two_kinds(names, found):
    assert len(parts_among(names)) == found


@pytest.mark.parametrize(
    ("names", "refused"),
    [
        (["train", "test"], True),
        (["test", "train", "unlabelled"], True),
        (["train", "test", "car", "plane"], False),
        (["training shoes", "cat"], False),
        (["train", "plane"], False),
    ],
)
def test_what_is_refused(names, refused):
    if not refused:
        refuse_parts(names, "data")
        return
    with pytest.raises(DataError, match="as if it were split") as caught:
        refuse_parts(names, "data/")
    assert caught.value.hint == "use data/train to learn from, and data/test to test"


@pytest.fixture
def here(tmp_path, monkeypatch, rng):
    """A manifest of 24 pictures in three splits, and the same in folders of parts."""
    monkeypatch.chdir(tmp_path)
    rows = ["path,label,split"]
    for i in range(24):
        label, split = "ab"[i % 2], ("train", "train", "train", "test", "val", "")[i // 2 % 6]
        shade = rng.integers(0, 60, (16, 16), np.uint8) + np.uint8(90 * (i % 2))
        write_image(f"all/{i}.png", shade)
        rows.append(f"all/{i}.png,{label},{split}")
        write_image(f"d/{'train_set' if i < 16 else 'test_set'}/{label}/{i}.png", shade)
    (tmp_path / "m.csv").write_text("\n".join(rows))
    return tmp_path


def said(capsys):
    return " ".join(capsys.readouterr().err.split())


LINEAR = ["train", "linear", "--features", "pixels:4x4", "-o", "l.safetensors"]
CNN = ["train", "cnn", "--network", "flatten,dense:classes", "--epochs", "1", "-o"]
COMPARE = ["compare", "-o", "out", "--network", "flatten,dense:classes", "--epochs", "1"]


def test_the_test_part_is_named_as_a_shell_takes_it(here, capsys):
    (here / "my m.csv").write_bytes((here / "m.csv").read_bytes())
    assert run([*LINEAR, "my m.csv"]) == 0
    assert "edgewise evaluate MODEL 'my m.csv:test' tests" in capsys.readouterr().err


def test_train_takes_the_train_rows_and_says_so(here, capsys):
    assert run([*LINEAR, "m.csv", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["training"]["pictures"] == 12
    assert (
        "m.csv: 12 pictures of its split train, without the other 12; edgewise evaluate MODEL "
        "m.csv:test tests" in captured.err
    )
    assert run(["evaluate", "l.safetensors", "m.csv", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["count"] == 4
    assert "m.csv: 4 pictures of its split test, without the other 20\n" in captured.err
    whole = ["--validation", "m.csv", "--test", "m.csv", "--json"]
    assert run([*CNN, "c.safetensors", "m.csv", *whole]) == 0
    facts = json.loads(capsys.readouterr().out)
    training = facts["training"]
    assert (training["pictures"], training["held_back"], facts["test"]["count"]) == (12, 4, 4)


def test_a_part_that_is_named_is_taken_without_a_word(here, capsys):
    assert run([*LINEAR, "m.csv:val", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["training"]["pictures"] == 4
    assert "m.csv" not in captured.err


def test_parts_that_are_not_there(here, capsys):
    (here / "folds.csv").write_text("path,label,split\nall/0.png,a,1\nall/1.png,b,2\n")
    assert run([*LINEAR, "folds.csv"]) == 1
    text = said(capsys)
    assert "folds.csv is split into 1 and 2, and none of them is for train" in text
    assert "hint: name the part to take, such as folds.csv:1" in text
    # All of one part: nothing to choose, but nothing to learn from either.
    (here / "held.csv").write_text("path,label,split\nall/0.png,a,test\nall/1.png,b,test\n")
    assert choose_part(open_dataset("held.csv"), "validation") is None
    with pytest.raises(DataError, match="none of them is for train"):
        choose_part(open_dataset("held.csv"), "train")
    chosen = choose_part(open_dataset("m.csv"), "train")
    assert chosen is not None
    assert chosen.dataset.source == "m.csv:train"
    (here / "two.csv").write_text(
        "path,label,split\nall/0.png,a,Training\nall/1.png,b,train_set\nall/2.png,b,Test\n"
    )
    with pytest.raises(DataError, match="more than one of them is for train"):
        choose_part(open_dataset("two.csv"), "train")
    assert choose_part(open_dataset("two.csv"), "test").name == "Test"


@pytest.mark.parametrize("words", [LINEAR, [*CNN, "m.safetensors"], COMPARE])
def test_folders_of_parts_are_no_classes(here, capsys, words):
    assert run([*words, "d"]) == 1
    text = said(capsys)
    assert "the classes of d would be test_set and train_set, as if it were split" in text
    assert "hint: use d/train_set to learn from, and d/test_set to test" in text


def test_features_of_folders_of_parts(here, capsys):
    assert run(["hog", "d", "-o", "shards/", "-q"]) == 0
    assert run(["train", "linear", "shards", "-o", "m.safetensors"]) == 1
    assert "as if it were split" in said(capsys)
    assert run(["hog", "d", "-o", "f.npz"]) == 1
    assert run(["hog", "m.csv", "-o", "f.npz"]) == 0
    assert "m.csv is split into test and train and val, and the features are of all" in said(capsys)


def test_inspect_warns_of_parts(here, capsys):
    assert run(["inspect", "d", "--json", "-q"]) == 0
    facts = json.loads(capsys.readouterr().out)["files"]["d"]
    assert facts["parts"] == {"test_set": "test", "train_set": "train"}
    assert any(
        text.startswith("test_set and train_set are named like parts") for text in facts["findings"]
    )
