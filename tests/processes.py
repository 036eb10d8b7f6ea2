"""Processes of their own: the installed command with the signals and streams that a test needs.

A test may run where SIGINT is ignored, as in the background of a shell or under
nohup, and a child would inherit that; here the child sets its signals itself, before
it becomes the command.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

# A program of its own, for preexec_fn is not safe where there are threads.
_AS_AT_A_TERMINAL = """
import os, _signal, sys
for name in ("SIGINT", "SIGTERM", "SIGPIPE"):
    _signal.signal(getattr(_signal, name), _signal.SIG_DFL)
for name in filter(None, sys.argv[1].split(",")):
    _signal.signal(getattr(_signal, name), _signal.SIG_IGN)
for handle in filter(None, sys.argv[2].split(",")):
    os.close(int(handle))
os.execv(sys.argv[3], sys.argv[3:])
"""
EDGEWISE = (sys.executable, "-m", "edgewise")
# Seconds after which a process hangs, on the slowest machine.
HANGS = 120


def heeding(*words: object, ignored: Iterable[str] = (), closed: Iterable[int] = ()) -> list[str]:
    """Return the words that start `words` as a shell in the foreground would.

    `ignored` names signals to ignore, such as SIGINT; `closed` are the numbers of
    streams to close, such as 1 for stdout.
    """
    settings = (",".join(ignored), ",".join(map(str, closed)))
    return [sys.executable, "-S", "-c", _AS_AT_A_TERMINAL, *settings, *map(str, words)]


def start_python(*words: object, **options) -> subprocess.Popen:
    """Start Python with some words so that it heeds signals."""
    return subprocess.Popen(heeding(sys.executable, *words), **options)


def start_edgewise(*words: object, ignored: Iterable[str] = (), **options) -> subprocess.Popen:
    """Start the command so that it heeds signals, its stdout and stderr in pipes."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen(heeding(*EDGEWISE, *words, ignored=ignored), **pipes)


def run_edgewise(
    *words: object, closed: Iterable[int] = (), **options
) -> subprocess.CompletedProcess:
    """Run the command to its end, with its output kept."""
    options.setdefault("capture_output", True)
    return subprocess.run(heeding(*EDGEWISE, *words, closed=closed), timeout=HANGS, **options)


def when_there(path: Path, process: subprocess.Popen, pattern: str | None = None) -> None:
    """Wait until a file is there, or one in a folder, while a process runs."""

    def is_there() -> bool:
        found = any(path.glob(pattern)) if pattern else path.exists()
        assert found or process.poll() is None, process.communicate()
        return found

    wait_until(is_there)


def when_it_heeds(process: subprocess.Popen) -> None:
    """Wait until the command handles SIGTERM: before, signals are Python's affair."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():  # not Linux
        time.sleep(1)
        return
    wait_until(lambda: _caught(status.read_text()) >> (signal.SIGTERM - 1) & 1)


def _caught(status: str) -> int:
    return next(int(line.split()[1], 16) for line in status.splitlines() if "SigCgt" in line)


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for something that will be so in the end, however busy the machine is."""
    end = time.monotonic() + HANGS
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.001)
