"""The installed command as a test needs it: with the signals of a terminal, or without a stream.

A test may run where SIGINT is ignored, as in the background of a shell, and a
child would inherit that; here the child sets its signals itself, before it
becomes the command.
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
# Generous: a machine may be busy, and what hangs, hangs for ever.
PATIENCE = 120


def heeding(*words: object, ignored: Iterable[str] = (), closed: Iterable[int] = ()) -> list[str]:
    """Return the words that start `words` as a shell in the foreground would.

    `ignored` names signals to ignore, such as SIGINT; `closed` are the numbers of
    streams to close, such as 1 for stdout.
    """
    settings = (",".join(ignored), ",".join(map(str, closed)))
    return [sys.executable, "-S", "-c", _AS_AT_A_TERMINAL, *settings, *map(str, words)]


def start(*words: object, ignored: Iterable[str] = (), **options) -> subprocess.Popen:
    """Start the edgewise command so that it heeds signals."""
    return subprocess.Popen(heeding(*EDGEWISE, *words, ignored=ignored), **options)


def wait_until_it_heeds(process: subprocess.Popen) -> None:
    """Wait until the command handles SIGTERM: before, signals are Python's affair."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():  # not Linux
        time.sleep(1)
        return
    wait_until(lambda: _caught(status.read_text()) >> (signal.SIGTERM - 1) & 1)


def _caught(status: str) -> int:
    return next(int(line.split()[1], 16) for line in status.splitlines() if "SigCgt" in line)


def finish(*words: object, closed: Iterable[int] = (), **options) -> subprocess.CompletedProcess:
    """Run the edgewise command to its end."""
    options.setdefault("capture_output", True)
    return subprocess.run(heeding(*EDGEWISE, *words, closed=closed), timeout=PATIENCE, **options)


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for something that will be so in the end, however busy the machine is."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
