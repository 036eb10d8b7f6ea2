"""Folders of shards that are begun, filled and damaged by many at once."""

import json
import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
from hostile.shards import plan, shard_files, signed
from shard_folders import HOG, command, content, killed, write_pictures

from edgewise.cli.main import run
from edgewise.features import open_features
from edgewise.features.shards import read_plan, run_shards, verify_shards
from edgewise.features.shards.places import claimed, drop_claims
from edgewise.images.errors import DataError


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return write_pictures(tmp_path_factory.mktemp("in") / "pictures")


@pytest.fixture(scope="module")
def undisturbed(pictures, tmp_path_factory):
    place = tmp_path_factory.mktemp("out") / "undisturbed"
    assert run(["hog", str(pictures), "-o", f"{place}/", *HOG, "-q"]) == 3
    return place


@pytest.fixture
def folder(tmp_path):
    """A folder of two shards that is done, its pictures gone."""
    for name, data in shard_files(plan()).items():
        (tmp_path / "f" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "f" / name).write_bytes(data)
    return tmp_path / "f"


@pytest.mark.parametrize("left", [".edgewise-0123456789abcdef.part", ".plan.json.host-12.part"])
def test_what_a_killed_run_or_a_job_beside_leaves_is_no_other_file(
    pictures, undisturbed, tmp_path, left
):
    (tmp_path / "f" / "inputs").mkdir(parents=True)
    (tmp_path / "f" / "claims").mkdir()
    (tmp_path / "f" / left).write_text("half")
    (tmp_path / "f" / "inputs" / left).write_text("half")
    assert run(["hog", str(pictures), "-o", f"{tmp_path}/f/", *HOG, "-q"]) == 3
    assert content(tmp_path / "f") == content(undisturbed)


@pytest.mark.parametrize("parts", [["1/3", "2/3", "3/3"], ["1/1"] * 3])
def test_jobs_that_begin_one_folder_at_once(pictures, undisturbed, tmp_path, parts):
    words = command(pictures, "-o", f"{tmp_path}/f/", *HOG)
    jobs = [
        subprocess.Popen([*words, "--shard", part], stderr=subprocess.PIPE, text=True)
        for part in parts
    ]
    said = [job.communicate(timeout=120)[1] for job in jobs]
    assert all(job.returncode in (0, 3) for job in jobs), said
    assert content(tmp_path / "f") == content(undisturbed)
    assert not (tmp_path / "f" / "claims").exists()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_job_beside_another_costs_nothing(pictures, undisturbed, tmp_path, how):
    words = command(pictures, "-o", f"{tmp_path}/f/", *HOG)
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as other:
        for seconds in (0.5, 0.8):
            killed(words, seconds, how)
        other.wait(timeout=120)
    assert subprocess.run(words, stderr=subprocess.DEVNULL, timeout=120).returncode == 3
    assert content(tmp_path / "f") == content(undisturbed)
    assert verify_shards(tmp_path / "f") == []


CLAIMER = """
import os, sys
from pathlib import Path
from edgewise.features.shards.places import claimed, drop_claims
folder = Path(sys.argv[1])
for turn in range(150):
    with claimed(folder, turn % 2, wait=turn % 3 == 0) as mine:
        if mine:
            os.close(os.open(folder / f"held-{turn % 2}", os.O_CREAT | os.O_EXCL))
            os.unlink(folder / f"held-{turn % 2}")
    drop_claims(folder)
"""


