"""Folders of shards: the same bytes whatever happened on the way."""

import json
import os
import resource
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from shard_folders import HOG, command, content, killed, write_pictures

from edgewise import HogConfig, open_dataset
from edgewise.cli.main import run
from edgewise.features import extract, open_features
from edgewise.features.shards import (
    compute_shard,
    make_plan,
    run_shards,
    verify_shards,
    write_plan,
)
from edgewise.features.shards.places import claimed
from edgewise.images import write_image
from edgewise.images.errors import DataError, EdgewiseError

CONFIG = HogConfig(cell=(4, 4), block=(1, 1))


@pytest.fixture
def pictures(tmp_path):
    return write_pictures(tmp_path / "pictures")


@pytest.fixture
def undisturbed(pictures, tmp_path):
    """A folder that was done in one go, as its command does it."""
    place = tmp_path / "undisturbed"
    assert run(["hog", str(pictures), "-o", f"{place}/", *HOG, "-q"]) == 3
    return place


def planned(source, folder, **settings):
    dataset = open_dataset(str(source), labelled=False)
    plan = make_plan(dataset, CONFIG, **settings)
    write_plan(folder, plan, dataset)
    return plan


def test_shards_are_the_table_in_pieces(pictures, undisturbed):
    table = extract(open_dataset(str(pictures)), CONFIG)
    found = open_features(undisturbed)
    assert_array_equal(np.asarray(found.X), table.X)
    for name in ("names", "labels", "classes", "config", "size", "channels", "failed"):
        assert getattr(found, name) == getattr(table, name)
    assert len(found.failed) == 3


def test_rows_are_read_as_from_one_array(undisturbed):
    X = open_features(undisturbed).X
    whole = np.asarray(X)
    assert X.shape == whole.shape == (40, 6 * 5 * 9)
    rng = np.random.default_rng(0)
    keys = [3, -1, slice(5, 31, 3), slice(None, None, -1), rng.permutation(40), whole[:, 0] > 0.1]
    for key in keys:
        assert_array_equal(X[key], whole[key])
        assert_array_equal(
            X[key, 2:5] if not isinstance(key, int) else X[key][2:5],
            whole[key, 2:5] if not isinstance(key, int) else whole[key][2:5],
        )
    for row in (40, -41):
        with pytest.raises(IndexError):
            X[row]


def test_the_index_has_a_line_for_every_input(pictures, undisturbed):
    lines = [
        json.loads(line)
        for path in sorted((undisturbed / "index").iterdir())
        for line in path.read_text().splitlines()
    ]
    names = open_dataset(str(pictures)).names
    assert tuple(line["name"] for line in lines) == names
    failed = {line["name"]: line["reason"] for line in lines if line["status"] == "failed"}
    assert sorted(failed) == ["even/cut.png", "odd/empty.png", "odd/other.png"]
    assert "cut short" in failed["even/cut.png"]
    assert failed["odd/empty.png"] == "the file is empty"
    sizes = {(line["width"], line["height"]) for line in lines if line["status"] == "ok"}
    assert sizes == {(20, 24)}


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_threads_change_no_byte(pictures, undisturbed, tmp_path, jobs):
    words = ["hog", str(pictures), "-o", f"{tmp_path}/again/", *HOG, "-q", "-j", jobs]
    assert run(words) == 3
    assert content(tmp_path / "again") == content(undisturbed)


def test_parts_make_the_whole(pictures, undisturbed, tmp_path):
    for part in ("2/3", "1/3", "3/3"):
        words = ["hog", str(pictures), "-o", f"{tmp_path}/parts/", *HOG, "-q", "--shard", part]
        assert run(words) in (0, 3)
    assert content(tmp_path / "parts") == content(undisturbed)


def test_killed_at_any_instant_it_goes_on(pictures, undisturbed, tmp_path):
    words = command(pictures, "-o", f"{tmp_path}/killed/", *HOG)
    codes = [killed(words, seconds) for seconds in (0.6, 0.9, 1.2)]
    codes.append(subprocess.run(words, stderr=subprocess.DEVNULL).returncode)
    assert codes[-1] == 3
    assert content(tmp_path / "killed") == content(undisturbed)


