"""`edgewise compare`: both models on the same pictures, in one page."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from browser import assert_loads_nothing, assert_opens_in_silence, with_chromium
from comparing import QUICKLY, compare, facts_of, one_line, timeless, two_folders
from numpy.testing import assert_array_equal
from test_cli_cnn import fill, striped

from edgewise import load_model, write_image
from edgewise.cli.main import run
from edgewise.models.comparison import timing

HEADINGS = (
    "Is the difference chance?", "Learning curves", "Confusion", "Only HoG + linear is right",
    "What they look for", "Settings", "Made by", "What was compared", "Pictures in two parts",
)  # fmt: skip


@pytest.fixture(autouse=True)
def brief(monkeypatch):
    """Measure speeds on three rounds only."""
    monkeypatch.setattr(timing, "SECONDS", 0)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A folder of pictures to learn from, and one to test."""
    return two_folders(tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def undisturbed(pictures, tmp_path_factory):
    """The folder of a finished comparison."""
    place = tmp_path_factory.mktemp("compared") / "out"
    assert compare(pictures, place) == 0
    return place


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_both_learn_from_the_same_and_are_judged_on_the_same(undisturbed):
    found = facts_of(undisturbed)
    assert found["schema"] == "edgewise.compare/1"
    assert found["pictures"] == {"train": 44, "validation": 4, "test": 20}
    assert [point["pictures"] for point in found["curve"]] == [22, 44]
    for kind in ("linear", "cnn"):
        assert found[kind]["count"] == 20
        assert found[kind]["bytes"] == (undisturbed / f"{kind}.safetensors").stat().st_size
        assert found["curve"][-1][kind]["accuracy"] == found[kind]["accuracy"]
    right = {kind: round(20 * found[kind]["accuracy"]) for kind in ("linear", "cnn")}
    apart = found["difference"]
    assert right["cnn"] - right["linear"] == (
        apart["only_second_right"] - apart["only_first_right"]
    )
    assert len(found["only_linear_right"]) == apart["only_first_right"]
    assert len(found["only_cnn_right"]) == apart["only_second_right"]


def test_the_models_that_are_left_answer_as_they_were_judged(pictures, undisturbed, capsys):
    for kind in ("linear", "cnn"):
        model = str(undisturbed / f"{kind}.safetensors")
        assert run(["evaluate", model, str(pictures / "test"), "--json", "-q"]) == 0
        found = json.loads(capsys.readouterr().out)
        wanted = facts_of(undisturbed)[kind]
        assert found["confusion"] == wanted["confusion"]
        np.testing.assert_allclose(found["log_loss"], wanted["log_loss"], rtol=1e-5)


def test_what_is_printed(pictures, undisturbed, capsys):
    assert compare(pictures, undisturbed) == 0
    out = capsys.readouterr().out
    assert "44 pictures to learn from, 4 to choose by, 20 to test" in out
    assert "McNemar's exact test" in out
    assert facts_of(undisturbed)["advice"]["text"] in out
    assert out.endswith(f"report: {undisturbed / 'report.html'}\n")
    assert compare(pictures, undisturbed, "--json", "-q") == 0
    told = capsys.readouterr()
    assert json.loads(told.out) == facts_of(undisturbed)
    assert told.err == ""


def test_finished_it_trains_nothing_again(pictures, undisturbed, monkeypatch):
    before = facts_of(undisturbed)
    for name in ("cnn.fit", "cnn.warm_up", "linear.fit_linear"):
        monkeypatch.delattr(f"edgewise.models.comparison.{name}")
    assert compare(pictures, undisturbed, "-q") == 0
    assert facts_of(undisturbed) == before


def test_threads_change_nothing(pictures, undisturbed, here):
    assert compare(pictures, here / "one", "-j", "1", "-q") == 0
    assert timeless(facts_of(here / "one")) == timeless(facts_of(undisturbed))


def test_results_do_not_go_among_the_pictures(here, capsys, monkeypatch):
    fill(here / "data", 24)
    for place in ("data/out", "data/level/out"):
        assert run(["compare", "data", "-o", place]) == 1
        assert f"{place} lies in data, whose folders are classes" in one_line(capsys)
    monkeypatch.chdir(here / "data")
    assert run(["compare", ".", "-o", "out"]) == 1
    assert sorted(os.listdir()) == ["level", "upright"]


def test_too_few_pictures(here, capsys):
    given = fill(here / "data", 1)
    assert run(["compare", given, "-o", "out"]) == 1
    assert "2 pictures are too few to hold some back; each class needs three" in one_line(capsys)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--network", "covn:3"], 2, 'did you mean "conv"?'),
        (["--network", "conv:3:9,flatten,dense:classes"], 2, "does not fit in 8 pixels"),
        (["--network", "flatten,dense:3"], 2, "ends with 3 numbers, and there are 2 classes"),
        (["--features", "hgo"], 2, "hgo"),
        (["--features", "pixels:9x9"], 2, "is finer than the pictures"),
        (["--augment", "flop"], 2, 'did you mean "flip"?'),
        (["--rate", "-1"], 2, "rate is -1.0; it is above 0"),
        (["--validation", "1"], 2, "--validation"),
        (["--minutes", "0"], 2, "--minutes"),
        (["--minutes", "1e-9"], 1, "hint: give more --minutes"),
        (["--seeds", "0"], 2, "--seeds"),
        (["--test", "nowhere"], 1, "nowhere: no such file or folder"),
    ],
)
def test_mistakes(pictures, here, capsys, words, code, message):
    assert compare(pictures, here / "out", *words) == code
    assert message in one_line(capsys)
    assert not (here / "out" / "report.html").exists()


