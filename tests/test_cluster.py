"""Shards on a Dask cluster of real processes: whoever dies, the bytes are the same."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from processes import HANGS
from shard_folders import command, content, write_pictures

from edgewise.cli.main import run

HOG = ["--cell", "4", "--shard-size", "6"]
SHARDS = 51


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return write_pictures(tmp_path_factory.mktemp("in") / "pictures", 300, (96, 96))


@pytest.fixture(scope="module")
def undisturbed(pictures, tmp_path_factory):
    place = tmp_path_factory.mktemp("out") / "undisturbed"
    assert run(["hog", str(pictures), "-o", f"{place}/", *HOG, "-q"]) == 3
    return place


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers; gives its address, and the processes."""
    file = tmp_path / "scheduler.json"
    where = ["--scheduler-file", str(file), "--no-dashboard"]
    scheduler = started("dask_scheduler", "--port", "0", *where)
    workers = [
        started(
            "dask_worker", *where, "--nthreads", "1", "--no-nanny", "--death-timeout", str(HANGS)
        )
        for _ in range(2)
    ]
    until(file.exists)
    yield json.loads(file.read_text())["address"], scheduler, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def started(module, *words):
    program = [sys.executable, "-m", f"distributed.cli.{module}", *words]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    # A cluster lives longer than the warnings that this test run turns into errors.
    return subprocess.Popen(program, env={**os.environ, "PYTHONWARNINGS": "ignore"}, **quiet)


def until(condition):
    end = time.monotonic() + HANGS
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def driver(pictures, folder, address):
    words = command(pictures, "-o", f"{folder}/", *HOG, "--dask", address)
    return subprocess.Popen(words, stderr=subprocess.PIPE, text=True)


def under_way(folder: Path):
    """Say whether some shards are done, and not yet most."""
    return len(list((folder / "receipts").glob("*.json"))) >= 3


def test_a_local_cluster(pictures, undisturbed, tmp_path):
    words = command(pictures, "-o", f"{tmp_path}/f/", *HOG, "--dask", "local")
    assert subprocess.run(words, stderr=subprocess.DEVNULL).returncode == 3
    assert content(tmp_path / "f") == content(undisturbed)


def test_a_worker_that_dies_costs_the_shard_in_hand(pictures, undisturbed, tmp_path, cluster):
    address, _, workers = cluster
    process = driver(pictures, tmp_path / "f", address)
    until(lambda: under_way(tmp_path / "f"))
    workers[0].send_signal(signal.SIGKILL)
    _, said = process.communicate(timeout=HANGS)
    assert process.returncode == 3, said
    assert content(tmp_path / "f") == content(undisturbed)


def test_two_drivers_on_one_folder(pictures, undisturbed, tmp_path, cluster):
    address, _, _ = cluster
    both = [driver(pictures, tmp_path / "f", address) for _ in range(2)]
    said = [process.communicate(timeout=HANGS)[1] for process in both]
    assert [process.returncode for process in both] == [3, 3], said
    assert content(tmp_path / "f") == content(undisturbed)


def test_a_scheduler_that_dies_costs_the_shards_in_hand(pictures, undisturbed, tmp_path, cluster):
    address, scheduler, _ = cluster
    process = driver(pictures, tmp_path / "f", address)
    until(lambda: under_way(tmp_path / "f"))
    scheduler.send_signal(signal.SIGKILL)
    _, said = process.communicate(timeout=HANGS)
    assert process.returncode == 1
    assert "the same command goes on" in said
    assert run(["hog", str(pictures), "-o", f"{tmp_path}/f/", *HOG, "-q"]) == 3
    assert content(tmp_path / "f") == content(undisturbed)


def test_no_scheduler(pictures, tmp_path, capsys):
    words = ["hog", str(pictures), "-o", f"{tmp_path}/f/", *HOG, "--dask", "nonsense://x", "-q"]
    assert run(words) == 1
    assert "no Dask scheduler can be reached there" in capsys.readouterr().err


def test_dask_needs_its_package(pictures, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    words = ["hog", str(pictures), "-o", f"{tmp_path}/f/", *HOG, "--dask", "local", "-q"]
    assert run(words) == 1
    assert "pip install distributed" in capsys.readouterr().err