@pytest.mark.parametrize("at", range(1, 30, 4))
def test_interrupted_between_any_two_files_it_goes_on(
    pictures, undisturbed, tmp_path, monkeypatch, at
):
    folder = tmp_path / "stopped"
    renames, replace = [], os.replace

    def stop(source, target):
        renames.append(target)
        if len(renames) == at:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", stop)
    words = ["hog", str(pictures), "-o", f"{folder}/", *HOG, "-q"]
    assert run(words) == 130
    monkeypatch.undo()
    assert run(words) == 3
    assert content(folder) == content(undisturbed)


@pytest.mark.parametrize("at", [0, 5, 9, 20])
def test_a_full_disk_is_said_and_costs_nothing(
    pictures, undisturbed, tmp_path, monkeypatch, capsys, at
):
    folder, calls, sync = tmp_path / "full", [], os.fsync

    def full(handle):
        calls.append(handle)
        if len(calls) > at:
            raise OSError(28, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", full)
    words = ["hog", str(pictures), "-o", f"{folder}/", *HOG, "-q"]
    assert run(words) == 1
    assert "no space left on device; make room" in capsys.readouterr().err
    monkeypatch.undo()
    assert run(words) == 3
    assert content(folder) == content(undisturbed)


def test_a_file_that_may_not_grow_is_named(pictures, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))

    words = command(pictures, "-o", f"{tmp_path}/f/", *HOG)
    done = subprocess.run(words, preexec_fn=limit, capture_output=True, text=True)
    assert done.returncode == 1
    assert "data/00000.npy: file too large; make room there" in done.stderr


def test_two_at_once_on_one_folder(pictures, undisturbed, tmp_path):
    words = command(pictures, "-o", f"{tmp_path}/both/", *HOG)
    both = [subprocess.Popen(words, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in both] == [3, 3]
    assert content(tmp_path / "both") == content(undisturbed)


def test_a_shard_in_hand_is_left_to_whoever_has_it(pictures, tmp_path):
    folder = tmp_path / "f"
    planned(pictures, folder, shard_size=7)
    with claimed(folder, 2) as mine, claimed(folder, 2) as too:
        assert (mine, too) == (True, False)


def test_done_again_it_reads_no_picture(pictures, undisturbed, monkeypatch):
    before = content(undisturbed)
    course = run_shards(undisturbed)
    assert (course.done, course.shards, course.ok, course.failed) == (7, 7, 40, 3)
    monkeypatch.setattr("edgewise.features.shards.run.compute_shard", None)
    run_shards(undisturbed)
    assert content(undisturbed) == before


def test_retry_failed_reads_only_what_failed(pictures, undisturbed, monkeypatch):
    mended = np.full((24, 20), 99, np.uint8)
    write_image(pictures / "odd" / "empty.png", mended, overwrite=True)
    read, seen = __import__("edgewise.images.decode").images.decode.read_shrunk, []

    def watched(path, size, **more):
        seen.append(Path(path).name)
        return read(path, size, **more)

    monkeypatch.setattr("edgewise.images.decode.read_shrunk", watched)
    course = run_shards(undisturbed, retry_failed=True)
    assert (course.ok, course.failed) == (41, 2)
    assert sorted(seen) == ["cut.png", "empty.png", "other.png"]
    monkeypatch.undo()
    table = extract(open_dataset(str(pictures)), CONFIG)
    found = open_features(undisturbed)
    assert found.names == table.names
    assert_array_equal(np.asarray(found.X), table.X)
    assert verify_shards(undisturbed) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--cell", "5"], "cell was [4, 4], and is [5, 5]"),
        (["--shard-size", "9"], "shard size was 7, and is 9"),
        (["--gray"], "gray was False, and is True"),
        (["--size", "20x24"], "resize was False, and is True"),
    ],
)
def test_another_plan_is_refused_with_what_changed(pictures, undisturbed, capsys, words, message):
    before = content(undisturbed)
    assert run(["hog", str(pictures), "-o", f"{undisturbed}/", *HOG, *words, "-q"]) == 1
    assert message in capsys.readouterr().err
    assert content(undisturbed) == before


