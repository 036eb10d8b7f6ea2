"""Pictures to extract, commands to run, and folders to compare, for tests of shards."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from edgewise.images import write_image

HOG = ["--cell", "4", "--block", "1", "--shard-size", "7"]


def write_pictures(folder: Path, count: int = 40, size: tuple[int, int] = (24, 20)) -> Path:
    """Write pictures of two classes, gray and coloured, and three that cannot be read."""
    rng = np.random.default_rng(0)
    for n in range(count):
        shape = size if n % 3 else (*size, 3)
        image = rng.integers(0, 256, shape, np.uint8)
        write_image(folder / ("odd" if n % 2 else "even") / f"{n:03}.png", image)
    good = (folder / "even" / "000.png").read_bytes()
    (folder / "even" / "cut.png").write_bytes(good[: len(good) // 2])
    (folder / "odd" / "empty.png").write_bytes(b"")
    (folder / "odd" / "other.png").write_bytes(b"no picture at all")
    return folder


def command(*words: object) -> list[str]:
    """Return the words of a command in a process of its own."""
    return [sys.executable, "-m", "edgewise", "hog", "-q", *map(str, words)]


def content(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder by their path in it, but what killed processes left."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".part"
    }


def killed(words: list[str], seconds: float, how: int = signal.SIGKILL) -> int:
    """Run a command, kill it after some time unless it is done by then; return its exit code."""
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL, env=os.environ)
    time.sleep(seconds)
    process.send_signal(how)
    return process.wait()
