"""What is found wrong with data sets, and the splits that mend it."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from edgewise.cli.main import run
from edgewise.images import DataError, open_dataset
from edgewise.models.hygiene import survey
from edgewise.models.hygiene_duplicates import find_duplicates, members
from edgewise.sample_images import folder

CAT = folder() / "chelsea.png"


def pieces(count: int) -> list[Image.Image]:
    """Return pictures that are all different, cut from a photograph."""
    with Image.open(CAT) as picture:
        cat = picture.convert("RGB")
    return [
        cat.crop((40 * (i % 8), 60 * (i // 8), 40 * (i % 8) + 90, 60 * (i // 8) + 90))
        for i in range(count)
    ]


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Two classes of eight pictures each, as PNG."""
    monkeypatch.chdir(tmp_path)
    for i, piece in enumerate(pieces(16)):
        place = Path("data", "cat" if i % 2 else "dog", f"{i}.png")
        place.parent.mkdir(parents=True, exist_ok=True)
        piece.save(place)
    return tmp_path


def inspected(capsys, *words, code=0):
    assert_array_equal(run(["inspect", "--json", "-q", *words]), code)
    return json.loads(capsys.readouterr().out)["files"]


def only(found):
    (facts,) = found.values()
    return facts


def test_clean_data_has_no_findings(data, capsys):
    facts = only(inspected(capsys, "data"))
    assert_array_equal(facts["findings"], [])
    assert_array_equal(facts["formats"], {"PNG": 16})
    assert_array_equal(facts["exact_duplicates"], {"groups": 0, "pictures": 0})
    assert_array_equal(run(["inspect", "data"]), 0)
    assert capsys.readouterr().out.endswith("findings  none\n")


def test_exact_duplicates_are_of_pixels_not_of_files(data, capsys):
    with Image.open("data/cat/1.png") as one:
        one.save("data/cat/again.bmp")
        one.save("data/dog/other.tif")
    facts = only(inspected(capsys, "data"))
    expected = ["data/cat/again.bmp", "data/dog/other.tif"]
    assert_array_equal(facts["exact_groups"], {"data/cat/1.png": expected})
    assert_array_equal(facts["near_duplicates"]["groups"], 0)
    assert_array_equal(
        facts["labels_differ"],
        {"data/cat/1.png: cat": ["data/cat/again.bmp: cat", "data/dog/other.tif: dog"]},
    )
    assert any("different labels" in text for text in facts["findings"])


@pytest.mark.parametrize("change", ["jpeg", "smaller", "brighter", "gray"])
def test_near_duplicates(data, capsys, change):
    with Image.open("data/cat/5.png") as one:
        changed = {
            "jpeg": one, "smaller": one.resize((48, 40)), "gray": one.convert("L"),
            "brighter": one.point([min(255, round(1.1 * v + 5)) for v in range(256)] * 3),
        }[change]  # fmt: skip
        changed.save("data/cat/changed.jpg", quality=60)
    facts = only(inspected(capsys, "data"))
    assert_array_equal(facts["near_groups"], {"data/cat/5.png": ["data/cat/changed.jpg"]})
    assert_array_equal(facts["exact_duplicates"]["groups"], 0)
    assert "near_groups" not in only(inspected(capsys, "data", "--near", "1"))


def test_duplicates_across_train_and_test(data, capsys):
    Path("held/dog").mkdir(parents=True)
    shutil.copy("data/dog/2.png", "held/dog/x.png")
    pieces(18)[17].save("held/dog/new.png")
    facts = only(inspected(capsys, "data", "--test", "held"))
    assert_array_equal(facts["exact_across"], {"data": 1, "held": 1})
    (text,) = facts["findings"][1:]
    assert text.startswith("exact duplicates lie on both sides: 1 of data, 1 of held, such as")
    assert_array_equal(run(["inspect", "data", "--test", "held", "-v"]), 0)
    assert "data/dog/2.png  held/dog/x.png" in capsys.readouterr().out


