"""Pictures that belong together: by their names, by their looks, and kept on one side."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from edgewise import DataError, open_dataset, write_image
from edgewise.cli.main import run
from edgewise.images.groups import grouped, groups_of, suggest_rule
from edgewise.models.hygiene_series import find_series, sample_series

TRACKS = 12
FRAMES = 8


@pytest.mark.parametrize(
    ("rule", "names", "groups"),
    [
        ("folder", ["a/b/1.png", "a/b/2.png", "a/3.png", "4.png"], ["a/b", "a/b", "a", "."]),
        (r"(.+)_", ["0/1_2.png", "1/1_2.png", "0/1_3.png"], ["0/1", "1/1", "0/1"]),
        (r"patient\d+", ["ill/patient7-a.png", "well/patient7.png", "x.png"],
         ["patient7", "patient7", ""]),
        (r"(\w)\d(\w)", ["a1b", "a2b", "a1c"], ["a|b", "a|b", "a|c"]),
        (r"(x)?\d", ["x1", "1"], ["x", ""]),
    ],
)  # fmt: skip
def test_groups_in_names(rule, names, groups):
    assert list(groups_of(names, rule)) == groups


def test_rules_that_find_nothing(here, capsys):
    with pytest.raises(DataError, match='"zebra" is found in none of the names, such as'):
        groups_of(["a/1.png"], "zebra")
    with pytest.raises(DataError, match="is not a regular expression"):
        groups_of([], "(")
    with pytest.raises(DataError, match="these pictures have no file names"):
        grouped(open_dataset("digits"), "folder")
    with pytest.raises(DataError, match="each class is one group"):
        grouped(open_dataset("d"), "folder")
    assert run(["inspect", "d", "--group-by", "["]) == 2
    assert '"[" is not a regular expression' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "classes", "rule"),
    [
        ([f"{c}/{t}/{f}.png" for c in "ab" for t in range(9) for f in range(5)], 2, "folder"),
        ([f"{c}/{t}_{f}.png" for c in "ab" for t in range(9) for f in range(5)], 2, "(.+)[_-]"),
        ([f"{c}/run{t}shot{f}" for c in "ab" for t in range(9) for f in range(5)], 2, r"(.*\D)\d"),
        ([f"{c}/{f}.png" for c in "ab" for f in range(30)], 2, None),
    ],
)
def test_suggested_rules(names, classes, rule):
    assert suggest_rule(names, classes) == rule


@pytest.fixture
def here(tmp_path, monkeypatch, rng):
    """Two classes of six tracks of eight frames, each frame a little off the last."""
    monkeypatch.chdir(tmp_path)
    for track in range(TRACKS):
        scene = rng.integers(0, 200, (24, 24))
        for frame in range(FRAMES):
            scene = np.clip(scene + rng.integers(-9, 10, (24, 24)), 0, 255)
            place = f"d/{'ab'[track % 2]}/{track:02}_{frame}.png"
            write_image(place, (scene + 3 * (track % 2)).astype(np.uint8))
    return tmp_path


def tracks(names):
    return {Path(name).name.partition("_")[0] for name in names}


def inspected(capsys, *words):
    assert run(["inspect", "--json", "-q", *words]) == 0
    (facts,) = json.loads(capsys.readouterr().out)["files"].values()
    return facts


def test_series_are_found_and_a_rule_is_suggested(here, capsys):
    facts = inspected(capsys, "d")
    assert facts["series"]["share"] > 0.7
    assert facts["series"]["group_by"] == "(.+)[_-]"
    (text,) = [text for text in facts["findings"] if "pictures with consecutive names" in text]
    assert text.endswith("keep them together with --group-by '(.+)[_-]'")
    told = inspected(capsys, "d", "--group-by", "(.+)_")
    assert told["groups"] == {f"{'ab'[t % 2]}/{t:02}": FRAMES for t in range(TRACKS)}
    assert "series" not in told
    sampled = sample_series(open_dataset("d"))
    assert sampled is not None
    assert sampled.share > 0.5


def test_pictures_without_order_are_no_series(rng):
    vectors = rng.normal(size=(3000, 9)).astype(np.float32)
    # Classes that are alike in themselves change nothing.
    labels = [str(i % 3) for i in range(3000)]
    vectors[::3] += 5
    assert find_series([f"{i}.png" for i in range(3000)], labels, vectors) is None
    assert find_series([], None, vectors[:0]) is None
    assert find_series(["a.png"], None, vectors[:1]) is None


def test_a_sample_survives_what_cannot_be_read(here):
    for path in Path("d/a").iterdir():
        path.write_text("words")
    assert sample_series(open_dataset("d")) is not None
    for path in Path("d/b").iterdir():
        path.write_text("words")
    assert sample_series(open_dataset("d")) is None
    assert sample_series(open_dataset("digits")) is None


def test_a_written_split_keeps_the_groups(here, capsys):
    words = ["inspect", "d", "-q", "--write-split", "s.csv", "--near", "1", "--share", "0.3"]
    assert run([*words, "--group-by", "(.+)_"]) == 0
    rows = list(csv.DictReader(Path("s.csv").read_text().splitlines()))
    sides = [
        tracks(row["path"] for row in rows if row["split"] == name) for name in ("train", "test")
    ]
    assert not sides[0] & sides[1]
    assert len(sides[0] | sides[1]) == TRACKS
    dataset = open_dataset("s.csv")
    assert dataset.groups == groups_of(open_dataset("d").names, "(.+)_")
    capsys.readouterr()
    facts = inspected(capsys, "s.csv", "--near", "1")
    assert "groups_across" not in facts
    text = Path("s.csv").read_text()
    other = {"train": "test", "test": "train"}
    first = rows[0]
    Path("torn.csv").write_text(
        text.replace(
            f"{first['path']},a,{first['split']}", f"{first['path']},a,{other[first['split']]}"
        )
    )
    facts = inspected(capsys, "torn.csv", "--near", "1")
    assert facts["groups_across"] == 1
    assert any("1 group lies in more than one split" in text for text in facts["findings"])


def test_cross_validation_keeps_the_groups(here, monkeypatch, capsys):
    seen = []
    monkeypatch.setattr(
        "edgewise.models.fitting.make_folds",
        lambda y, count, **more: seen.append(more["groups"]) or np.arange(len(y)) % count,
    )
    words = ["-o", "m.safetensors", "--overwrite", "--cv", "2"]
    pixels = ["--features", "pixels:4x4"]
    assert run(["train", "linear", "d", *words, *pixels]) == 0
    assert "look alike" in capsys.readouterr().err
    assert run(["train", "linear", "d", *words, *pixels, "--group-by", "(.+)_"]) == 0
    assert "look alike" not in capsys.readouterr().err
    assert run(["hog", "d", "-o", "f.npz", "-q"]) == 0
    assert run(["train", "linear", "f.npz", *words, "--group-by", "(.+)_"]) == 0
    expected = groups_of(open_dataset("d").names, "(.+)_")
    assert seen[0] is None
    for groups in seen[1:]:
        assert groups == expected
    capsys.readouterr()
    assert run(["train", "linear", "d", *words[:3], *pixels, "--group-by", "(.+)_"]) == 0
    assert "--group-by is about cross-validation; give --cv" in capsys.readouterr().err


def test_the_validation_part_keeps_the_groups(here, monkeypatch, capsys):
    seen = []
    from edgewise.models.pictures import Pictures

    whole = Pictures.subset
    monkeypatch.setattr(
        Pictures, "subset", lambda self, places: seen.append(whole(self, places)) or seen[-1]
    )
    words = ["train", "cnn", "d", "--network", "flatten,dense:classes", "--epochs", "1", "-o"]
    by = ["--group-by", "(.+)_", "--validation", "0.3"]
    assert run([*words, "m.safetensors", *by]) == 0
    kept, held = seen
    assert not tracks(kept.names) & tracks(held.names)
    assert_allclose(
        len(held) / len(whole(kept, range(len(kept))).names + held.names), 0.3, atol=0.1
    )
    assert run([*words, "n.safetensors", *by, "--no-group"]) == 2
    assert "exclude each other" in capsys.readouterr().err
    assert run([*words, "n.safetensors", "--validation", "0.3"]) == 0
    assert "look alike" in capsys.readouterr().err
    assert run([*words, "o.safetensors", *by[:2]]) == 0
    assert "give --validation 0.1 too" in capsys.readouterr().err


def test_a_comparison_keeps_the_groups(here, monkeypatch):
    seen = []
    from edgewise.models.comparison import parts

    divide = parts.divide
    monkeypatch.setattr(parts, "divide", lambda *a, **k: seen.append(divide(*a, **k)) or seen[-1])
    words = ["compare", "d", "-o", "out", "--network", "flatten,dense:classes", "--epochs", "1"]
    assert run([*words, "--points", "1", "-q", "--group-by", "(.+)_"]) == 0
    (found,) = seen
    sides = [tracks(part.names) for part in (found.train, found.validation, found.test)]
    assert sum(map(len, sides)) == len(set.union(*sides))
    told = json.loads((here / "out" / "comparison.json").read_text())
    assert told["settings"]["group_by"] == "(.+)_"


def test_a_comparison_is_tested_with_the_test_rows(here):
    assert run(["inspect", "d", "-q", "--write-split", "s.csv", "--near", "1"]) == 0
    words = ["compare", "s.csv", "-o", "out", "--network", "flatten,dense:classes"]
    assert run([*words, "--epochs", "1", "--points", "1", "-q"]) == 0
    page = Path("out/report.html").read_text()
    assert "tested on s.csv:test" in page
