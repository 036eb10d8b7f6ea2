"""The plan of a folder of shards: which inputs, which settings, cut up how."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import Any

from ... import __version__
from ...images.dataset import Dataset
from ...images.errors import DataError, EdgewiseError
from ..config import HogConfig
from .places import PLAN, json_line, place, read_lines, write_whole

SCHEMA = "edgewise.shards/1"

# Unless told otherwise: a shard is held in memory while it is computed, and
# what an interruption costs is one.
SHARD_BYTES, MOST_INPUTS = 2**26, 10_000

# So many pictures are looked at before all are planned to be of one size.
LOOK_AHEAD = 10


@dataclass(frozen=True)
class ShardPlan:
    """What a folder of shards is to hold.

    Parameters
    ----------
    config : dict
        The HoG settings, as `HogConfig.to_dict` gives them.
    size : (int, int)
        Rows and columns that HoG sees.
    resize : bool
        Whether pictures of another size are resized, or fail.
    gray : bool
    pictures : int
    shard_size : int
        Inputs of a shard; the last one may have fewer.
    inputs : str
        SHA-256 over names, labels, sizes and times of change of the inputs.
    source : str
        A file that holds all pictures, absolute, or the word digits; "" where
        every picture has a file of its own.
    max_pixels : int or None
    classes : tuple of str
    labelled : bool
    exact : bool
        Whether JPEGs are decoded whole where a smaller scale would do.
    version : str
        Of Edgewise.
    """

    config: dict[str, Any]
    size: tuple[int, int]
    resize: bool
    gray: bool
    pictures: int
    shard_size: int
    inputs: str
    source: str = ""
    max_pixels: int | None = None
    classes: tuple[str, ...] = ()
    labelled: bool = False
    exact: bool = False
    version: str = field(default=__version__)

    @property
    def shards(self) -> int:
        """How many shards there are."""
        return -(-self.pictures // self.shard_size)

    @property
    def identity(self) -> str:
        """Twelve hexadecimal digits that tell this plan from any other."""
        return hashlib.sha256(json_line(self.to_dict())).hexdigest()[:12]

    @property
    def hog(self) -> HogConfig:
        """The HoG settings."""
        return HogConfig.from_dict(self.config)

    def to_dict(self) -> dict[str, Any]:
        """Return the plan for JSON."""
        return {"schema": SCHEMA, **asdict(self)}

    def numbers(self, part: tuple[int, int] = (1, 1)) -> range:
        """Return the numbers of the shards of part I of N."""
        return range(part[0] - 1, self.shards, part[1])


def make_plan(
    dataset: Dataset,
    config: HogConfig,
    *,
    size: tuple[int, int] | None = None,
    gray: bool = False,
    shard_size: int | None = None,
    max_pixels: int | None = None,
    exact: bool = False,
) -> ShardPlan:
    """Plan the shards of a data set.

    Without `size` the first picture that can be read sets it, and pictures of
    another size will fail.

    Raises
    ------
    EdgewiseError
        If no picture can be read, the first few differ in size, or they are
        too small for the settings.
    """
    found = size or _common_size(dataset)
    length = config.length(*found)
    digest = hashlib.sha256()
    for facts in _facts(dataset, times=True):
        digest.update(json_line(facts))
    return ShardPlan(
        config=config.to_dict(),
        size=found,
        resize=size is not None,
        gray=gray,
        pictures=len(dataset),
        shard_size=shard_size or max(1, min(MOST_INPUTS, SHARD_BYTES // (4 * length))),
        inputs=digest.hexdigest(),
        source="" if dataset.paths else _source(dataset),
        max_pixels=max_pixels,
        classes=dataset.classes,
        labelled=dataset.labels is not None,
        exact=exact,
    )


def _source(dataset: Dataset) -> str:
    if dataset.array is None:
        raise EdgewiseError(
            "a picture from stdin cannot be read again after an interruption, as a folder of "
            "shards needs it; name its file, or write to a file such as features.npz"
        )
    return dataset.source if dataset.source == "digits" else os.path.abspath(dataset.source)


def _common_size(dataset: Dataset) -> tuple[int, int]:
    found: list[tuple[str, tuple[int, int]]] = []
    for i, name in enumerate(dataset.names):
        if len(found) == LOOK_AHEAD:
            break
        try:
            rows, columns = dataset.read(i).shape[:2]
        except EdgewiseError:
            continue
        found.append((name, (rows, columns)))
    if not found:
        raise EdgewiseError("no picture can be read, so there is no size to plan for")
    different = [one for one in found if one[1] != found[0][1]]
    if different:
        raise EdgewiseError(
            f"the pictures differ in size ({_said(found[0])} and {_said(different[0])}); give one "
            "size for all, such as --size 64x128"
        )
    return found[0][1]


def _said(picture: tuple[str, tuple[int, int]]) -> str:
    name, (rows, columns) = picture
    return f"{name} is {columns}x{rows}"


def _facts(dataset: Dataset, *, times: bool) -> Iterator[dict[str, Any]]:
    """Yield what is known of each input before it is read."""
    for i, name in enumerate(dataset.names):
        facts: dict[str, Any] = {"name": name}
        if dataset.labels is not None:
            facts["label"] = dataset.labels[i]
        if dataset.paths:
            facts["path"] = os.path.abspath(dataset.paths[i])
            if times:
                facts |= _stamp(dataset.paths[i])
        yield facts


def _stamp(path: str) -> dict[str, int]:
    try:
        found = os.stat(path)
    except OSError:
        return {"bytes": -1, "changed": -1}
    return {"bytes": found.st_size, "changed": found.st_mtime_ns}


def write_plan(folder: Path, plan: ShardPlan, dataset: Dataset) -> None:
    """Write a plan and its inputs, or find that the folder has the same plan already.

    Raises
    ------
    EdgewiseError
        If the folder holds another plan, or other things.
    """
    if is_shard_folder(folder):
        _refuse_changes(folder, read_plan(folder), plan)
        _write_inputs(folder, plan, dataset)
        return
    if folder.exists() and not folder.is_dir():
        raise EdgewiseError(f"{folder} is a file; name a folder for the shards")
    strange = [path for path in folder.glob("*") if path.name not in ("inputs",)]
    if strange:
        raise EdgewiseError(
            f"{folder} holds other files, such as {strange[0].name}; name a new or an empty folder"
        )
    _write_inputs(folder, plan, dataset)
    # Last: a folder without a plan is no folder of shards yet.
    write_whole(folder / PLAN, lambda file: file.write(_as_text(plan)))


def _write_inputs(folder: Path, plan: ShardPlan, dataset: Dataset) -> None:
    """Write the inputs of each shard, unless they stand there undamaged."""
    facts = _facts(dataset, times=False)
    for number in range(plan.shards):
        path = place(folder, "inputs", number)
        lines = b"".join(map(json_line, islice(facts, plan.shard_size)))
        if not (path.exists() and path.read_bytes() == lines):
            write_whole(path, lambda file, lines=lines: file.write(lines))


def _as_text(plan: ShardPlan) -> bytes:
    return json.dumps({**plan.to_dict(), "identity": plan.identity}, indent=1).encode() + b"\n"


def is_shard_folder(path: str | os.PathLike) -> bool:
    """Say whether a folder has a plan of shards."""
    return (Path(path) / PLAN).is_file()


def read_plan(folder: str | os.PathLike) -> ShardPlan:
    """Read the plan of a folder.

    Raises
    ------
    DataError
        If there is none, or it is damaged or of another version of the format.
    """
    path = Path(folder) / PLAN
    try:
        found = json.loads(path.read_bytes())
        known = {item.name: found[item.name] for item in fields(ShardPlan)}
        known["size"], known["classes"] = tuple(known["size"]), tuple(known["classes"])
        plan = ShardPlan(**known)
    except FileNotFoundError:
        raise DataError(f"{folder}: no folder of shards, there is no {PLAN} in it") from None
    except (ValueError, KeyError, TypeError):
        raise DataError(f"{path}: damaged; start anew in another folder") from None
    if found.get("schema") != SCHEMA or found.get("identity") != plan.identity:
        raise DataError(f"{path}: damaged, or of another version; start anew in another folder")
    return plan


def read_inputs(folder: Path, number: int) -> list[dict[str, Any]]:
    """Read the inputs of one shard: name, label if there are any, path if it has one."""
    return read_lines(place(folder, "inputs", number))


def _refuse_changes(folder: Path, old: ShardPlan, new: ShardPlan) -> None:
    before, now = old.to_dict(), new.to_dict()
    changed = [_change(name, before[name], now[name]) for name in now if before[name] != now[name]]
    if changed:
        raise EdgewiseError(
            f"{folder} is of another plan: {'; '.join(changed)}; go on as it was begun, or name "
            "another folder"
        )


def _change(name: str, before: Any, now: Any) -> str:
    if name == "inputs":
        return "the inputs have changed"
    if name == "config":
        parts = [key for key in now if before.get(key) != now[key]]
        return "; ".join(f"{key} was {before.get(key)}, and is {now[key]}" for key in parts)
    return f"{name.replace('_', ' ')} was {before}, and is {now}"
