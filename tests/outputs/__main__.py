"""The command line of `python -m tests.outputs`."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from .commands import COMMANDS
from .differences import compare_folders
from .inputs import make_inputs
from .running import EXIT, STDERR, run_command


def main() -> int:
    """Record or compare; return the exit status."""
    words = _words()
    if words.action == "compare" and not words.folder.is_dir():
        sys.exit(f"{words.folder} is no folder; make it with record")
    unknown = set(words.only) - set(COMMANDS)
    if unknown:
        sys.exit(f"no command {', '.join(sorted(unknown))}; there are {', '.join(COMMANDS)}")
    names = [name for name in COMMANDS if not words.only or name in words.only]
    return (record if words.action == "record" else compare)(words.folder, names)


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.outputs",
        description="Keep what forty commands write, and say later what has changed: integers, "
        "texts and files to the byte, floats to 1e-6. Seconds, dates and versions do not count.",
        epilog="The program is the one that `python -m edgewise` finds; PYTHONPATH picks it.",
    )
    parser.add_argument("action", choices=["record", "compare"])
    parser.add_argument("folder", type=Path, help="where the outputs are kept")
    parser.add_argument(
        "--only", metavar="NAME", action="append", default=[],
        help="only this command (repeat); record replaces what it wrote before",
    )  # fmt: skip
    return parser.parse_args()


def record(folder: Path, names: list[str]) -> int:
    """Run commands and keep what they write."""
    if names == list(COMMANDS):
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            sys.exit(f"{folder} exists already; delete it, or name commands with --only")
        make_inputs(folder)
    for name in names:
        with tempfile.TemporaryDirectory() as work:
            new = run_command(name, folder, Path(work))
            shutil.rmtree(folder / name, ignore_errors=True)
            shutil.move(new, folder / name)
        print(f"{name}: exit code {_code(folder / name)}", flush=True)
        _explain(folder / name)
    return 0


def _code(folder: Path) -> str:
    return (folder / EXIT).read_text().strip()


def compare(folder: Path, names: list[str]) -> int:
    """Run commands again, on the inputs of the record, and print what has changed."""
    changed = 0
    for name in names:
        with tempfile.TemporaryDirectory() as work:
            new = run_command(name, folder, Path(work))
            changes = compare_folders(folder / name, new)
            print(f"{name}: {'changed' if changes else 'as before'}", flush=True)
            print("".join(f"    {change}\n" for change in changes), end="")
            if _code(new) != _code(folder / name):
                _explain(new)
        changed += bool(changes)
    print(f"{changed} of {len(names)} commands write something else" if changed else "no change")
    return int(changed > 0)


def _explain(folder: Path) -> None:
    """Print what a command that failed said last."""
    if _code(folder) != "0":
        lines = (folder / STDERR).read_text(errors="replace").splitlines()[-3:]
        print("".join(f"    stderr: {line}\n" for line in lines), end="", flush=True)


if __name__ == "__main__":
    sys.exit(main())
