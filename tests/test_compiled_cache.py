"""The cache of compiled loops: its keys, and what becomes of damaged files and full disks."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import tiny_loops
from numpy.testing import assert_array_equal
from tiny_loops import difference, double

import edgewise
from edgewise.compiled import cache, opening
from edgewise.compiled.locks import locked
from edgewise.compiled.loop import Loop

SCRIPT = Path(__file__).with_name("tiny_loops.py")
COLD, WARM = "[2. 4. 6.] True\n", "[2. 4. 6.] False\n"
SAID = "compiling its loops"


def environment(folder, **settings):
    return {**os.environ, "EDGEWISE_CACHE_DIR": str(folder), **settings}


def tiny(folder, *before, **settings):
    """Run a tiny loop in a process; `before` are lines that it runs first."""
    code = "\n".join(
        (*before, f"import runpy; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')")
    )
    return subprocess.run(
        [sys.executable, "-c", code], env=environment(folder, **settings),
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip


def the_folder(folder):
    (found,) = (folder / "loops").iterdir()
    return found


def test_compiles_once_into_a_private_folder(tmp_path):
    first = tiny(tmp_path)
    found = the_folder(tmp_path)
    files = {path: path.stat().st_mtime_ns for path in found.iterdir()}
    second = tiny(tmp_path)
    assert (first.stdout, second.stdout) == (COLD, WARM)
    assert first.stderr.count("\n") == first.stderr.count(SAID) == 1
    assert second.stderr == ""
    assert [path.name.split("-")[0] for path in files] == ["double"]
    assert files == {path: path.stat().st_mtime_ns for path in found.iterdir()}
    assert found.stat().st_mode & 0o777 == 0o700
    assert found.name.startswith(edgewise.__version__)


def test_works_where_no_cache_can_be_written():
    result = tiny("/dev/null/x")
    assert result.stdout == COLD
    assert result.stderr.count("no private cache folder") == 1


def test_a_full_disk_keeps_nothing_and_stops_nobody(tmp_path):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))"
    result = tiny(tmp_path, limit, PYTHONDONTWRITEBYTECODE="1")
    assert result.stdout == COLD
    assert result.stderr.count("cannot be kept") == 1
    assert not list(the_folder(tmp_path).iterdir())
    assert SAID in tiny(tmp_path).stderr


@pytest.mark.parametrize(
    ("setting", "value"), [("NUMBA_DISABLE_JIT", "1"), ("NUMBA_BOUNDSCHECK", "1")]
)
def test_plain_and_checked_loops_are_not_kept(setting, value, tmp_path):
    result = tiny(tmp_path, **{setting: value})
    assert result.stdout == (WARM if setting == "NUMBA_DISABLE_JIT" else COLD)
    assert not list(tmp_path.rglob("*.o"))


def test_a_checked_loop_stays_in_its_arrays(tmp_path):
    code = "import numpy as np, tiny_loops; tiny_loops.double(np.ones(9), np.ones(8))"
    for setting in ("NUMBA_BOUNDSCHECK", "NUMBA_DISABLE_JIT"):
        told = subprocess.run(
            [sys.executable, "-c", code], cwd=SCRIPT.parent, capture_output=True, text=True,
            env=environment(tmp_path, **{setting: "1"}), timeout=120,
        )  # fmt: skip
        assert told.returncode == 1
        assert "IndexError" in told.stderr


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """Give this process a cache folder of its own, and count what is compiled."""
    place = tmp_path / "own"
    place.mkdir()
    compiled = []
    original = cache._compile

    def compile_and_note(*version):
        compiled.append(version)
        return original(*version)

    monkeypatch.setattr(cache, "open_folder", lambda: place)
    monkeypatch.setattr(cache, "_compile", compile_and_note)
    return place, compiled


def run(loop=double):
    """Run a loop as if this process were new."""
    fresh = Loop(loop.function)
    result = np.zeros(2)
    fresh(np.array([1.5, 4]), result)
    assert_array_equal(result, [3, 8])


def test_what_cannot_be_written_is_read(own_cache, monkeypatch):
    place, compiled = own_cache
    run()
    place.chmod(0o500)

    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(cache, "write_file", refuse)
    monkeypatch.setattr(cache, "locked", refuse)
    run()
    assert len(compiled) == 1
    (file,) = place.iterdir()
    place.chmod(0o700)
    file.unlink()
    run()
    assert len(compiled) == 2


def flipped(place):
    def change(whole):
        at = int(place * (len(whole) - 1))
        return whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :]

    return change


DAMAGE = {
    "empty": lambda whole: b"",
    "seal only": lambda whole: whole[:32],
    "half a seal": lambda whole: whole[:16],
    "cut": lambda whole: whole[:-1],
    "half": lambda whole: whole[: len(whole) // 2],
    "longer": lambda whole: whole + b"\0",
    "zeros": lambda whole: bytes(len(whole)),
    "junk": lambda whole: np.random.default_rng(1).bytes(len(whole)),
    "no seal": lambda whole: whole[32:],
    "another loop's": lambda whole: cache._seal(b"another", whole[32:]) + whole[32:],
    **{f"flipped at {place}": flipped(place) for place in (0, 0.0005, 0.01, 0.3, 0.5, 0.9, 1)},
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_compiled_again(kind, own_cache):
    place, compiled = own_cache
    run()
    (file,) = place.iterdir()
    whole = file.read_bytes()
    file.write_bytes(DAMAGE[kind](whole))
    run()
    run()
    assert len(compiled) == 2
    assert len(file.read_bytes()) == len(whole)
    assert list(place.iterdir()) == [file]


def test_every_flipped_bit_is_seen(tmp_path):
    code, key = np.random.default_rng(2).bytes(500), b"key"
    whole = cache._seal(key, code) + code
    file = tmp_path / "file"
    file.write_bytes(whole)
    assert cache._read(file, key) == code
    assert cache._read(file, b"other") is None
    for at in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << at % 8
        file.write_bytes(damaged)
        assert cache._read(file, key) is None


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: os.mkfifo(path)])
def test_what_is_no_file_is_gone_without(make, own_cache):
    place, compiled = own_cache
    run()
    (file,) = place.iterdir()
    file.unlink()
    make(file)
    run()
    assert len(compiled) == 2
    assert not list(place.glob("*.part"))


def test_a_folder_that_is_taken_away_is_made_again(own_cache):
    place, compiled = own_cache
    run()
    (file,) = place.iterdir()
    file.unlink()
    place.rmdir()
    run()
    assert file.exists()
    assert len(compiled) == 2


def test_a_named_tuple_with_other_fields_is_another_argument(own_cache):
    class Pair(NamedTuple):
        second: float
        first: float

    # As after an update that changes the order of the fields.
    function = difference.function
    after = type(function)(function.__code__, function.__globals__, function.__name__)
    after.__annotations__ = {**function.__annotations__, "pair": Pair}
    result = np.zeros(1)
    for loop, pair, wanted in (
        (Loop(function), tiny_loops.Pair(5, 3), 2), (Loop(after), Pair(5, 3), -2)
    ):  # fmt: skip
        loop(pair, result)
        assert result[0] == wanted
    assert len(own_cache[1]) == 2


def test_of_several_processes_one_compiles(tmp_path):
    command = [sys.executable, SCRIPT]
    started = [
        subprocess.Popen(command, env=environment(tmp_path), text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]  # fmt: skip
    results = [process.communicate(timeout=120) for process in started]
    assert sorted(out for out, _ in results) == [WARM, WARM, COLD]
    assert sum(SAID in error for _, error in results) == 1
    (file,) = the_folder(tmp_path).iterdir()
    assert file.suffix == ".o"


def test_a_process_killed_while_it_compiles_leaves_no_lock(tmp_path):
    hang = f"""
