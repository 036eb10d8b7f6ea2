"""The lines of a shard's files, as far as they can be believed."""

from pathlib import Path
from typing import Any

from ...images.errors import DataError
from .places import place, read_lines

# More rows or columns than any picture has.
MOST = 2**31


def read_inputs(folder: Path, number: int) -> list[dict[str, Any]]:
    """Read the inputs of one shard: name, label if there are any, path if it has one."""
    return read_lines(place(folder, "inputs", number), _is_input)


def read_index(folder: Path, number: int, receipt: dict[str, Any]) -> list[dict[str, Any]]:
    """Read the index of one shard.

    Raises
    ------
    DataError
        If it is damaged, or has other lines than its receipt says.
    """
    path = place(folder, "index", number)
    rows = read_lines(path, _is_row)
    ok = sum(row["status"] == "ok" for row in rows)
    if (len(rows), ok) != (receipt["rows"], receipt["ok"]):
        raise DataError(
            f"{path}: has other lines than its receipt says; inspect --verify says more"
        )
    return rows


def _is_input(value: Any) -> bool:
    return _has_texts(value, "name") and _may_have_texts(value, "label", "path")


def _is_row(value: Any) -> bool:
    good = _has_texts(value, "name") and _may_have_texts(value, "label", "reason")
    if not good or value.get("status") not in ("ok", "failed"):
        return False
    if value["status"] == "failed":
        return isinstance(value.get("reason"), str)
    sides = (value.get("width"), value.get("height"))
    return all(is_whole(side, 1) and side < MOST for side in sides)


def _has_texts(value: Any, *keys: str) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in keys)


def _may_have_texts(value: dict[str, Any], *keys: str) -> bool:
    return all(value.get(key) is None or isinstance(value[key], str) for key in keys)


def is_whole(value: Any, least: int = 0) -> bool:
    """Say whether a value of JSON is a whole number that is not less than another."""
    return type(value) is int and value >= least
