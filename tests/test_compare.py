"""`edgewise compare`: both models on the same pictures, gone on with after any interruption."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from browser import assert_loads_nothing, assert_opens_in_silence, with_chromium
from numpy.testing import assert_array_equal
from test_cli_cnn import fill, striped

from edgewise import load_model, write_image
from edgewise.cli.main import run
from edgewise.models.comparison import cnn
from edgewise.models.comparison.steps import Steps

TINY = "conv:3:3,relu,maxpool:2,flatten,dense:classes"
QUICKLY = ["--network", TINY, "--epochs", "3", "--points", "2", "--rate", "0.05"]


HEADINGS = (
    "Is the difference chance?", "Learning curves", "Confusion", "Only HoG + linear is right",
    "What they look for", "Settings", "Made by",
)  # fmt: skip


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A folder of pictures to learn from, and one to test."""
    place = tmp_path_factory.mktemp("pictures")
    fill(place / "train", 24)
    fill(place / "test", 10, seed=100)
    return place


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


def words_of(pictures, place, *more):
    given = [pictures / "train", "--test", pictures / "test", "-o", place, *QUICKLY, *more]
    return ["compare", *map(str, given)]


def compare(pictures, place, *more):
    return run(words_of(pictures, place, *more))


def timeless(value):
    """Return facts without what a clock has measured."""
    if isinstance(value, dict):
        return {key: timeless(own) for key, own in value.items() if "seconds" not in key}
    return [timeless(own) for own in value] if isinstance(value, list) else value


def facts_of(place):
    return json.loads((place / "comparison.json").read_text())


def assert_same_result(place, wanted):
    assert timeless(facts_of(place)) == timeless(facts_of(wanted))
    for name in ("linear.safetensors", "cnn.safetensors"):
        assert (place / name).read_bytes() == (wanted / name).read_bytes()
    assert list((place / "steps").glob("*.checkpoint")) == []


def one_line(capsys):
    stderr = capsys.readouterr().err
    assert "Traceback" not in stderr
    return " ".join(stderr.split())


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
    assert_same_result(here / "one", undisturbed)


def finishing(number):
    """Return a `Steps.finish` that is interrupted before it does anything the n-th time."""
    left, finish = [number], Steps.finish

    def interrupted(*given):
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return finish(*given)

    return interrupted


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_interrupted_before_any_step_it_goes_on(
    pictures, undisturbed, here, monkeypatch, capsys, number
):
    with monkeypatch.context() as patch:
        patch.setattr(Steps, "finish", finishing(number))
        assert compare(pictures, here / "out") == 130
    assert "the same command goes on from here" in one_line(capsys)
    assert not (here / "out" / "report.html").exists()
    assert compare(pictures, here / "out") == 0
    assert "going on with what is there" in one_line(capsys)
    assert_same_result(here / "out", undisturbed)


def test_interrupted_within_a_training_it_goes_on_from_the_last_epoch(
    pictures, undisturbed, here, monkeypatch
):
    fit, epochs = cnn.fit, []

    def told(*given, progress, **more):
        def stopping(now):
            progress(now)
            epochs.append(now["epoch"])
            if now["epoch"] == 3:
                raise KeyboardInterrupt

        return fit(*given, progress=stopping, **more)

    with monkeypatch.context() as patch:
        patch.setattr(cnn, "fit", told)
        assert compare(pictures, here / "out", "-q") == 130
    assert epochs[-1] == 3
    assert (here / "out" / "steps" / "cnn-22.checkpoint").exists()
    monkeypatch.setattr(cnn, "fit", lambda *given, **more: fit(*given, **watched(more, epochs)))
    epochs.clear()
    assert compare(pictures, here / "out", "-q") == 0
    assert epochs[0] == 3
    assert_same_result(here / "out", undisturbed)


def watched(more, epochs):
    return {**more, "progress": lambda now: epochs.append(now["epoch"])}


def test_killed_at_any_instant_it_goes_on(pictures, undisturbed, here):
    words = [sys.executable, "-m", "edgewise", *words_of(pictures, "out", "-q")]
    # Starting alone takes about a second; what is later than the end kills nothing.
    for delay in np.random.default_rng(0).uniform(0.3, 3, 4):
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode == 0
    assert_same_result(here / "out", undisturbed)


def test_what_is_lost_is_done_again(pictures, undisturbed, here):
    assert compare(pictures, here / "out", "-q") == 0
    steps = here / "out" / "steps"
    (here / "out" / "cnn.safetensors").unlink()
    (steps / "linear-22.npy").write_bytes(b"torn")
    (steps / "linear-44.json").write_text("{")
    np.save(steps / "cnn-22.npy", np.zeros((3, 2), np.float32))
    assert compare(pictures, here / "out", "-q") == 0
    assert_same_result(here / "out", undisturbed)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--epochs", "4"], "epochs was 3, and is 4"),
        (["--seed", "1"], "seed was 0, and is 1"),
        (["--points", "3"], "points was 2, and is 3"),
        (["--minutes", "2"], "minutes was not given, and is 2"),
        (["--network", "small"], f"network was {TINY}, and is small"),
        (["--features", "pixels"], "the features are others"),
        (["--validation", "0.2"], "validation was 0.1, and is 0.2"),
        (["--size", "9x9"], "size was 8, 8, and is 9, 9"),
    ],
)
def test_another_comparison_is_refused_with_what_changed(
    pictures, undisturbed, capsys, words, message
):
    before = (undisturbed / "comparison.json").read_bytes()
    assert compare(pictures, undisturbed, *words) == 1
    said = one_line(capsys)
    assert message in said
    assert "start anew with --overwrite" in said
    assert (undisturbed / "comparison.json").read_bytes() == before


