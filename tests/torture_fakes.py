"""A command that does what no command may do, when the files that it is given say so."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path


def run(words: list[str]) -> int:
    """Do what stands in every file that the words name; print the names of all others."""
    for path in _files(words):
        told = path.read_text() if path.stat().st_size < 20 else ""
        if told in FAULTS:
            code = FAULTS[told](path)
            if code is not None:
                return code
        elif told != "silent":
            sys.stdout.write(f"{path}\n")
    return 0


def _files(words: list[str]) -> Iterator[Path]:
    for word in words[1:]:
        path = Path(word.removeprefix("@"))
        if word.startswith("@") and path.name == "list.txt":
            yield from map(Path, path.read_text().splitlines())
        elif path.is_dir():
            yield from (found for found in sorted(path.rglob("*")) if found.is_file())
        elif path.is_file():
            yield path


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _trace(path: Path) -> int:
    _say(f"edgewise: {path}\nTraceback (most recent call last):\n  ...")
    return 1


def _bug(path: Path) -> int:
    _say(f"edgewise: {path}: KeyError: this is a bug")
    return 1


FAULTS = {
    "hang": lambda path: time.sleep(600),
    "die": lambda path: os.kill(os.getpid(), signal.SIGSEGV),
    "quit": lambda path: os._exit(0),
    "leak": lambda path: len(b"x" * (400 << 20)) * 0,
    "trace": _trace,
    "bug": _bug,
    "code": lambda path: 7,
    "mute": lambda path: 1,
    "stranger": lambda path: _say("TIFFReadDirectory: Warning, Unknown field."),
}

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