def test_changed_inputs_are_refused(pictures, undisturbed, capsys):
    write_image(pictures / "odd" / "new.png", np.zeros((24, 20), np.uint8))
    assert run(["hog", str(pictures), "-o", f"{undisturbed}/", *HOG, "-q"]) == 1
    err = capsys.readouterr().err
    assert "pictures was 43, and is 44; the inputs have changed" in err


def test_the_shard_size_of_the_plan_need_not_be_said_again(pictures, undisturbed):
    words = ["hog", str(pictures), "-o", f"{undisturbed}/", *HOG[:-2], "-q"]
    assert run(words) == 3


@pytest.mark.parametrize("kind", ["data", "index", "inputs"])
@pytest.mark.parametrize("same_size", [True, False])
def test_damage_is_found(undisturbed, capsys, kind, same_size):
    (path,) = (undisturbed / kind).glob("00002.*")
    content = path.read_bytes()
    path.write_bytes(content[:-2] + b"?\n" if same_size else content[:-9])
    assert run(["inspect", str(undisturbed), "--verify", "-q"]) == 3
    assert "00002" in (err := capsys.readouterr().err) or "shard 2 has other files" in err


def test_a_damaged_shard_is_done_again(pictures, undisturbed):
    before = content(undisturbed)
    (undisturbed / "data" / "00003.npy").write_bytes(b"gone")
    (undisturbed / "receipts" / "00005.json").write_text("{")
    (undisturbed / "inputs" / "00001.jsonl").write_text("{}\n")
    (undisturbed / "index" / "00000.jsonl").unlink()
    assert run(["hog", str(pictures), "-o", f"{undisturbed}/", *HOG, "-q"]) == 3
    assert content(undisturbed) == before


def test_an_unfinished_folder_is_not_opened(pictures, tmp_path):
    planned(pictures, tmp_path / "f", shard_size=10)
    compute_shard(tmp_path / "f", 1)
    with pytest.raises(DataError, match="4 of 5 shards are not done; run the command"):
        open_features(tmp_path / "f")


def test_digits(tmp_path):
    planned("digits", tmp_path / "d", shard_size=500)
    run_shards(tmp_path / "d")
    table = extract(open_dataset("digits"), CONFIG)
    found = open_features(tmp_path / "d")
    assert_array_equal(np.asarray(found.X), table.X)
    assert (found.names, found.labels) == (table.names, table.labels)


def test_sizes_that_differ_need_a_size(pictures, tmp_path, capsys):
    write_image(pictures / "even" / "0.png", np.zeros((30, 30), np.uint8))
    assert run(["hog", str(pictures), "-o", f"{tmp_path}/f/", *HOG, "-q"]) == 1
    assert "the pictures differ in size" in capsys.readouterr().err


def test_one_of_another_size_far_behind_fails_alone(pictures, tmp_path):
    write_image(pictures / "odd" / "zz.png", np.zeros((30, 30), np.uint8))
    assert run(["hog", str(pictures), "-o", f"{tmp_path}/f/", *HOG, "-q"]) == 3
    reasons = dict(open_features(tmp_path / "f").failed)
    assert "is 30x30, and the first picture 20x24; give one size" in reasons["odd/zz.png"]


def test_what_is_no_folder_for_shards(pictures, tmp_path, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").touch()
    assert run(["hog", str(pictures), "-o", str(tmp_path / "full"), "-q"]) == 1
    assert "holds other files, such as notes.txt" in capsys.readouterr().err
    assert run(["hog", str(pictures), "-o", f"{tmp_path}/a.npz", "--shard", "1/2"]) == 2
    assert run(["hog", str(pictures), "-o", f"{tmp_path}/f/", "--shard", "3/2"]) == 2


def test_a_picture_from_stdin_cannot_be_planned(tmp_path):
    dataset = open_dataset(["-"], labelled=False)
    with pytest.raises(EdgewiseError, match="from stdin cannot be read again"):
        make_plan(dataset, CONFIG, size=(24, 20))
