"""Kill the extraction at many random instants, fill the disk once, and compare the bytes.

python tests/soak_shards.py [KILLS]
"""

import resource
import subprocess
import sys
import tempfile
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
        codes = soak(to_soaked, kills)
        # Three of the pictures cannot be read.
        while run(to_soaked) != 3:
            print("went on")
        same = content(quiet) == content(soaked)
    print(f"killed {codes.count(-9)} times; the bytes are {'the same' if same else 'others'}")
    sys.exit(not same)


def run(words: list[str]) -> int:
    """Run a command to its end; return its exit code."""
    return subprocess.run(words, stderr=subprocess.DEVNULL).returncode


def soak(words: list[str], kills: int) -> list[int]:
    """Run a command again and again, killed after a random time; return the exit codes."""
    rng = np.random.default_rng()
    # From the middle of the start-up to some shards further.
    return [killed(words, float(rng.uniform(0.5, 3.0))) for _ in range(kills)]


def fill_disk(words: list[str]) -> None:
    """Run a command that may write no file of more than 20 kB."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = subprocess.run(words, preexec_fn=limit, capture_output=True, text=True)
    print(f"disk full: exit code {done.returncode}; {done.stderr.strip().splitlines()[-1]}")


if __name__ == "__main__":
    main()
