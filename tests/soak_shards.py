"""Kill the extraction at many random instants, fill the disk once, and compare the bytes.

python tests/soak_shards.py [KILLS]
"""

import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from shard_folders import command, content, killed, write_pictures


def main() -> None:
    """Print how often it was killed, and whether the bytes are the same."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with tempfile.TemporaryDirectory() as place:
        pictures = write_pictures(Path(place, "pictures"), 4_000, (96, 96))
        words = [pictures, "--cell", "4", "--shard-size", "20"]
        quiet, soaked = Path(place, "quiet"), Path(place, "soaked")
        to_quiet, to_soaked = (command(*words, "-o", f"{folder}/") for folder in (quiet, soaked))
        run(to_quiet)
        fill_disk(to_soaked)
        wanted = content(quiet)
        ends = soak(to_soaked, kills, lambda: content(soaked) == wanted, soaked)
    print(f"killed {kills} times, in {len(ends)} runs to the end; ", end="")
    print("the bytes are the same" if all(ends) else "bytes differ")
    sys.exit(not all(ends))


def run(words: list[str]) -> int:
    """Run a command to its end; return its exit code."""
    return subprocess.run(words, stderr=subprocess.DEVNULL).returncode


def soak(words: list[str], kills: int, is_same: Callable[[], bool], folder: Path) -> list[bool]:
    """Kill a command so many times after random times, and let it go on each time.

    Returns
    -------
    list of bool
        Whether the folder was the same, each time that the command came to its end.
    """
    rng, ends = np.random.default_rng(), []
    while kills or (folder / "plan.json").exists():
        # From the middle of the start-up to some shards further; at last undisturbed.
        code = killed(words, float(rng.uniform(0.3, 2.0))) if kills else run(words)
        if code == -9:
            kills -= 1
        elif code == 3:  # some of the pictures cannot be read
            ends.append(is_same())
            shutil.rmtree(folder)
        else:
            sys.exit(f"the command failed with code {code}")
    return ends


def fill_disk(words: list[str]) -> None:
    """Run a command that may write no file of more than 20 kB."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = subprocess.run(words, preexec_fn=limit, capture_output=True, text=True)
    print(f"disk full: exit code {done.returncode}; {done.stderr.strip().splitlines()[-1]}")


if __name__ == "__main__":
    main()
