"""Commands in processes of their own, with limits on their time and memory."""

import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, local

from .judging import Shown

# More than is allowed, so that what takes it is seen and the machine still lives.
MOST_DATA = 6 << 30
# Seconds from one look at a process to the next.
LOOK = 0.02
TESTS = Path(__file__).parent.parent


@dataclass(frozen=True)
class Limits:
    """How many seconds commands may take, and how many bytes."""

    alone: float = 10
    start: float = 50
    each: float = 0.25
    patience: float = 1
    memory: int = 2 << 30

    def one(self) -> float:
        """Return the seconds for one file."""
        return self.alone * self.patience

    def many(self, count: int) -> float:
        """Return the seconds for so many files, the start of Python and compiling included."""
        return (self.start + self.each * count) * self.patience


class Runner:
    """Runs commands: each in a new process, or in a process that waits for the next.

    Parameters
    ----------
    scratch : path
        A folder for what commands write.
    command : sequence of str
        What starts Edgewise.
    target : str
        ``module:function`` that runs words and returns an exit code.
    """

    def __init__(
        self,
        scratch: Path,
        *,
        limits: Limits,
        jobs: int = 1,
        command: Sequence[str] = (sys.executable, "-m", "edgewise"),
        target: str = "edgewise.cli.main:run",
    ):
        self.scratch, self.limits, self.jobs = scratch, limits, jobs
        self.ran = 0
        self._command, self._target = command, target
        self._lock, self._mine = Lock(), local()
        self._workers: list[_Worker] = []

    def place(self) -> Path:
        """Make a new folder for what one command writes."""
        with self._lock:
            self.ran += 1
            place = self.scratch / f"run-{self.ran:06}"
        place.mkdir()
        return place

    def fresh(self, words: Sequence[str], place: Path, seconds: float) -> Shown:
        """Run a command in a process of its own."""
        began = time.monotonic()
        with open(place / "stdout", "wb") as out, open(place / "stderr", "wb") as err:
            process = subprocess.Popen(
                [*self._command, *words], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                start_new_session=True,
            )  # fmt: skip
        _bound(process.pid)
        peak, late = 0, False
        while process.poll() is None:
            peak = max(peak, peak_memory(process.pid))
            late = time.monotonic() > began + seconds
            if late:
                _kill(process.pid)
            time.sleep(LOOK)
        code = None if late else process.returncode
        return _shown(place, code, time.monotonic() - began, peak)

    def warm(self, words: Sequence[str], place: Path) -> Shown:
        """Run a command in this thread's waiting process, which is started anew when it ends."""
        worker = getattr(self._mine, "worker", None)
        if worker is None or not worker.alive:
            worker = self._mine.worker = _Worker(self._target, self.limits)
            with self._lock:
                self._workers.append(worker)
        return worker.run(words, place)

    def close(self) -> None:
        """End the waiting processes."""
        for worker in self._workers:
            worker.stop()


class _Worker:
    def __init__(self, target: str, limits: Limits):
        self._limits, self.alive, self._first = limits, True, True
        path = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "torture.worker", target],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
            env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        _bound(self._process.pid)

    def run(self, words: Sequence[str], place: Path) -> Shown:
        """Run one command; afterwards `alive` says whether the process can run another."""
        order = {"words": list(words), "stdout": f"{place}/stdout", "stderr": f"{place}/stderr"}
        began = time.monotonic()
        # The first command waits for imports too.
        seconds = self._limits.many(1) if self._first else self._limits.one()
        self._first = False
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], seconds)
        if not ready:
            self.stop()
            return _shown(place, None, time.monotonic() - began, 0)
        answer = self._process.stdout.readline()
        if not answer:
            self.alive = False
            # A command may not end the process, in peace neither.
            code = self._process.wait() or -1
            return _shown(place, code, time.monotonic() - began, 0)
        return _shown(place, **json.loads(answer))

    def stop(self) -> None:
        """Kill the process."""
        self.alive = False
        _kill(self._process.pid)
        self._process.communicate()


def _shown(place: Path, code: int | None, seconds: float, peak: int) -> Shown:
    texts = [
        path.read_text(errors="replace") if path.exists() else ""
        for path in (place / "stdout", place / "stderr")
    ]
    return Shown(code, seconds, peak, *texts)


def peak_memory(process: int | str) -> int:
    """Return the most bytes that a process has had in memory; 0 where it has ended.

    What `getrusage` says begins with the memory of whoever started the process.
    """
    with suppress(FileNotFoundError, ProcessLookupError):
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:"))
    return 0


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _bound(pid: int) -> None:
    with suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_DATA, (MOST_DATA, MOST_DATA))
