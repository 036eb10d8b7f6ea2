"""Run one command in a folder that holds what it reads."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from .commands import COMMANDS

STDOUT, STDERR, EXIT = "stdout", "stderr", "exit-code"


def run_command(name: str, record: Path, work: Path) -> Path:
    """Run a command in an empty folder, on the inputs of a record; return where its output is.

    Parameters
    ----------
    name : str
    record : path
        Holds the inputs, and what the commands before have written.
    work : path
        An empty folder.
    """
    for path in record.iterdir():
        if path.name != name:
            (work / path.name).symlink_to(path.resolve())
    (work / name).mkdir()
    code = _run(name, work)
    (work / name / EXIT).write_text(f"{code}\n")
    return work / name


def _run(name: str, work: Path) -> int:
    command = COMMANDS[name]
    streams = [open(work / name / stream, "wb") for stream in (STDOUT, STDERR)]  # noqa: SIM115
    with open(work / (command.stdin or os.devnull), "rb") as stdin, streams[0], streams[1]:
        return subprocess.run(
            [sys.executable, "-m", "edgewise", *shlex.split(command.words)],
            cwd=work, env=_environment(), stdin=stdin, stdout=streams[0], stderr=streams[1],
        ).returncode  # fmt: skip


def _environment() -> dict[str, str]:
    places = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    whole = os.pathsep.join(str(Path(place).resolve()) for place in places if place)
    return os.environ | {"PYTHONPATH": whole, "COLUMNS": "100"}