@pytest.mark.parametrize("words", [["--network", "covn:3"], ["--rate", "-1"], ["-o", "mine"]])
def test_mistakes_are_found_before_pictures_are_read(here, capsys, words):
    (here / "mine").mkdir()
    (here / "mine" / "notes.txt").write_text("mine")
    assert run(["compare", "nowhere", "-o", "out", *words]) in (1, 2)
    assert "nowhere" not in one_line(capsys)
    assert (here / "mine" / "notes.txt").read_text() == "mine"


def test_inspecting_the_folder(pictures, undisturbed, here, capsys):
    assert run(["inspect", str(undisturbed), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["files"].values()
    told = facts_of(undisturbed)
    assert found["kind"] == "comparison"
    assert found["advice"] == told["advice"]["text"]
    assert found["pictures"] == told["pictures"]
    (here / "begun").mkdir()
    plan = (undisturbed / "comparison-plan.json").read_bytes()
    (here / "begun" / "comparison-plan.json").write_bytes(plan)
    assert run(["inspect", "begun"]) == 0
    assert "no; the command that began it goes on" in capsys.readouterr().out
    (here / "begun" / "comparison.json").write_text("{}")
    assert run(["inspect", "begun"]) == 3
    assert "comparison.json: damaged" in one_line(capsys)


def test_a_folder_that_is_split_is_not_two_classes(pictures, here, capsys):
    assert run(["compare", str(pictures), "-o", "out"]) == 1
    said = one_line(capsys)
    assert "would be test and train, as if it were split" in said
    assert f"use {pictures / 'train'} to learn from, and {pictures / 'test'} to test" in said
    assert run(["train", "linear", str(pictures), "-o", "m.safetensors"]) == 1
    assert "as if it were split" in one_line(capsys)


def test_bad_pictures_are_left_out_and_told(pictures, here, capsys):
    fill(here / "train", 24)
    (here / "train" / "level" / "bad.png").write_text("words")
    assert compare(pictures, "out") == 0
    given = ["compare", "train", "--test", str(pictures / "test"), "-o", "bad", *QUICKLY]
    assert run(given) == 3
    said = one_line(capsys)
    assert "level/bad.png: " in said
    assert said.endswith("68 pictures done, 1 failed")
    assert timeless(facts_of(here / "bad")["curve"]) == timeless(facts_of(here / "out")["curve"])
    assert facts_of(here / "bad")["pictures"]["train"] == 44


def test_pictures_in_two_parts_are_told(here, capsys):
    given = fill(here / "train", 24)
    assert run(["compare", given, "--test", given, "-o", "out", *QUICKLY, "-q"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Of the 48 test pictures some are among those to learn from, too (44 pixel" in out
    assert "both models may know them by heart" in out
    assert "Of the 48 test pictures some are among those to choose by, too (4 pixel" in out
    assert "C and the epoch were chosen by them" in out
    shared = {(one["part"], one["other"]): one for one in facts_of(here / "out")["shared"]}
    assert shared["test", "train"]["exact"] == 44
    assert shared["test", "validation"]["exact"] == 4
    page = (here / "out" / "report.html").read_text()
    assert "to test, there to choose by too" in page


def test_seeds_are_trained_and_told_apart(pictures, undisturbed, here, capsys):
    assert compare(pictures, "out", "--seeds", "3", "-q") == 0
    found, one = facts_of(here / "out"), facts_of(undisturbed)
    out = capsys.readouterr().out
    # The first is what a single one would have been.
    for name in ("linear", "difference", "only_cnn_right"):
        assert timeless(found[name]) == timeless(one[name])
    assert found["seeds"]["count"] == 3
    assert [run["seed"] for run in found["seeds"]["runs"]] == [0, 1, 2]
    each = [run["difference"] for run in found["seeds"]["runs"]]
    np.testing.assert_allclose(found["seeds"]["difference"], np.mean(each), atol=1e-12)
    np.testing.assert_allclose(found["seeds"]["standard_deviation"], np.std(each, ddof=1))
    assert (found["seeds"]["min"], found["seeds"]["max"]) == (min(each), max(each))
    assert all(len(point["cnn"]["accuracies"]) == 3 for point in found["curve"])
    assert "trained with 3 random seeds (0 to 2)" in out
    assert "mean of 3 seeds; 95 % interval" in out
    assert "standard deviation" in out
    page = (here / "out" / "report.html").read_text()
    assert "<h2>Random seeds</h2>" in page
    assert "standard deviation" in page
    # The network of another seed is another one.
    assert compare(pictures, "other", "--seed", "0", "--seeds", "1", "-q") == 0
    assert (here / "other" / "cnn.safetensors").read_bytes() == (
        here / "out" / "cnn.safetensors"
    ).read_bytes()
    names = {path.name for path in (here / "out" / "steps").glob("*.npy")}
    assert {"cnn-44-0.npy", "cnn-44-1.npy", "cnn-44-2.npy", "linear-44-0.npy"} <= names


def test_one_seed_is_said_to_be_one(undisturbed):
    found = facts_of(undisturbed)
    assert (found["seeds"]["count"], found["seeds"]["standard_deviation"]) == (1, None)
    page = (undisturbed / "report.html").read_text()
    for words in (
        "trained with one random seed (0): what another would change is not covered",
        "divided once: what others would change is not covered",
        "Both models are judged on the same 20 test pictures",
    ):
        assert words in page


def test_both_learn_from_changed_pictures(pictures, undisturbed, here, capsys):
    assert compare(pictures, "out", "--augment", "shift:1,flip,rotate:5", "-q") == 0
    out = capsys.readouterr().out
    assert "the linear model learns from 9 changed copies of each (flip,shift:1)" in out
    assert "; rotate:5 is for the network alone" in out
    assert load_model(here / "out" / "linear.safetensors").training["pictures"] == 440
    assert facts_of(here / "out")["settings"]["copies"] == "flip,shift:1"
    assert [point["pictures"] for point in facts_of(here / "out")["curve"]] == [22, 44]


def test_what_the_linear_model_cannot_learn_from_is_said(pictures, here, capsys):
    assert compare(pictures, "out", "--augment", "crop:0.9", "-q") == 0
    out = capsys.readouterr().out
    assert "(crop:0.9). The linear model gets nothing of the kind" in out


def test_copies_are_those_of_training_alone(pictures, here):
    given = [str(pictures / "train"), "-q", "--seed", "0"]
    assert compare(pictures, "out", "--augment", "flip", "--points", "1", "-q") == 0
    own = load_model(here / "out" / "linear.safetensors")
    assert run(["train", "linear", *given, "--copies", "flip", "-o", "alone.safetensors"]) == 0
    alone = load_model(here / "alone.safetensors")
    # 48 pictures with copies there, 44 of these here.
    assert (own.training["pictures"], alone.training["pictures"]) == (88, 96)


def test_every_size_gets_as_many_steps(pictures, here):
    assert compare(pictures, "out", "-q", "--validation", "0.01", "--epochs", "4") == 0
    curve = facts_of(here / "out")["curve"]
    assert len({point["cnn"]["steps"] for point in curve}) == 1


def test_colour_and_no_hog(here):
    for label in ("level", "upright"):
        for i in range(12):
            image = np.stack([striped(label, i, (12, 10))] * 3, axis=2)
            image[..., 0] //= 2
            write_image(here / "data" / label / f"{i}.png", image)
    words = ["compare", "data", "-o", "out", *QUICKLY, "--features", "pixels", "-q"]
    assert run(words) == 0
    assert facts_of(here / "out")["channels"] == 3
    page = (here / "out" / "report.html").read_text()
    assert "pixels + linear" in page
    assert "there are no edges to draw" in page
    assert run([*words, "--gray", "--overwrite"]) == 0
    assert facts_of(here / "out")["channels"] == 1


def test_minutes_cut_the_epochs_and_are_measured_once(pictures, here, monkeypatch):
    words = ["--minutes", "0.005", "--epochs", "10000"]
    assert compare(pictures, here / "out", *words, "-q") == 0
    found = facts_of(here / "out")
    epochs = [point["cnn"]["epochs"] for point in found["curve"]]
    assert epochs[0] == epochs[1]
    assert 1 <= epochs[0] < 10000
    for path in (here / "out" / "steps").glob("cnn-*.json"):
        path.unlink()
    assert compare(pictures, here / "out", *words, "-q") == 0
    assert [point["cnn"]["epochs"] for point in facts_of(here / "out")["curve"]] == epochs


def test_the_page_is_complete_in_itself(undisturbed):
    page = (undisturbed / "report.html").read_text()
    assert_loads_nothing(page)
    for heading in HEADINGS:
        assert f"<h2>{heading}</h2>" in page


def test_names_become_no_tags(here):
    evil = '<img src=x onerror="alert(1)">'
    for label in ("level", evil):
        for i in range(12):
            write_image(here / "data" / label / f"{evil}{i}.png", striped("level", i))
    assert run(["compare", "data", "-o", "out", *QUICKLY, "-q"]) == 0
    page = (here / "out" / "report.html").read_text()
    assert_loads_nothing(page)
    assert "<img src=x" not in page


@with_chromium
def test_the_page_in_a_browser(undisturbed, tmp_path):
    assert_opens_in_silence(Path(undisturbed / "report.html"), tmp_path)


def test_the_models_say_what_they_learned_from(undisturbed):
    assert load_model(undisturbed / "linear.safetensors").training["pictures"] == 44
    assert load_model(undisturbed / "cnn.safetensors").training["pictures"] == 44
    assert_array_equal(load_model(undisturbed / "cnn.safetensors").classes, ["level", "upright"])


def test_what_the_network_takes_is_said_before_it_starts(pictures, here, capsys, monkeypatch):
    told = "pictures take about an hour"
    monkeypatch.setattr("edgewise.models.cnn.activity.check_cost", lambda *given: told)
    assert compare(pictures, here / "out", "--points", "1") == 0
    assert told in capsys.readouterr().err


def test_a_network_that_does_not_fit_in_memory_is_refused(pictures, here, capsys, monkeypatch):
    monkeypatch.setattr("edgewise.models.room.memory", lambda: 10_000)
    assert compare(pictures, here / "out") == 1
    assert "the layers' outputs for a batch of pictures of " in one_line(capsys)
    assert os.listdir(here) == []