def test_mirrored_twins_are_found_and_stay_together(data, capsys):
    for i in range(16):
        place = Path("data", "cat" if i % 2 else "dog", f"{i}.png")
        with Image.open(place) as one:
            one.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(place.with_name(f"{i}-m.jpg"))
    with Image.open("data/dog/4.png") as one:
        one.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save("data/cat/other.png")
    facts = only(inspected(capsys, "data"))
    assert_array_equal(facts["mirrored_duplicates"], {"groups": 16, "pictures": 33})
    assert_array_equal(facts["mirrored_groups"]["data/cat/9-m.jpg"], ["data/cat/9.png"])
    # A mirrored picture may well be of another class: left and right.
    assert_array_equal(
        facts["labels_differ"], {"data/cat/other.png: cat": ["data/dog/4-m.jpg: dog"]}
    )
    assert_array_equal(run(["inspect", "data", "-q", "--write-split", "s.csv"]), 0)
    rows = {
        row["path"]: row["split"] for row in csv.DictReader(Path("s.csv").read_text().splitlines())
    }
    assert {"train", "test"} == set(rows.values())
    for i in range(16):
        place = f"data/{'cat' if i % 2 else 'dog'}/{i}"
        assert rows[f"{place}.png"] == rows[f"{place}-m.jpg"]


def test_a_split_tests_every_class_it_can_and_names_the_others(data, capsys):
    for name, count in (("few", 2), ("lone", 1), ("same", 3)):
        Path("data", name).mkdir()
        for i, piece in enumerate(pieces(40)[30 : 30 + count]):
            piece = piece.rotate(90 * (1 + "fls".index(name[0])))
            (pieces(38)[37] if name == "same" else piece).save(f"data/{name}/{i}.png")
    for seed in "0123":
        words = ["inspect", "data", "--write-split", "s.csv", "--overwrite", "--seed", seed]
        assert_array_equal(run(words), 0)
        assert_array_equal(set(open_dataset("s.csv:test").labels), {"cat", "dog", "few"})
        assert "s.csv:test has no picture of lone, same: what there is of each" in (
            capsys.readouterr().err
        )


def test_a_manifest_is_searched_across_its_splits(data, capsys):
    shutil.copy("data/dog/2.png", "x.png")
    lines = ["path,label,split", "data/dog/2.png,dog,train", "x.png,dog,test"]
    Path("m.csv").write_text("\n".join([*lines, "data/cat/1.png,cat,train"]))
    facts = only(inspected(capsys, "m.csv"))
    assert_array_equal(facts["exact_across"], {"train": 1, "test": 1})


def test_arrays_and_files_have_the_same_sights(tmp_path, rng):
    images = rng.integers(0, 256, (30, 9, 17), np.uint8)
    images[3] = images[20]
    images[7] = 5
    head = b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in images.shape)
    (tmp_path / "a-images-idx3-ubyte").write_bytes(head + images.tobytes())
    (tmp_path / "files").mkdir()
    for i, image in enumerate(images):
        Image.fromarray(image).save(tmp_path / "files" / f"{i:02}.png")
    places = (tmp_path / "a-images-idx3-ubyte", tmp_path / "files")
    array, files = (survey(open_dataset([str(one)], labelled=False)) for one in places)
    assert [one.digest for one in array.sights] == [one.digest for one in files.sights]
    assert_allclose(array.signatures, files.signatures, atol=1e-6)
    assert [i for i, one in enumerate(files.sights) if one.flat] == [7]
    found = find_duplicates([one.digest for one in array.sights], array.signatures)
    assert_array_equal(members(found.exact), [[3, 20]])


def test_what_else_is_pointed_out(data, capsys):
    for path in Path("data/dog").iterdir():
        with Image.open(path) as picture:
            picture.resize((95, 90)).save(path.with_suffix(".jpg"), quality=95)
        path.unlink()
    for number in ("3", "5", "7", "9", "11", "13"):
        Path(f"data/cat/{number}.png").unlink()
    for i, piece in enumerate(pieces(40)[16:]):
        piece.save(f"data/cat/new{i}.png")
    Image.new("L", (90, 90), 7).save("data/cat/plain.png")
    Path("data/cat/bad.png").write_text("words")
    facts = only(inspected(capsys, "data", code=3))
    assert_array_equal(facts["single_colour"], ["data/cat/plain.png"])
    assert_array_equal(facts["imbalance"], 3.38)
    assert_array_equal(facts["clues"]["format"]["right"], 1)
    text = "\n".join(facts["findings"])
    for part in (
        "1 picture cannot be read", "the classes are unbalanced: 27 pictures of cat, 8 of dog",
        "the pictures have 2 sizes; train with --size, such as --size 64x64",
        "colours and depths are mixed (34 RGB uint8, 1 gray uint8)",
        "1 picture is of a single colour, first data/cat/plain.png",
        "the format gives the class away: it alone names 100% rightly, guessing 77% "
        "(PNG: 27 cat; JPEG: 8 dog)",
    ):  # fmt: skip
        assert part in text