def test_other_pictures_are_refused_until_it_may_start_anew(pictures, here, capsys):
    (here / "more").symlink_to(pictures / "test")
    given = ["compare", str(pictures / "train"), "-o", "out", *QUICKLY]
    assert run(given) == 0
    capsys.readouterr()
    assert run([*given, "--test", "more"]) == 1
    assert "--test was not given, and is now" in one_line(capsys)
    assert run(["compare", "more", *given[2:]]) == 1
    assert "other training pictures" in one_line(capsys)
    assert run(["compare", "more", *given[2:], "--overwrite"]) == 0
    assert facts_of(here / "out")["pictures"]["test"] == 4


def test_overwriting_goes_on_with_the_same_unfinished_comparison(
    pictures, undisturbed, here, monkeypatch, capsys
):
    words = [here / "out", "--overwrite"]
    with monkeypatch.context() as patch:
        patch.setattr(Steps, "finish", finishing(3))
        assert compare(pictures, *words) == 130
    kept = (here / "out" / "steps" / "linear-44.json").stat().st_mtime_ns
    capsys.readouterr()
    assert compare(pictures, *words) == 0
    assert "going on with what is there" in one_line(capsys)
    assert (here / "out" / "steps" / "linear-44.json").stat().st_mtime_ns == kept
    assert_same_result(here / "out", undisturbed)
    assert compare(pictures, *words) == 0
    assert "going on" not in one_line(capsys)


def test_a_torn_model_is_trained_again(pictures, undisturbed, here):
    assert compare(pictures, here / "out", "-q") == 0
    for kind in ("linear", "cnn"):
        (here / "out" / f"{kind}.safetensors").write_bytes(b"")
    assert compare(pictures, here / "out", "-q") == 0
    assert_same_result(here / "out", undisturbed)


@pytest.mark.parametrize("more", [[], ["--overwrite"]])
def test_what_no_comparison_made_is_left(pictures, here, capsys, more):
    (here / "own").mkdir()
    for name in ("report.html", "cnn.safetensors"):
        (here / "own" / name).write_text("mine")
    assert compare(pictures, "own", *more) == 1
    assert "own holds other files, such as cnn.safetensors" in one_line(capsys)
    assert [path.read_text() for path in (here / "own").iterdir()] == ["mine", "mine"]


def test_overwriting_deletes_its_own_files_only(pictures, here):
    assert compare(pictures, "out", "-q") == 0
    steps = here / "out" / "steps"
    (steps / "notes.txt").write_text("mine")
    (steps / "more").mkdir()
    assert compare(pictures, "out", "-q", "--points", "1", "--overwrite") == 0
    assert (steps / "notes.txt").read_text() == "mine"
    assert not (steps / "cnn-22.json").exists()


def test_results_do_not_go_among_the_pictures(here, capsys, monkeypatch):
    fill(here / "data", 24)
    for place in ("data/out", "data/level/out"):
        assert run(["compare", "data", "-o", place]) == 1
        assert f"{place} lies in data, whose folders are classes" in one_line(capsys)
    monkeypatch.chdir(here / "data")
    assert run(["compare", ".", "-o", "out"]) == 1
    assert sorted(os.listdir()) == ["level", "upright"]


def test_two_that_begin_at_once_do_the_same(pictures, undisturbed, here):
    words = [sys.executable, "-m", "edgewise", *words_of(pictures, "out", "-q")]
    both = [subprocess.Popen(words, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert_same_result(here / "out", undisturbed)


def test_too_few_pictures(here, capsys):
    given = fill(here / "data", 1)
    assert run(["compare", given, "-o", "out"]) == 1
    assert "2 pictures are too few to hold some back; each class needs three" in one_line(capsys)


def test_overwriting_leaves_nothing_of_the_comparison_before(pictures, here):
    assert compare(pictures, here / "out", "-q") == 0
    assert compare(pictures, here / "out", "-q", "--points", "1", "--overwrite") == 0
    names = sorted(path.name for path in (here / "out" / "steps").iterdir())
    assert names == ["cnn-44.json", "cnn-44.npy", "linear-44.json", "linear-44.npy"]


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
        (["--minutes", "1e-9"], 1, "give more --minutes"),
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


def test_places_that_are_no_folder_of_a_comparison(pictures, here, capsys):
    (here / "file").write_text("mine")
    assert compare(pictures, "file") == 1
    assert "file is a file; name a folder" in one_line(capsys)
    (here / "other").mkdir()
    (here / "other" / "plan.json").write_text('{"schema": "edgewise.shards/1"}')
    for more in ([], ["--overwrite"]):
        assert compare(pictures, "other", *more) == 1
        assert "other holds other files, such as plan.json" in one_line(capsys)
        assert os.listdir("other") == ["plan.json"]
    (here / "torn").mkdir()
    (here / "torn" / "comparison-plan.json").write_text('{"schema": 1')
    assert compare(pictures, "torn") == 1
    assert "damaged; start anew with --overwrite" in one_line(capsys)
    assert compare(pictures, "torn", "--overwrite", "-q") == 0


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
    assert "damaged; run the command that made it again" in one_line(capsys)


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


def test_test_pictures_that_are_learned_from_are_told(here, capsys):
    given = fill(here / "train", 24)
    assert run(["compare", given, "--test", given, "-o", "out", *QUICKLY, "-q"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "44 of the 48 test pictures are among those to learn from" in out


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
