"""A feature file and the .json beside it belong together, whatever happens between the two."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from feature_tables import PAIRS, SUFFIXES, kind_of, table
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from edgewise.cli.main import run
from edgewise.features import load_features, save_features
from edgewise.features.files import is_feature_file
from edgewise.images.cells import FORMULA, NUMBER, guarded, unguarded
from edgewise.images.errors import DataError, EdgewiseError

TESTS = os.path.dirname(__file__)

pairs = pytest.mark.parametrize("suffix", PAIRS)
kinds = pytest.mark.parametrize("suffix", SUFFIXES)


@pairs
def test_the_json_of_somebody_else_is_kept(tmp_path, suffix, monkeypatch):
    path, beside = tmp_path / f"x{suffix}", tmp_path / f"x{suffix}.json"
    beside.write_text("mine")
    with pytest.raises(EdgewiseError, match=rf"x\{suffix}\.json exists already"):
        save_features(path, table())
    # The command says so before it reads a picture.
    monkeypatch.setattr("edgewise.images.dataset.open_dataset", None)
    assert run(["hog", "digits", "-o", str(path), "-q"]) == 1
    assert beside.read_text() == "mine"
    assert not path.exists()
    save_features(path, table(), overwrite=True)
    assert kind_of(load_features(path)) == "old"


@pairs
def test_vectors_are_not_taken_with_what_other_vectors_are(tmp_path, suffix):
    for kind in ("old", "new"):
        save_features(tmp_path / f"{kind}{suffix}", table(kind))
    (tmp_path / f"new{suffix}.json").replace(tmp_path / f"old{suffix}.json")
    with pytest.raises(DataError, match=rf"that old\{suffix}\.json speaks of"):
        load_features(tmp_path / f"old{suffix}")


@pairs
@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("before", [True, False])
def test_interrupted_at_either_file(tmp_path, suffix, at, before, monkeypatch):
    path, calls, replace = tmp_path / f"x{suffix}", [], os.replace
    save_features(path, table("old"))

    def stop(*where):
        calls.append(where)
        if len(calls) == at and before:
            raise KeyboardInterrupt
        replace(*where)
        if len(calls) == at:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    try:
        save_features(path, table("new"), overwrite=True)
    except KeyboardInterrupt:
        pass
    else:
        assert at == 3
    # Nothing else is left, and no vectors have others' labels.
    assert len(list(tmp_path.iterdir())) == 2
    wanted = {(1, True): "old", (1, False): "torn", (2, True): "torn"}.get((at, before), "new")
    assert state(path) == wanted


def state(path):
    """Return the kind of a file, or "torn" where it is recognised as such."""
    try:
        return kind_of(load_features(path))
    except DataError as error:
        assert "speaks of" in str(error)
        return "torn"


WRITER = """
import itertools, sys
from feature_tables import table
from edgewise.features import save_features
both = [table(kind, 200) for kind in ("new", "old")]
for turn in itertools.count():
    save_features(sys.argv[1], both[turn % 2], overwrite=True)
    if turn == 1:
        print("ready", flush=True)
"""


@kinds
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_killed_at_any_instant(tmp_path, suffix, how):
    path, chance = tmp_path / f"x{suffix}", random.Random(suffix)
    for _ in range(2):
        words = [sys.executable, "-c", WRITER, str(path)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=TESTS) as writer:
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0, 0.2))
            writer.send_signal(how)
        states = ("old", "new", "torn") if suffix in PAIRS else ("old", "new")
        assert state(path) in states
        save_features(path, table("old"), overwrite=True)
        assert state(path) == "old"


@kinds
def test_a_full_disk_is_one_sentence(tmp_path, suffix, capsys):
    path = tmp_path / f"x{suffix}"
    path.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left on device"):
        save_features(path, table())
    assert not path.with_name(f"{path.name}.json").exists()


LIMITED = """
import resource, sys
from feature_tables import table
from edgewise.features import save_features
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
for path in sys.argv[1:]:
    try:
        save_features(path, table(count=500))
    except OSError as error:
        print(error.filename, error.strerror)