def test_splits_keep_duplicates_together_and_can_be_used(data, capsys):
    for i in range(6):
        shutil.copy("data/cat/1.png", f"data/cat/copy{i}.png")
    words = ["inspect", "data", "-q", "--write-split"]
    assert_array_equal(run([*words, "out.csv", "--share", "0.4"]), 0)
    assert_array_equal(run([*words, "again.csv", "--share", "0.4"]), 0)
    assert_array_equal(run([*words, "other.csv", "--share", "0.4", "--seed", "1"]), 0)
    text = Path("out.csv").read_text()
    assert text == Path("again.csv").read_text() != Path("other.csv").read_text()
    rows = list(csv.DictReader(text.splitlines()))
    assert_array_equal(len(rows), 22)
    same = {
        row["split"] for row in rows if "copy" in row["path"] or row["path"] == "data/cat/1.png"
    }
    assert_array_equal(len(same), 1)
    parts = [open_dataset(f"out.csv:{name}") for name in ("train", "test")]
    assert_array_equal(sum(map(len, parts)), 22)
    assert all(set(part.labels or ()) == {"cat", "dog"} for part in parts)
    capsys.readouterr()
    facts = only(inspected(capsys, "out.csv"))
    assert_array_equal(sorted(facts["exact_across"].values()), [0, 0])
    assert not any("both sides" in text for text in facts["findings"])


def test_models_learn_from_one_split_and_are_judged_by_the_other(data, capsys):
    assert_array_equal(
        run(["inspect", "data", "-q", "--write-split", "s.csv", "--share", "0.5"]), 0
    )
    model = ["-o", "m.safetensors", "-q", "--cell", "8", "--size", "16x16"]
    assert_array_equal(run(["train", "linear", "s.csv:train", *model]), 0)
    capsys.readouterr()
    assert_array_equal(run(["evaluate", "m.safetensors", "s.csv:test", "--json"]), 0)
    assert_array_equal(json.loads(capsys.readouterr().out)["count"], 8)


def test_groups_of_a_manifest_are_joined_with_duplicates(data):
    lines = ["path,label,group"]
    for i in range(16):
        label = "cat" if i % 2 else "dog"
        lines.append(f"data/{label}/{i}.png,{label},{'abcd'[i // 4]}")
    shutil.copy("data/cat/1.png", "x.png")
    lines.append("x.png,cat,d")
    Path("m.csv").write_text("\n".join(lines))
    words = ["inspect", "m.csv", "-q", "--write-split", "s.csv", "--share", "0.3"]
    assert_array_equal(run(words), 0)
    rows = list(csv.DictReader(Path("s.csv").read_text().splitlines()))
    # The copy of a picture of group a stands in group d.
    joined = {row["split"] for row in rows if row["group"] == "a"}
    assert_array_equal(sum(row["group"] == "a" for row in rows), 9)
    assert_array_equal(len(joined), 1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["data", "--test", "none"], "--test is a data set, and none is none"),
        (["data", "digits", "--test", "digits"], "for one data set at a time"),
        (["data/cat/1.png", "--write-split", "s.csv"], "are for data sets, and data/cat/1.png"),
        (["data", "--test", "data", "--write-split", "s.csv"], "--test is divided already"),
        (["data", "--write-split", "s.txt"], "s.txt: end the name of a split in .csv"),
        (["data", "--write-split", "data/cat/1.png"], "end the name of a split in .csv"),
        (["digits", "--write-split", "s.csv"], "these pictures are not files of their own"),
        (["data", "--write-split", "here.csv"], "here.csv exists already"),
        (["here.csv:tset"], 'has no split "tset"; it has train'),
    ],
)
def test_what_is_refused(data, capsys, words, message):
    Path("here.csv").write_text("path,split\ndata/cat/1.png,train\n")
    assert run(["inspect", *words]) in (1, 2, 3)
    assert message in capsys.readouterr().err
    assert not Path("s.csv").exists()


def test_unknown_splits_are_named():
    with pytest.raises(DataError, match="no such file"):
        open_dataset("none.csv:train")
