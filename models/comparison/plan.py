"""The plan of a comparison: what is fixed when it begins, so that it can go on as it began."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ... import __version__
from ...images.atomic import atomic_file
from ...images.errors import DataError, EdgewiseError

PLAN, SCHEMA = "comparison-plan.json", "edgewise.comparison-plan/1"
RESULT, PAGE = "comparison.json", "report.html"
# What a comparison leaves in its folder, and what a killed one may, of its own.
FILES = ("linear.safetensors", "cnn.safetensors", RESULT, PAGE)
STEPS = re.compile(r"(linear|cnn)-\d+\.(json|npy|checkpoint)|speed\.json|\.edgewise-\w+\.part")
TORN = re.compile(r"\.edgewise-\w+\.part")


@dataclass(frozen=True)
class Plan:
    """All that the numbers of a comparison follow from, but for the machine.

    Parameters
    ----------
    classes : tuple of str
    size : (int, int)
        Rows and columns of the pictures.
    channels : int
    train_pictures, test_pictures : str
        Digests of names, labels and pixels; the second is "" where the test
        pictures are held back from the first.
    network : str
        A name, or a chain of layers.
    features : dict
        What describes pictures to the linear model.
    validation : float
    points, seed : int
    epochs : int or None
    minutes : float or None
    augment : str
    rate : float or None
    version : str
        Of Edgewise.
    """

    classes: tuple[str, ...]
    size: tuple[int, int]
    channels: int
    train_pictures: str
    test_pictures: str
    network: str
    features: dict[str, Any]
    validation: float = 0.1
    points: int = 4
    seed: int = 0
    epochs: int | None = None
    minutes: float | None = None
    augment: str = ""
    rate: float | None = None
    version: str = field(default=__version__)

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON gives it back."""
        return json.loads(json.dumps(asdict(self)))

    @property
    def identity(self) -> str:
        """Twelve hexadecimal digits that tell this plan from any other."""
        text = json.dumps(self.to_dict(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


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
    if overwrite and not _goes_on(folder, plan):
        clear(folder)
    if not (folder / PLAN).exists() and _write(folder, plan):
        return False
    _refuse_changes(folder, read_plan(folder), plan.to_dict())
    return True


def _goes_on(folder: Path, plan: Plan) -> bool:
    """Say whether a folder holds the same comparison, unfinished."""
    try:
        return read_plan(folder) == plan.to_dict() and not (folder / RESULT).exists()
    except (OSError, DataError):
        return False


def _write(folder: Path, plan: Plan) -> bool:
    """Write a plan; return whether nobody else did in the meantime."""
    told = {"schema": SCHEMA, "identity": plan.identity, **plan.to_dict()}
    try:
        with atomic_file(folder / PLAN) as file:
            file.write(json.dumps(told, indent=1).encode() + b"\n")
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
    if strange := sorted(p.name for p in folder.iterdir() if not TORN.fullmatch(p.name)):
        raise EdgewiseError(
            f"{folder} holds other files, such as {strange[0]}; name a new or an empty folder"
        )


def is_comparison(path: Path) -> bool:
    """Say whether a folder has the plan of a comparison."""
    return (path / PLAN).is_file()


def read_plan(folder: Path) -> dict[str, Any]:
    """Return the plan of a folder as `Plan.to_dict` gives it; DataError if it is damaged."""
    path = folder / PLAN
    try:
        found = json.loads(path.read_bytes())
        schema = found.pop("schema")
        del found["identity"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError(f"{path}: damaged; start anew with --overwrite") from None
    if schema != SCHEMA:
        raise DataError(f"{path}: of another version of Edgewise; start anew with --overwrite")
    return found


def clear(folder: Path) -> None:
    """Delete what a comparison left in a folder, its plan last of all."""
    steps = [path for path in (folder / "steps").glob("*") if STEPS.fullmatch(path.name)]
    for path in [*steps, *(folder / name for name in FILES)]:
        path.unlink(missing_ok=True)
    (folder / PLAN).unlink(missing_ok=True)


def _refuse_changes(folder: Path, before: dict[str, Any], now: dict[str, Any]) -> None:
    changed = [
        _change(name, before.get(name), now[name]) for name in now if before.get(name) != now[name]
    ]
    if changed:
        raise EdgewiseError(
            f"{folder} is of another comparison: {'; '.join(changed)}; go on as it was begun, "
            "name another folder, or start anew with --overwrite"
        )


def _change(name: str, before: Any, now: Any) -> str:
    if name == "test_pictures" and not (before and now):
        return f"--test was {'given' if before else 'not given'}, and is {'' if now else 'not '}now"
    if name.endswith("_pictures"):
        return f"other {name.replace('_', 'ing ', 1).replace('testing', 'test')}"
    if name == "features":
        return "the features are others"
    return f"{name} was {_shown(before)}, and is {_shown(now)}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "not given" if value in (None, "") else str(value)
