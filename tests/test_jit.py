"""The cache of compiled loops: its keys, and what becomes of damaged files and full disks."""

import os
import pickle
import subprocess
import sys
import threading
import time
from typing import NamedTuple

import numpy as np
import pytest
from numba.core import config

import edgewise
from edgewise import jit
from edgewise.compiled import cache

TINY = """
from edgewise.jit import serial_loop

@serial_loop
def double(x):
    return 2 * x

if __name__ == "__main__":
    print(double(10.0))
"""


@pytest.fixture
def tiny(tmp_path):
    """Return a function that runs a tiny loop in a process and gives what it says."""
    script = tmp_path / "tiny_loops.py"
    script.write_text(TINY)

    def run(cache=tmp_path / "cache", **environment):
        return subprocess.run(
            [sys.executable, script],
            env={**os.environ, "EDGEWISE_CACHE_DIR": str(cache), **environment},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )

    return run


def the_folder(cache):
    (found,) = (cache / "loops").iterdir()
    return found


def test_compiles_once_into_a_private_folder(tmp_path, tiny):
    first = tiny()
    found = the_folder(tmp_path / "cache")
    files = {path: path.stat().st_mtime_ns for path in found.iterdir()}
    second = tiny()
    assert first.stdout == second.stdout == "20.0\n"
    assert first.stderr == second.stderr == ""  # no message: this loop is not of the package
    assert [path.name.split("-")[0] for path in files] == ["double"]
    assert files == {path: path.stat().st_mtime_ns for path in found.iterdir()}
    assert found.stat().st_mode & 0o777 == 0o700
    assert found.name.startswith(edgewise.__version__)


def test_the_first_compilation_is_announced(tmp_path):
    code = "import numpy as np; from edgewise.images.png_loops import unfilter;" + (
        "unfilter(np.ones(2, np.uint8), np.ones((2, 6), np.uint8), 3)"
    )
    environment = {**os.environ, "EDGEWISE_CACHE_DIR": str(tmp_path)}
    for wanted in ("compiling its loops", ""):
        command = [sys.executable, "-c", code]
        said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert wanted in said.stderr
        assert bool(said.stderr) == bool(wanted)


def test_works_where_no_cache_can_be_written(tiny):
    result = tiny("/dev/null/x")
    assert result.stdout == "20.0\n"
    assert result.stderr.count("\n") == result.stderr.count("no private cache folder") == 1