def test_no_two_processes_have_one_claim(tmp_path):
    words = [sys.executable, "-c", CLAIMER, str(tmp_path)]
    three = [subprocess.Popen(words, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [one.communicate(timeout=120)[1] for one in three] == [""] * 3
    assert list(tmp_path.iterdir()) == []


def test_a_claim_that_was_dropped_can_be_had_again(tmp_path):
    for _ in range(2):
        with claimed(tmp_path, 7) as mine:
            assert mine
            drop_claims(tmp_path)
            with claimed(tmp_path, 7) as too:
                assert not too
    drop_claims(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_vectors_that_have_changed_are_not_learned_from(folder, tmp_path, capsys):
    path = folder / "data" / "00001.npy"
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:128] + b"\x3c" * (size - 128))
    features = open_features(folder)
    assert features.X[1].any()
    for use in (lambda: features.X[3], lambda: features.X[1:4], lambda: np.asarray(features.X)):
        with pytest.raises(DataError, match=r"data/00001\.npy: has changed since it was written"):
            use()
    model = str(tmp_path / "m.safetensors")
    assert run(["train", "linear", str(folder), "-o", model, "-q"]) == 1
    told = capsys.readouterr().err
    assert "00001.npy: has changed since it was written" in told
    assert "hint: delete" in told


def test_an_index_that_has_changed_is_not_believed(folder):
    path = folder / "index" / "00000.jsonl"
    path.write_bytes(path.read_bytes().replace(b"0.png", b"9.png"))
    with pytest.raises(DataError, match=r"index/00000\.jsonl: has changed since"):
        open_features(folder)


def test_what_has_changed_is_not_kept_when_the_failed_are_read_again(folder):
    path = folder / "data" / "00000.npy"
    path.write_bytes(path.read_bytes()[:-4] + b"junk")
    # All of its pictures are gone: nothing is left of a shard that is done anew.
    course = run_shards(folder, retry_failed=True)
    assert (course.ok, course.failed) == (2, 3)
    assert verify_shards(folder) == []


@pytest.mark.parametrize("kind", ["receipts", "data", "index", "inputs"])
def test_named_pipes_are_not_waited_for(folder, kind):
    (path,) = (folder / kind).glob("00001.*")
    path.unlink()
    os.mkfifo(path)
    caught = []

    def use():
        for act in (open_features, run_shards, verify_shards):
            with pytest.raises(DataError, match="a named pipe, not a regular file"):
                act(folder)
            caught.append(act)

    user = threading.Thread(target=use, daemon=True)
    user.start()
    user.join(timeout=60)
    assert len(caught) == 3


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("pictures", 10**12, "there are files of 2"),
        ("pictures", -1, "damaged"),
        ("pictures", 5.0, "damaged"),
        ("pictures", True, "damaged"),
        ("shard_size", 0, "damaged"),
        ("shard_size", "3", "damaged"),
        ("size", [10**12, 10**12], "too large"),
        ("size", [float("inf"), 8], "damaged"),
        ("classes", "ant", "damaged"),
        ("classes", [["ant"]], "damaged"),
        ("config", {"bins": 1e400}, "bins is a whole number"),
        ("config", {**plan()["config"], "bins": 10**12}, "bins is a whole number of at most"),
        ("max_pixels", -5, "damaged"),
        ("source", None, "damaged"),
    ],
)
def test_odd_values_in_a_plan(folder, field, value, text):
    content = signed(json.dumps({**plan(), field: value}).encode())
    (folder / "plan.json").write_bytes(content)
    for act in (open_features, run_shards, verify_shards):
        with pytest.raises(DataError, match=rf"plan\.json: .*{text}"):
            act(folder)


@pytest.mark.parametrize("name", ["plan.json", "receipts/00001.json", "index/00000.jsonl"])
def test_json_without_a_bottom(folder, name):
    (folder / name).write_text("[" * 100_000)
    with pytest.raises(DataError):
        open_features(folder)
    if name == "plan.json":
        with pytest.raises(DataError, match="nested too deeply"):
            read_plan(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"ok": -1}, {"ok": 2.0}, {"ok": 10**12}, {"rows": 5}, {"failed": None}, {"coloured": "no"},
        {"shard": 0}, {"files": []}, {"files": {"data": 3}}, {"plan": []},
    ],
)  # fmt: skip
def test_an_odd_receipt_is_none(folder, change):
    path = folder / "receipts" / "00001.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(DataError, match="1 of 2 shards are not done"):
        open_features(folder)
