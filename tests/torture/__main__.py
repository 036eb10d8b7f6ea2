"""`python -m tests.torture FOLDER`: every command over every file; exit 1 on any fault."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from .judging import Fault
from .making import make_files
from .running import Limits, Runner
from .session import torture


def main(words: list[str] | None = None) -> int:
    """Run, report, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("folder", type=Path, help="files of any kind, in folders or not")
    parser.add_argument("--make", action="store_true", help="fill FOLDER with hostile files first")
    parser.add_argument("--every", type=int, default=1, help="make only every so many of them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    parser.add_argument("--patience", type=float, default=1, help="multiplies every limit of time")
    parser.add_argument("--only", default="", help="only commands that begin so, such as hog")
    given = parser.parse_args(words)
    began = time.monotonic()
    if given.make:
        make_files(given.folder, given.every)
    with tempfile.TemporaryDirectory(prefix="torture-") as scratch:
        runner = Runner(Path(scratch), limits=Limits(patience=given.patience), jobs=given.jobs)
        count, faults = torture(given.folder, runner, only=given.only, told=_tell)
    minutes = (time.monotonic() - began) / 60
    ran = f"{runner.ran:,} commands, {minutes:.1f} minutes"
    sys.stderr.write(f"{count:,} files, {ran}: {len(faults)} faults\n")
    return 1 if faults else 0


def _tell(fault: Fault) -> None:
    sys.stdout.write(f"{fault}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