import runpy, sys, time
from edgewise.compiled import cache
cache._compile = lambda *version: (print("compiling", flush=True), time.sleep(600))
runpy.run_path({str(SCRIPT)!r}, run_name='__main__')
"""
    with subprocess.Popen(
        [sys.executable, "-c", hang], env=environment(tmp_path), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "compiling\n"
        (lock,) = the_folder(tmp_path).glob("*.lock")
        with locked(lock) as free:
            assert not free
        process.send_signal(signal.SIGKILL)
    assert tiny(tmp_path).stdout == COLD
    (file,) = the_folder(tmp_path).iterdir()
    assert file.suffix == ".o"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_forked_child_does_not_keep_the_lock(tmp_path):
    with locked(tmp_path / "lock"):
        child = os.fork()
        if not child:
            time.sleep(30)
            os._exit(0)
        held = os.open(tmp_path / "lock", os.O_RDWR)
    try:
        import fcntl

        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(held)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_loop_that_calls_numbas_run_time_is_run_by_numba(own_cache, caplog):
    caplog.set_level("INFO", "edgewise")
    result = np.zeros((2, 3))
    Loop(tiny_loops.reshape.function)(np.arange(6.0), result)
    assert_array_equal(result, [[0, 1, 2], [3, 4, 5]])
    assert "reshape is run by Numba" in caplog.text
    assert "numba_attempt_nocopy_reshape" in caplog.text
    assert not list(own_cache[0].iterdir())


@pytest.mark.usefixtures("own_cache")
def test_code_that_cannot_be_loaded_is_run_by_numba(monkeypatch, caplog):
    def refuse(code):
        raise opening.native.LoadingError("no executable memory")

    caplog.set_level("INFO", "edgewise")
    monkeypatch.setattr(opening.native, "function_of", refuse)
    run()
    assert "double is run by Numba: no executable memory" in caplog.text
