"""The folder of a comparison: what stands in it, and who may write to it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ...compiled.locks import locked
from ...images.atomic import atomic_file
from ...images.errors import DataError, EdgewiseError
from ...images.regular import irregular_kind
from ...images.temporary import is_temporary, sweep
from .plan import PLAN, Plan, changes_between, plan_text, read_plan

RESULT, PAGE, LOCK = "comparison.json", "report.html", ".edgewise-compare.lock"
# What a comparison leaves in its folder.
FILES = ("linear.safetensors", "cnn.safetensors", RESULT, PAGE)
STEPS = re.compile(r"(linear|cnn)-\d+(-\d+)?\.(json|npy|checkpoint)|(speed|overlap)\.json")


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other comparisons out of a folder, which is made as needed.

    However a process ends, its lock goes with it. What a killed one left half
    written is removed; so is, in the end, a folder that nothing came to stand in.

    Raises
    ------
    EdgewiseError
        If another comparison is running in it.
    """
    was_there = folder.exists()
    with locked(folder / LOCK) as had:
        if not had:
            raise EdgewiseError(
                f"another comparison is running in {folder}",
                hint="wait until it has ended, or name another folder",
            )
        for place in (folder, folder / "steps"):
            sweep(place)
        try:
            yield
        finally:
            if not was_there:
                _remove_empty(folder)


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        if {path.name for path in folder.iterdir()} <= {LOCK}:
            (folder / LOCK).unlink(missing_ok=True)
            folder.rmdir()


def begin(folder: Path, plan: Plan, *, overwrite: bool = False) -> bool:
    """Write a plan, or find that the folder has the same one; return whether it had.

    Parameters
    ----------
    folder : Path
    plan : Plan
    overwrite : bool
        Delete what an earlier comparison left, and start anew, unless it is the
        same one and not finished.

    Raises
    ------
    EdgewiseError
        If the folder holds another plan and may not be overwritten, or other
        files.
    """
    check_folder(folder)
    _refuse_irregular(folder)
    if overwrite and not _goes_on(folder, plan):
        clear(folder)
    if not (folder / PLAN).exists() and _write(folder, plan):
        return False
    if changed := changes_between(read_plan(folder / PLAN), plan.to_dict()):
        raise EdgewiseError(
            f"{folder} is of another comparison: {'; '.join(changed)}",
            hint="go on as it was begun, name another folder, or start anew with --overwrite",
        )
    return True


def _refuse_irregular(folder: Path) -> None:
    """Raise DataError if anything but a file stands where a step would read or write one."""
    steps = [path for path in (folder / "steps").glob("*") if STEPS.fullmatch(path.name)]
    for path in [*steps, *(folder / name for name in (PLAN, *FILES))]:
        if path.exists() and (kind := irregular_kind(path.stat().st_mode)):
            raise DataError(f"{path}: {kind}, not a regular file", hint="remove it")


def _goes_on(folder: Path, plan: Plan) -> bool:
    """Say whether a folder holds the same comparison, unfinished."""
    try:
        return read_plan(folder / PLAN) == plan.to_dict() and not (folder / RESULT).exists()
    except (OSError, DataError):
        return False


def _write(folder: Path, plan: Plan) -> bool:
    """Write a plan; return whether nobody else did in the meantime."""
    try:
        with atomic_file(folder / PLAN) as file:
            file.write(plan_text(plan))
    except EdgewiseError:
        if not (folder / PLAN).is_file():
            raise
        return False
    return True


def check_folder(folder: Path) -> None:
    """Raise EdgewiseError if a folder is none that a comparison may write to."""
    if folder.exists() and not folder.is_dir():
        raise EdgewiseError(f"{folder} is a file; name a folder for the comparison")
    if not folder.exists() or (folder / PLAN).exists():
        return
    # Until there is a plan, nothing in the folder is of a comparison.
    if strange := sorted(p.name for p in folder.iterdir() if not _is_own(p)):
        raise EdgewiseError(
            f"{folder} holds other files, such as {strange[0]}; name a new or an empty folder"
        )


def _is_own(path: Path) -> bool:
    return path.name == LOCK or is_temporary(path)


def is_comparison(path: Path) -> bool:
    """Say whether a folder has the plan of a comparison."""
    return (path / PLAN).is_file()


def clear(folder: Path) -> None:
    """Delete what a comparison left in a folder, its plan last of all."""
    steps = [path for path in (folder / "steps").glob("*") if STEPS.fullmatch(path.name)]
    for path in [*steps, *(folder / name for name in FILES)]:
        path.unlink(missing_ok=True)
    (folder / PLAN).unlink(missing_ok=True)
