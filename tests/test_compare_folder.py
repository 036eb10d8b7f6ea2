"""The folder of a comparison: gone on with after any interruption, by one process at a time."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from comparing import (
    QUICKLY,
    TINY,
    assert_same_result,
    compare,
    facts_of,
    one_line,
    two_folders,
    words_of,
)

from edgewise.cli.main import run
from edgewise.compiled.locks import locked
from edgewise.models.comparison import cnn, timing
from edgewise.models.comparison.folder import LOCK
from edgewise.models.comparison.steps import Steps


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


def finishing(number):
    """Return a `Steps.finish` that is interrupted before it does anything the n-th time."""
    left, finish = [number], Steps.finish

    def interrupted(*given):
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return finish(*given)

    return interrupted


@pytest.mark.parametrize("number", [1, 2, 4, 5])
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
    assert (here / "out" / "steps" / "cnn-22-0.checkpoint").exists()
    monkeypatch.setattr(cnn, "fit", lambda *given, **more: fit(*given, **watched(more, epochs)))
    epochs.clear()
    assert compare(pictures, here / "out", "-q") == 0
    assert epochs[0] == 3
    assert_same_result(here / "out", undisturbed)


def watched(more, epochs):
    return {**more, "progress": lambda now: epochs.append(now["epoch"])}


def default_signals():
    """Let Ctrl-C reach a child whose parent runs in the background and ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


KILLS = ["SIGKILL", "SIGTERM", "SIGINT", "SIGTERM"]


def stopped(words, lock, name, delay):
    """Start a comparison, and stop it some time after it has begun; return what it said."""
    process = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=default_signals
    )
    while not lock.exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(delay)
    process.send_signal(getattr(signal, name))
    return process.communicate(timeout=120)[1]


def test_stopped_at_any_instant_it_goes_on(pictures, undisturbed, here):
    words = [sys.executable, "-m", "edgewise", *words_of(pictures, "out", "-q")]
    lock = here / "out" / LOCK
    # What is later than the end stops nothing.
    for name, delay in zip(
        KILLS, np.random.default_rng(0).uniform(0, 1.5, len(KILLS)), strict=True
    ):
        assert b"another comparison is running" not in stopped(words, lock, name, delay)
        # That of a killed one is free, and would look as if the next had begun.
        lock.unlink(missing_ok=True)
    stopped(words, lock, "SIGKILL", 0)
    assert subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode == 0
    assert_same_result(here / "out", undisturbed)
    assert [path.name for path in (here / "out").rglob(".*")] == []


def test_what_is_lost_is_done_again(pictures, undisturbed, here):
    assert compare(pictures, here / "out", "-q") == 0
    steps = here / "out" / "steps"
    (here / "out" / "cnn.safetensors").unlink()
    (steps / "linear-22-0.npy").write_bytes(b"torn")
    (steps / "linear-44-0.json").write_text("{")
    np.save(steps / "cnn-22-0.npy", np.zeros((20, 2), np.float32))
    (steps / "overlap.json").unlink()
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
        patch.setattr(Steps, "finish", finishing(4))
        assert compare(pictures, *words) == 130
    kept = (here / "out" / "steps" / "linear-44-0.json").stat().st_mtime_ns
    capsys.readouterr()
    assert compare(pictures, *words) == 0
    assert "going on with what is there" in one_line(capsys)
    assert (here / "out" / "steps" / "linear-44-0.json").stat().st_mtime_ns == kept
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
    assert not (steps / "cnn-22-0.json").exists()


@pytest.mark.parametrize("more", [[], ["--overwrite"]])
def test_where_one_is_running_another_is_refused(pictures, undisturbed, here, capsys, more):
    assert compare(pictures, "out", "-q") == 0
    before = {path: path.read_bytes() for path in (here / "out").rglob("*") if path.is_file()}
    with locked(here / "out" / LOCK):
        assert compare(pictures, "out", *more) == 1
        said = one_line(capsys)
        assert "another comparison is running in out" in said
        assert "hint: wait until it has ended" in said
    for path, content in before.items():
        assert path.read_bytes() == content
    assert compare(pictures, "out", *more, "-q") == 0
    assert_same_result(here / "out", undisturbed)


def test_of_three_at_once_one_at_a_time_works(pictures, undisturbed, here):
    words = [sys.executable, "-m", "edgewise", *words_of(pictures, "out", "-q")]
    started = [
        subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ends = [(process.communicate(timeout=120)[1], process.returncode) for process in started]
    assert 0 in [code for _, code in ends]
    for said, code in ends:
        assert code == 0 or "another comparison is running in out" in said
        assert code in (0, 1)
    assert_same_result(here / "out", undisturbed)


def test_mistakes_leave_no_folder(pictures, here, capsys):
    assert compare(pictures, "out", "--test", "nowhere") == 1
    assert "nowhere: no such file" in one_line(capsys)
    assert not (here / "out").exists()
    (here / "mine").mkdir()
    assert compare(pictures, "mine", "--test", "nowhere") == 1
    assert list((here / "mine").iterdir()) == []


def test_a_checkpoint_that_cannot_be_used_is_begun_anew(pictures, undisturbed, here, capsys):
    assert compare(pictures, "out", "-q") == 0
    steps = here / "out" / "steps"
    (steps / "cnn-22-0.json").unlink()
    (steps / "cnn-22-0.checkpoint").write_bytes(b"torn")
    assert compare(pictures, "out") == 0
    said = one_line(capsys)
    assert "cnn-22-0.checkpoint: not a checkpoint" in said
    assert "this training begins anew" in said
    assert_same_result(here / "out", undisturbed)


def test_overwriting_leaves_nothing_of_the_comparison_before(pictures, here):
    assert compare(pictures, here / "out", "-q") == 0
    assert compare(pictures, here / "out", "-q", "--points", "1", "--overwrite") == 0
    names = sorted(path.name for path in (here / "out" / "steps").iterdir())
    assert names == [
        "cnn-44-0.json", "cnn-44-0.npy", "linear-44-0.json", "linear-44-0.npy", "overlap.json",
    ]  # fmt: skip


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
    assert "comparison-plan.json: not JSON" in (said := one_line(capsys))
    assert "hint: start anew with --overwrite" in said
    assert compare(pictures, "torn", "--overwrite", "-q") == 0