"""


def test_a_file_that_may_not_grow_is_named(tmp_path):
    paths = [str(tmp_path / f"x{suffix}") for suffix in SUFFIXES]
    words = [sys.executable, "-c", LIMITED, *paths]
    done = subprocess.run(words, cwd=TESTS, capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines() == [f"{path} File too large" for path in paths], done.stderr
    assert list(tmp_path.iterdir()) == []


@pairs
def test_files_of_older_versions_are_read(tmp_path, suffix):
    path = tmp_path / f"x{suffix}"
    save_features(path, table())
    beside = tmp_path / f"x{suffix}.json"
    facts = json.loads(beside.read_text())
    if suffix == ".csv":
        beside.unlink()
        path.write_text(f"# edgewise {json.dumps(facts)}\n{path.read_text()}")
    else:
        del facts["sha256"]
        beside.write_text(json.dumps(facts))
    assert is_feature_file(path)
    assert kind_of(load_features(path)) == "old"


@pytest.mark.parametrize("place", ["x.npz", "x.npy", "x.csv", "x.npy.json", "x.csv.json"])
def test_named_pipes_are_not_waited_for(tmp_path, place):
    path = tmp_path / place.removesuffix(".json")
    if place.endswith(".json"):
        save_features(path, table())
        (tmp_path / place).unlink()
    os.mkfifo(tmp_path / place)
    caught = []

    def read():
        with pytest.raises(DataError, match="a named pipe, not a regular file") as error:
            load_features(path)
        caught.append(error)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(timeout=60)
    assert len(caught) == 1


def test_a_csv_is_a_plain_table(tmp_path):
    wanted = table(labels=("=1+1", "-1", "@cmd"), classes=("-1", "=1+1", "@cmd"))
    save_features(tmp_path / "f.csv", wanted)
    with (tmp_path / "f.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    length = wanted.X.shape[1]
    assert list(rows[0]) == ["name", "label", *(f"h{k}" for k in range(length))]
    assert [row["label"] for row in rows] == ["'=1+1", "-1", "'@cmd"]
    values = [[float(row[f"h{k}"]) for k in range(length)] for row in rows]
    assert_array_equal(np.array(values, np.float32), wanted.X)
    assert load_features(tmp_path / "f.csv").labels == wanted.labels


@given(st.text(st.sampled_from("'=+-@\t\r1.e a"), max_size=6) | st.text(max_size=9))
def test_no_text_is_taken_for_a_formula_and_each_comes_back(text):
    assert unguarded(guarded(text)) == text
    stored = guarded(text)
    assert NUMBER.fullmatch(stored) or stored.startswith("'") or not FORMULA.match(stored)


def test_what_a_spreadsheet_saves_is_read(tmp_path):
    path = tmp_path / "f.csv"
    save_features(path, table())
    header, *rows = path.read_text().splitlines()
    # With a byte order mark, quotes, other ends of lines, in another order, and labelled anew.
    rows = [f'"{row}"'.replace(",", '","').replace("old0", "old1") for row in rows[::-1]]
    path.write_bytes("\r\n".join(["\ufeff" + header, *rows, ""]).encode())
    found = load_features(path)
    assert found.names == table().names[::-1]
    assert found.labels == ("old1",) * 3
    assert_array_equal(found.X, table().X[::-1])
    assert is_feature_file(path)


def test_a_manifest_beside_some_json_is_no_feature_file(tmp_path):
    (tmp_path / "photos.csv").write_text("path,label\na.png,cat\n")
    (tmp_path / "photos.csv.json").write_text("{}")
    assert not is_feature_file(tmp_path / "photos.csv")


@pytest.mark.parametrize(
    ("suffix", "content", "text"),
    [
        (".csv", b"name,label,h0\n", "no picture in it"),
        (".csv", b"# edgewise {}", "no picture in it"),
        (".csv", b"# edgewise " + b"[" * 100_000 + b"\n", "nested too deeply"),
        (".npy", b"\x93NUMPY\x01\0\xff\xff" + b"(" * 65_535, "header is damaged"),
    ],
)
def test_odd_files(tmp_path, suffix, content, text):
    path = tmp_path / f"x{suffix}"
    save_features(path, table())
    path.write_bytes(content)
    beside = tmp_path / f"x{suffix}.json"
    facts = json.loads(beside.read_text())
    facts.pop("sha256", None)
    beside.write_text(json.dumps({**facts, "bytes": len(content)}))
    with pytest.raises(DataError, match=text):
        load_features(path)


@pytest.mark.parametrize("index", ["1000000000000", "99999999999999999999", "0", "-1"])
def test_wild_indices_of_an_svm(tmp_path, index):
    path = tmp_path / "x.svm"
    content = f"0 {index}:1\n" * 3
    save_features(path, table())
    path.write_text(content)
    facts = json.loads((tmp_path / "x.svm.json").read_text())
    del facts["sha256"]
    (tmp_path / "x.svm.json").write_text(json.dumps({**facts, "bytes": len(content)}))
    with pytest.raises(DataError, match=r"x\.svm: "):
        load_features(path)


@pytest.mark.parametrize("where", ["classes", "names", "labels", "failed"])
def test_names_of_megabytes(where):
    long = "x" * 10_000_000
    parts = {"names": ("a", "b", long), "labels": ("old0", "old0", long), "failed": (("a", long),)}
    with pytest.raises(DataError, match="a name of 10,000,000 characters; there may be 65,536"):
        table(
            **{where: parts.get(where, ("old0", "old1", long))},
            **{"inputs": None} if where == "failed" else {},
        )