def test_a_full_disk_keeps_nothing_and_stops_nobody(tmp_path, tiny):
    limited = f"""
import resource, runpy
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
runpy.run_path({str(tmp_path / "tiny_loops.py")!r}, run_name="__main__")
"""
    script = tmp_path / "limited.py"
    script.write_text(limited)
    environment = {**os.environ, "EDGEWISE_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, "-B", script]
    said = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    assert said.stdout == "20.0\n"
    assert said.stderr.count("\n") == said.stderr.count("cannot be kept") == 1
    assert not list(the_folder(tmp_path / "cache").iterdir())
    assert tiny().stderr == ""


def test_a_folder_that_cannot_be_written_is_read(tmp_path, monkeypatch):
    loop = compiled(tmp_path, monkeypatch)
    assert loop(2.0) == 7
    tmp_path.chmod(0o500)
    monkeypatch.setattr(cache, "write_file", refuse)
    again = compiled(tmp_path, monkeypatch)
    assert again(2.0) == 7
    assert hits(again) == 1
    assert again(2) == 7
    assert hits(again) == 1
    tmp_path.chmod(0o700)


def refuse(*_):
    raise OSError(30, "Read-only file system")


def test_several_processes_may_compile_at_once(tmp_path, tiny):
    results = []
    workers = [threading.Thread(target=lambda: results.append(tiny())) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [(result.stdout, result.stderr) for result in results] == [("20.0\n", "")] * 3
    (file,) = the_folder(tmp_path / "cache").iterdir()
    assert file.name.startswith("double-")


def seven(x):
    return 3 * x + 1


def compiled(place, monkeypatch, function=seven):
    monkeypatch.setattr(jit, "CACHE", place)
    return jit.serial_loop(function)


def hits(loop):
    return sum(loop.stats.cache_hits.values())


def sealed(content):
    """Return a file whose seal is right and whose content is not a loop."""

    def change(whole, key):
        payload = pickle.dumps(content) if not isinstance(content, bytes) else content
        return cache._seal(key, payload) + payload

    return change


def flipped(place):
    def change(whole, key):
        at = int(place * (len(whole) - 1))
        return whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :]

    return change


DAMAGE = {
    "empty": lambda whole, key: b"",
    "seal only": lambda whole, key: whole[:32],
    "half a seal": lambda whole, key: whole[:16],
    "cut": lambda whole, key: whole[:-1],
    "half": lambda whole, key: whole[: len(whole) // 2],
    "longer": lambda whole, key: whole + b"\0",
    "zeros": lambda whole, key: bytes(len(whole)),
    "junk": lambda whole, key: np.random.default_rng(1).bytes(len(whole)),
    "Numba's own": lambda whole, key: pickle.dumps("0.60.0") + whole[32:],
    "another loop's": lambda whole, key: cache._seal(b"another", whole[32:]) + whole[32:],
    **{f"flipped at {place}": flipped(place) for place in (0, 0.0005, 0.01, 0.3, 0.5, 0.9, 1)},
    **{
        f"sealed {content!r}": sealed(content)
        for content in (b"", b"junk", b"\x80", b".", None, 3, [], {}, ("x",) * 9, (None,) * 9)
    },
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_compiled_again(kind, tmp_path, monkeypatch, caplog):
    keys = []
    path_of = cache.LoopCache._path
    monkeypatch.setattr(
        cache.LoopCache, "_path", lambda self, key: keys.append(key) or path_of(self, key)
    )
    assert compiled(tmp_path, monkeypatch)(2.0) == 7
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(DAMAGE[kind](whole, keys[0]))

    again, third = (compiled(tmp_path, monkeypatch) for _ in range(2))
    assert again(2.0) == 7
    assert hits(again) == 0
    assert third(2.0) == 7
    assert hits(third) == 1
    assert not caplog.records


def test_every_flipped_bit_is_seen(tmp_path, monkeypatch):
    compiled(tmp_path, monkeypatch)(2.0)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    key = b"key"
    file.write_bytes(cache._seal(key, whole[32:]) + whole[32:])
    assert cache._opened(file, key) == whole[32:]
    assert cache._opened(file, b"other") is None
    for at in np.random.default_rng(3).integers(0, len(whole), 300):
        damaged = bytearray(file.read_bytes())
        damaged[at] ^= 1 << int(at % 8)
        other = tmp_path / "damaged"
        other.write_bytes(damaged)
        assert cache._opened(other, key) is None


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: os.mkfifo(path)])
def test_what_is_no_file_is_gone_without(make, tmp_path, monkeypatch):
    assert compiled(tmp_path, monkeypatch)(2.0) == 7
    (file,) = tmp_path.iterdir()
    file.unlink()
    make(file)
    assert compiled(tmp_path, monkeypatch)(2.0) == 7
    assert not list(tmp_path.glob("*.part"))


def test_a_folder_that_is_taken_away_is_made_again(tmp_path, monkeypatch):
    place = tmp_path / "loops"
    assert compiled(place, monkeypatch)(2.0) == 7
    (file,) = place.iterdir()
    file.unlink()
    place.rmdir()
    assert compiled(place, monkeypatch)(2.0) == 7
    assert file.exists()


class Before(NamedTuple):
    first: float
    second: float


class After(NamedTuple):
    second: float
    first: float


After.__qualname__ = After.__name__ = Before.__name__


def difference(pair):
    return pair.first - pair.second


def difference_of_first(pairs):
    return pairs[0].first - pairs[0].second


@pytest.mark.parametrize(
    ("function", "wrap"), [(difference, lambda x: x), (difference_of_first, lambda x: (x, 1))]
)
def test_a_named_tuple_with_other_fields_is_another_type(function, wrap, tmp_path, monkeypatch):
    # As after an update that changes the order of the fields.
    assert compiled(tmp_path, monkeypatch, function)(wrap(Before(5.0, 3.0))) == 2
    assert compiled(tmp_path, monkeypatch, function)(wrap(After(5.0, 3.0))) == -2


def test_numbas_settings_are_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "CACHE_DIR", "mine")
    seen, stop = set(), threading.Event()

    def look():
        while not stop.is_set():
            seen.add(config.CACHE_DIR)

    watcher = threading.Thread(target=look)
    watcher.start()
    until = time.monotonic() + 0.3
    while time.monotonic() < until:
        compiled(tmp_path, monkeypatch)
    stop.set()
    watcher.join()
    assert seen == {"mine"}
