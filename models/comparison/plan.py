"""The plan of a comparison: what is fixed when it begins, so that it can go on as it began."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ... import __version__
from ...images.errors import DataError
from ...images.json_text import parse_json
from ...images.printable import printable
from ...images.regular import read_regular

PLAN, SCHEMA = "comparison-plan.json", "edgewise.comparison-plan/2"
# A plan is small, but for the names of its classes.
MOST_BYTES = 2**26
# A network is a long word, too.
LONGEST = 200
ANEW = "start anew with --overwrite"


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
    points, seed, seeds : int
        The last one says with how many random seeds the network is trained,
        from `seed` on.
    epochs : int or None
    minutes : float or None
    augment : str
        Changes to the network's pictures.
    copies : str
        Changed copies that the linear model learns from, too.
    group_by : str
        The rule that found groups in the pictures' names; "" for none.
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
    seeds: int = 1
    epochs: int | None = None
    minutes: float | None = None
    augment: str = ""
    copies: str = ""
    group_by: str = ""
    rate: float | None = None
    version: str = field(default=__version__)

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON gives it back."""
        return json.loads(json.dumps(asdict(self)))

    @property
    def identity(self) -> str:
        """Twelve hexadecimal digits that tell this plan from any other."""
        return _identity(self.to_dict())

    @property
    def all_seeds(self) -> tuple[int, ...]:
        """The random seeds that the network is trained with."""
        return tuple(range(self.seed, self.seed + self.seeds))


def _identity(told: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def plan_text(plan: Plan) -> bytes:
    """Return what `read_plan` reads."""
    told = {"schema": SCHEMA, "identity": plan.identity, **plan.to_dict()}
    return json.dumps(told, indent=1).encode() + b"\n"


def read_plan(path: Path) -> dict[str, Any]:
    """Return the plan in a file as `Plan.to_dict` gives it.

    Raises
    ------
    DataError
        If it is damaged, or of another version.
    OSError
        If it cannot be read.
    """
    content = read_regular(path, limit=MOST_BYTES)
    try:
        found = parse_json(content, path)
    except DataError as error:
        raise DataError(str(error), hint=ANEW) from None
    if not isinstance(found, dict) or not isinstance(found.get("schema"), str):
        raise _unusable(path, "damaged")
    if found.pop("schema") != SCHEMA:
        raise _unusable(path, "of another version of Edgewise")
    identity = found.pop("identity", None)
    if identity != _identity(found) or not _is_sound(found):
        raise _unusable(path, "damaged")
    return found


def _unusable(path: Path, what: str) -> DataError:
    return DataError(f"{path}: {what}", hint=ANEW)


def _is_sound(found: dict[str, Any]) -> bool:
    """Say whether every setting is there, and of its kind; what it says is another matter."""
    if found.keys() != KINDS.keys():
        return False
    kinds = all(type(found[name]) in kinds for name, kinds in KINDS.items())
    return kinds and _are(found["classes"], str) and _are(found["size"], int, 2)


def _are(values: list, kind: type, count: int | None = None) -> bool:
    return {type(value) for value in values} <= {kind} and count in (None, len(values))


NUMBER, NOTHING = (int, float), (type(None),)
KINDS: dict[str, tuple[type, ...]] = {
    "classes": (list,), "size": (list,), "channels": (int,), "train_pictures": (str,),
    "test_pictures": (str,), "network": (str,), "features": (dict,), "validation": NUMBER,
    "points": (int,), "seed": (int,), "seeds": (int,), "epochs": (int, *NOTHING),
    "minutes": (*NUMBER, *NOTHING), "augment": (str,), "copies": (str,),
    "group_by": (str,), "rate": (*NUMBER, *NOTHING), "version": (str,),
}  # fmt: skip


def changes_between(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Say what differs between two plans, each in a few words."""
    return [
        _change(name, before.get(name), now[name]) for name in now if before.get(name) != now[name]
    ]


def _change(name: str, before: Any, now: Any) -> str:
    if name == "test_pictures" and not (before and now):
        return f"--test was {'given' if before else 'not given'}, and is {'' if now else 'not '}now"
    if name.endswith("_pictures"):
        return f"other {name.replace('_', 'ing ', 1).replace('testing', 'test')}"
    if name == "features":
        return "the features are others"
    return f"{name} was {_shown(before)}, and is {_shown(now)}"


def _shown(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if value in (None, ""):
        return "not given"
    # A plan may have been made up.
    text = printable(text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
