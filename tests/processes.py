"""Processes of their own, for tests that send signals."""

import subprocess
import sys
import time
from pathlib import Path

# Whoever starts the tests may ignore SIGINT, as a shell does for what it starts in the background
# and nohup; a child inherits that, also through exec.
HEED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
# Seconds after which a process hangs, on the slowest machine.
HANGS = 120


def start_python(*words, **more) -> subprocess.Popen:
    """Start Python with some words so that SIGINT interrupts it, whoever runs the tests."""
    return subprocess.Popen([sys.executable, "-c", HEED, *map(str, words)], **more)


def start_edgewise(*words, **more) -> subprocess.Popen:
    """Start the command so that SIGINT interrupts it, its stdout and stderr in pipes."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return start_python("-m", "edgewise", *words, **pipes)


def when_there(path: Path, process: subprocess.Popen, pattern: str | None = None) -> None:
    """Wait until a file is there, or one in a folder, while a process runs."""
    deadline = time.monotonic() + HANGS
    while not (any(path.glob(pattern)) if pattern else path.exists()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.001)
