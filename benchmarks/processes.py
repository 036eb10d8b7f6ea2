"""Whole processes, as a user starts them: the command, its time, its memory, its CPU time."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# A process begins with the peak of the one it was forked from: it has to be a small one.
WATCH = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
print(json.dumps([used.ru_maxrss, used.ru_utime + used.ru_stime]))
sys.exit(status != 0)
"""


@dataclass(frozen=True)
class Used:
    """What one process took: the peak of resident memory in bytes, and CPU seconds."""

    memory: int
    cpu_s: float


def edgewise(*words: str | Path) -> list[str]:
    """Return the words of a command of the installed Edgewise."""
    script = Path(sys.executable).parent / "edgewise"
    start = [str(script)] if script.exists() else [sys.executable, "-m", "edgewise"]
    return [*start, *map(str, words)]


def python(code: str) -> list[str]:
    """Return the words that run a line of Python."""
    return [sys.executable, "-c", code]


def start(command: list[str], **settings: str) -> None:
    """Run a command to its end, with these environment variables too."""
    subprocess.run(command, check=True, capture_output=True, env=_environment(settings))


def starting(command: list[str]) -> Callable[[], None]:
    """Return a call that runs a command to its end."""
    return lambda: start(command)


def peer(command: list[str]) -> Callable[[], None] | None:
    """Return a call that runs another program; None where it is not installed."""
    return starting(command) if shutil.which(command[0]) else None


def used(command: list[str], **settings: str) -> Used:
    """Run a command and return what it took."""
    watch = [sys.executable, "-c", WATCH, *command]
    said = subprocess.run(watch, check=True, capture_output=True, env=_environment(settings))
    memory, seconds = json.loads(said.stdout)
    # Linux counts in KiB, macOS in bytes.
    return Used(memory * (1 if sys.platform == "darwin" else 1024), seconds)


def _environment(settings: dict[str, str]) -> dict[str, str]:
    # As it is for users, whose Python keeps what it has compiled.
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **settings}
