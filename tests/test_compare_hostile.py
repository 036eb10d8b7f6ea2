"""Plans, steps and results of comparisons that somebody has damaged or made up."""

import json
import os
from pathlib import PurePosixPath

import numpy as np
import pytest
from comparing import assert_same_result, compare, one_line, two_folders
from hostile.comparisons import GOOD_PLAN, STEP, hostile_comparisons, plan_text

from edgewise.cli.main import run
from edgewise.images.errors import EdgewiseError
from edgewise.models.comparison import timing
from edgewise.models.comparison.folder import RESULT, begin
from edgewise.models.comparison.plan import PLAN, Plan, read_plan
from edgewise.models.comparison.steps import Steps
from edgewise.reports.comparison_facts import comparison_facts


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """All hostile folders, written out."""
    place = tmp_path_factory.mktemp("hostile")
    for name, content in hostile_comparisons():
        path = place / PurePosixPath(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return sorted(place.iterdir())


def refused(function, *given):
    """Return what an EdgewiseError says, in one sentence; None where there is no error."""
    try:
        function(*given)
    except EdgewiseError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 1000
        return str(error)
    return None


def test_a_good_plan_is_read(tmp_path):
    (tmp_path / PLAN).write_bytes(plan_text(GOOD_PLAN))
    assert read_plan(tmp_path / PLAN) == GOOD_PLAN


def test_inspecting_says_what_is_wrong_in_a_sentence(folders):
    said = {folder: refused(comparison_facts, folder) for folder in folders}
    told = {folder.name.split("-")[0]: 0 for folder in folders}
    for folder, words in said.items():
        if words is not None:
            assert PLAN in words or RESULT in words
            told[folder.name.split("-")[0]] += 1
    assert len(folders) > 500
    assert told["plan"] > 200
    assert told["result"] > 100
    # Steps are not looked at.
    assert told["step"] == 0


def test_beginning_in_such_a_folder_says_what_is_wrong(folders):
    plan = Plan(**{**GOOD_PLAN, "classes": ("level", "upright"), "size": (8, 8)})
    for folder in (one for one in folders if one.name.startswith("plan-")):
        before = (folder / PLAN).read_bytes()
        words = refused(begin, folder, plan)
        assert words is not None or json.loads(before).get("identity") == plan.identity
        assert (folder / PLAN).read_bytes() == before


def test_a_step_that_is_not_as_it_was_written_is_not_finished(folders):
    for folder in (one for one in folders if one.name.startswith("step-")):
        steps = Steps(folder, "0123456789ab", (20, 2))
        name = PurePosixPath(STEP).stem
        assert steps.read(name) is None
        assert steps.answers(name) is None


@pytest.mark.parametrize("place", [0, 60, 200, -1])
def test_answers_that_are_not_as_they_were_written_are_not_taken(tmp_path, place):
    steps = Steps(tmp_path, "plan", (20, 2))
    answers = np.random.default_rng(0).random((20, 2))
    steps.finish("cnn-44-0", {"pictures": 44}, answers)
    np.testing.assert_array_equal(steps.answers("cnn-44-0"), answers)
    assert steps.read("cnn-44-0") == {"pictures": 44}
    path = tmp_path / "steps" / "cnn-44-0.npy"
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    assert steps.answers("cnn-44-0") is None
    for wrong in (b"", content[:40], b"\x93NUMPY\x01\x00" + b"(" * 70_000):
        path.write_bytes(wrong)
        assert steps.answers("cnn-44-0") is None


def test_another_model_in_the_place_of_one_is_trained_again(tmp_path, monkeypatch):
    monkeypatch.setattr(timing, "SECONDS", 0)
    monkeypatch.chdir(tmp_path)
    two_folders(tmp_path)
    assert compare(tmp_path, "out", "-q") == 0
    assert compare(tmp_path, "other", "-q", "--points", "1", "--seed", "3") == 0
    for kind in ("linear", "cnn"):
        os.replace(f"other/{kind}.safetensors", f"out/{kind}.safetensors")
    assert compare(tmp_path, "out", "-q") == 0
    assert compare(tmp_path, "again", "-q") == 0
    assert_same_result(tmp_path / "out", tmp_path / "again")


@pytest.mark.parametrize(
    "name", [PLAN, RESULT, "report.html", "cnn.safetensors", "steps/cnn-22-0.checkpoint", STEP]
)
def test_a_named_pipe_in_the_place_of_a_file_is_refused(tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)
    two_folders(tmp_path)
    (tmp_path / "out" / "steps").mkdir(parents=True)
    (tmp_path / "out" / PLAN).write_bytes(plan_text(GOOD_PLAN))
    (tmp_path / "out" / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / "out" / name)
    assert compare(tmp_path, "out") == 1
    assert f"out/{name}: a named pipe, not a regular file" in one_line(capsys)


def test_inspect_goes_through_them_all(folders, capsys):
    few = [str(folder) for folder in folders[::25]]
    assert run(["inspect", *few]) == 3
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "this is a bug" not in said
