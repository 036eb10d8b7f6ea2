"""The cache of compiled loops: its folder, its key, and what becomes of damaged files."""

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
from numpy.testing import assert_array_equal

import edgewise
from edgewise import jit
from edgewise.compiled import cache, folder

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


def test_a_folder_that_others_may_write_to_is_not_used(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("EDGEWISE_CACHE_DIR", str(tmp_path))
    found = folder.open_folder()
    assert found is not None
    assert found.stat().st_mode & 0o777 == 0o700
    found.chmod(0o777)
    assert folder.open_folder() is None
    assert "no private cache folder" in caplog.text


@pytest.mark.parametrize("place", ["cache", "cache/loops", "cache/loops/NAME"])
def test_a_file_where_the_folder_should_be(place, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("EDGEWISE_CACHE_DIR", str(tmp_path / "cache"))
    write(tmp_path / place.replace("NAME", folder._folder_name()))
    assert folder.open_folder() is None
    assert "no private cache folder" in caplog.text


def test_works_where_no_cache_can_be_written(tiny):
    result = tiny("/dev/null/x")
    assert result.stdout == "20.0\n"
    assert result.stderr.count("\n") == result.stderr.count("no private cache folder") == 1


def test_a_user_without_a_home(monkeypatch):
    def nobody(path):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("EDGEWISE_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(folder.Path, "expanduser", nobody)
    assert folder.open_folder() is None


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


def write(path, text=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_name_follows_the_loops_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "PACKAGE", tmp_path)
    loops = write(tmp_path / "filters/deep/some_loops.py", "a")
    others = [write(tmp_path / "jit.py"), write(tmp_path / "filters/tiles.py")]
    before = folder._folder_name()
    for name in (
        "tests/test_bilateral_loops.py", ".venv/lib/site-packages/numba/tests/test_loops.py",
        "build/lib/edgewise/filters/loops.py", "filters/strips.py", "site-packages/tiles.py",
    ):  # fmt: skip
        write(tmp_path / name, "x")
    assert folder._folder_name() == before
    for path in (loops, *others):
        text = path.read_text()
        path.write_text(text + "changed")
        assert folder._folder_name() != before
        path.write_text(text)
    loops.rename(loops.with_name("more_loops.py"))
    assert folder._folder_name() != before


def test_whatever_is_compiled_is_in_the_name():
    users = {
        path
        for room in ("cli", "reports", *folder.ROOMS)
        for path in (folder.PACKAGE / room).glob("**/*.py")
        if any(word in path.read_text() for word in ("_loop\n@", "_loop\ndef", "@intrinsic"))
    }
    assert users
    assert users <= set(folder.loop_sources())


@pytest.mark.parametrize("setting", folder.SETTINGS)
def test_the_name_follows_numbas_settings(setting, monkeypatch):
    before = folder._folder_name()
    monkeypatch.setattr(config, setting, "another")
    assert folder._folder_name() != before


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


def aged(path, days):
    path.mkdir()
    (path / "some.loop").write_bytes(b"x")
    os.utime(path, (time.time() - days * 86400,) * 2)
    return path


def test_old_folders_are_removed(tmp_path):
    old = [aged(tmp_path / f"0.0.{k}-{k:012x}", 100 - k) for k in range(20)]
    kept = [
        aged(tmp_path / "0.0.1-something else", 1000),
        aged(tmp_path / "mine", 1000),
        write(tmp_path / "0.0.1-0123456789ab", "a file"),
    ]
    fresh = [aged(tmp_path / f"1.0-{k:012x}", 0.5) for k in range(12)]
    own = aged(tmp_path / "1.0-bbbbbbbbbbbb", 0)
    left = aged(tmp_path / "0.0.1-aaaaaaaaaaaa.old", 300)
    folder.remove_unused(own)
    assert sorted(tmp_path.iterdir()) == sorted([*kept, *fresh, own])
    assert not any(path.exists() for path in (*old, left))


def test_the_last_used_folders_stay_however_old(tmp_path):
    old = [aged(tmp_path / f"0.0.{k}-{k:012x}", 100 - k) for k in range(20)]
    folder.remove_unused(tmp_path / "1.0-bbbbbbbbbbbb")
    assert sorted(tmp_path.iterdir()) == sorted(old[-folder.KEPT_FOLDERS :])


def test_use_is_marked_and_a_new_folder_tidies_up(tmp_path, monkeypatch):
    monkeypatch.setenv("EDGEWISE_CACHE_DIR", str(tmp_path))
    (tmp_path / "loops").mkdir()
    for k in range(20):
        aged(tmp_path / "loops" / f"0.0.{k}-{k:012x}", 100 - k)
    own = folder.open_folder()
    assert own is not None
    assert len(list((tmp_path / "loops").iterdir())) == folder.KEPT_FOLDERS + 1
    os.utime(own, (0, 0))
    folder.open_folder()
    assert own.stat().st_mtime > time.time() - 3600
