"""The files of a plan: written once, never changed, and believed only as far as they can be."""

import json
import os
from collections.abc import Callable
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any

from ...images.dataset import Dataset
from ...images.errors import DataError, EdgewiseError
from ...images.json_text import parse_json
from ...images.regular import read_regular
from .lines import is_whole
from .places import (
    CLAIMS,
    KINDS,
    PLAN,
    claimed,
    drop_claims,
    is_passing,
    json_line,
    place,
    size_of,
    write_file,
)
from .plan import SCHEMA, ShardPlan, facts_of

# No plan that `make_plan` makes has larger pictures, or longer vectors.
MOST_PIXELS, MOST_VALUES = 1 << 30, 1 << 31
# A folder lacks no more shards than this, and as many as it has files.
MOST_MISSING = 1000


def write_plan(folder: Path, plan: ShardPlan, dataset: Dataset) -> None:
    """Write a plan and its inputs, or find that the folder has the same plan already.

    Raises
    ------
    EdgewiseError
        If the folder holds another plan, or other things.
    """
    _refuse_other_things(folder)
    if is_shard_folder(folder):
        _go_on(folder, plan, dataset)
        return
    # Many processes may begin one folder at once, as those of a job array do.
    with claimed(folder, "plan", wait=True):
        if is_shard_folder(folder):
            _go_on(folder, plan, dataset)
        else:
            _write_inputs(folder, plan, dataset)
            # Last: a folder without a plan is no folder of shards yet.
            write_file(folder / PLAN, lambda file: file.write(_as_text(plan)))
    drop_claims(folder)


def _go_on(folder: Path, plan: ShardPlan, dataset: Dataset) -> None:
    _refuse_changes(folder, read_plan(folder), plan)
    _write_inputs(folder, plan, dataset)


def _refuse_other_things(folder: Path) -> None:
    """Raise EdgewiseError if a folder can be none of shards."""
    if folder.exists() and not folder.is_dir():
        raise EdgewiseError(f"{folder} is a file; name a folder for the shards")
    strange = [
        path
        for path in folder.glob("*")
        if path.name not in ("inputs", CLAIMS) and not is_passing(path)
    ]
    # Asked last: another process may have made it one meanwhile.
    if strange and not is_shard_folder(folder):
        raise EdgewiseError(
            f"{folder} holds other files, such as {strange[0].name}; name a new or an empty folder"
        )


def _write_inputs(folder: Path, plan: ShardPlan, dataset: Dataset) -> None:
    """Write the inputs of each shard, unless they stand there undamaged."""
    facts = facts_of(dataset, times=False)
    for number in range(plan.shards):
        path = place(folder, "inputs", number)
        lines = b"".join(map(json_line, islice(facts, plan.shard_size)))
        if size_of(path) != len(lines) or path.read_bytes() != lines:
            write_file(path, lambda file, lines=lines: file.write(lines))


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
        content = read_regular(path)
    except FileNotFoundError:
        raise DataError(f"{folder}: no folder of shards, there is no {PLAN} in it") from None
    found = parse_json(content, path, errors="surrogateescape")
    if not isinstance(found, dict) or not all(
        name in found and is_good(found[name]) for name, is_good in GOOD.items()
    ):
        raise DataError(f"{path}: damaged, or of another version; start anew in another folder")
    known = {item.name: found[item.name] for item in fields(ShardPlan)}
    known["size"], known["classes"] = tuple(known["size"]), tuple(known["classes"])
    plan = ShardPlan(**known)
    _refuse_wild_sizes(plan, path)
    if found["identity"] != plan.identity:
        raise DataError(f"{path}: damaged, or of another version; start anew in another folder")
    return plan


def read_whole_plan(folder: Path) -> ShardPlan:
    """Read the plan of a folder to go through all of its shards.

    Raises
    ------
    DataError
        As `read_plan`, or if there are far fewer files than shards.
    """
    plan = read_plan(folder)
    files = [len(os.listdir(folder / kind)) for kind in KINDS if (folder / kind).is_dir()]
    if plan.shards > MOST_MISSING + 2 * max(files, default=0):
        raise DataError(
            f"{folder / PLAN}: speaks of {plan.shards:,} shards, and there are files of "
            f"{max(files, default=0):,}; start anew in another folder"
        )
    return plan


def _refuse_wild_sizes(plan: ShardPlan, path: Path) -> None:
    rows, columns = plan.size
    try:
        length = plan.hog.length(rows, columns)
    except EdgewiseError as error:
        raise DataError(f"{path}: {error}") from None
    if rows * columns > MOST_PIXELS or length > MOST_VALUES:
        raise DataError(
            f"{path}: pictures of {columns}x{rows} with {length} values each are too large"
        )


def _is_size(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(is_whole(side, 1) for side in value)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


GOOD: dict[str, Callable[[Any], bool]] = {
    "schema": lambda value: value == SCHEMA,
    "identity": _is_text,
    "config": lambda value: isinstance(value, dict),
    "size": _is_size,
    "resize": _is_flag,
    "gray": _is_flag,
    "pictures": is_whole,
    "shard_size": lambda value: is_whole(value, 1),
    "inputs": _is_text,
    "source": _is_text,
    "max_pixels": lambda value: value is None or is_whole(value, 1),
    "classes": _are_texts,
    "labelled": _is_flag,
    "exact": _is_flag,
    "version": _is_text,
}


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
