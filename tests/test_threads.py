"""Threads of Edgewise's own: pieces of work, whoever asks and whatever happens to them."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgewise.compiled import threads
from edgewise.compiled.threads import at_most_threads, cores, ranges, run_all, set_threads

SCRIPT = Path(__file__).with_name("public_calls.py")
WAYS = ("fork", "grandchild", "threads", "locked")


@pytest.fixture
def many(monkeypatch):
    """Let there be eight cores, and no threads yet."""
    monkeypatch.setattr(threads, "cores", lambda: 8)
    monkeypatch.setattr(threads, "_pool", threads._Pool())
    monkeypatch.setattr(threads, "_most", None)


@given(st.integers(0, 50), st.integers(-1, 60))
def test_ranges_are_all_there_is(count, pieces):
    found = ranges(count, pieces)
    assert [i for start, end in found for i in range(start, end)] == list(range(count))
    lengths = {end - start for start, end in found}
    assert len(found) == max(1, min(count, pieces))
    assert max(lengths) - min(lengths) <= 1


def test_results_come_in_the_order_of_the_pieces(many):
    assert run_all(lambda n: n * n, list(range(100))) == [n * n for n in range(100)]
    assert run_all(str, []) == []


def test_threads_work_at_the_same_time(many):
    together = threading.Barrier(4, timeout=60)
    # Each piece waits for all others.
    found = run_all(lambda n: (together.wait(), threading.get_ident())[1], list(range(4)))
    assert len(set(found)) == 4
    assert threading.get_ident() in found


def test_small_work_stays_on_the_calling_thread(many):
    here = threading.get_ident()
    assert run_all(lambda _: threading.get_ident(), [1]) == [here]
    with at_most_threads(1):
        assert set(run_all(lambda _: threading.get_ident(), list(range(9)))) == {here}


def test_work_within_work_stays_on_its_thread(many):
    def outer(n):
        inner = run_all(lambda _: (threads.threads(), threading.get_ident()), list(range(5)))
        assert set(inner) == {(1, threading.get_ident())}
        return n

    assert run_all(outer, list(range(20))) == list(range(20))
    assert threads.threads() == 8


def test_limits(many):
    assert threads.threads() == 8
    with at_most_threads(3):
        assert threads.threads() == 3
        with at_most_threads(5):
            assert threads.threads() == 3
        with at_most_threads(None):
            assert threads.threads() == 3
        with ThreadPoolExecutor(1) as other:
            assert other.submit(threads.threads).result() == 8
    with pytest.raises(KeyError), at_most_threads(2):
        raise KeyError
    assert threads.threads() == 8
    set_threads(4)
    assert threads.threads() == 4
    set_threads(100)
    assert threads.threads() == 8


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_reaches_the_caller_and_the_threads_go_on(many, error):
    def work(n):
        if n == 3:
            raise error(n)

    for _ in range(20):
        with pytest.raises(error):
            run_all(work, list(range(30)))
    assert threads.threads() == 8
    together = threading.Barrier(8, timeout=60)
    assert len(run_all(lambda _: together.wait(), list(range(8)))) == 8


def test_an_error_keeps_what_has_not_begun_from_beginning():
    begun = []

    def work(n):
        begun.append(n)
        raise KeyError

    with pytest.raises(KeyError), at_most_threads(2):
        run_all(work, list(range(1000)))
    assert len(begun) < 1000


def test_eight_threads_that_ask_at_once(many):
    def ask(number):
        return [sum(run_all(lambda n: n + number, list(range(50)))) for _ in range(20)]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert found == [[sum(range(50)) + 50 * number] * 20 for number in range(8)]


FORKED = """
import os, sys
from edgewise.compiled import threads
threads.cores = lambda: 4
def answer():
    return threads.run_all(lambda n: n * n, list(range(100))) == [n * n for n in range(100)]
def child():
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if (pid := os.fork()) else None
assert answer()
for generation in range(3):
    if (code := child()) is not None:
        sys.exit(code or not answer())
    assert answer()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_children_of_children_have_threads():
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKED], check=True, timeout=100)


INTERRUPTED = """
import os, signal, threading, time
from edgewise.compiled import threads
threads.cores = lambda: 4
# Whoever started this may have told it to ignore the signal.
signal.signal(signal.SIGINT, signal.default_int_handler)
begun, together = threading.Event(), threading.Barrier(4, timeout=60)
def work(n):
    together.wait()
    if threading.current_thread() is threading.main_thread():
        begun.set()
        time.sleep(60)
def interrupt():
    begun.wait()
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt).start()
try:
    threads.run_all(work, list(range(4)))
except KeyboardInterrupt:
    assert threads.run_all(abs, [-1, -2, -3]) == [1, 2, 3]
    assert threads.threads() == 4
    print("usable")
"""


def test_an_interrupt_leaves_the_threads_usable():
    result = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False,
        timeout=100,
    )  # fmt: skip
    assert (result.returncode, result.stdout) == (0, "usable\n"), result.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("way", WAYS)
def test_public_calls_in_forks_and_threads(way, tmp_path):
    result = subprocess.run(
        [sys.executable, SCRIPT, way, tmp_path],
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert (result.returncode, result.stdout) == (0, ""), result.stderr


def test_cores_are_those_of_this_process():
    assert 1 <= cores() <= (os.cpu_count() or 1)
