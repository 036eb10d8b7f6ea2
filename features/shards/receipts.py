"""Receipts: a shard that has one has been done."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from ...images.errors import DataError
from ...images.json_text import parse_json
from ...images.regular import open_regular
from ..files.npy import map_matrix
from .lines import is_whole
from .places import fingerprint, place, size_of, write_file
from .plan import ShardPlan

FILES = ("inputs", "data", "index")
CHANGED = "has changed since it was written"
# Bytes; none has a thousand.
LONGEST = 1 << 16

Receipt = dict[str, Any]


def sign(folder: Path, plan: ShardPlan, number: int, index: list[dict]) -> Receipt:
    """Write the receipt, which is what makes a shard done."""
    ok = sum(row["status"] == "ok" for row in index)
    receipt = {
        "plan": plan.identity,
        "shard": number,
        "rows": len(index),
        "ok": ok,
        "failed": len(index) - ok,
        "coloured": any(row.get("coloured") for row in index),
        "files": {kind: fingerprint(place(folder, kind, number)) for kind in FILES},
    }
    text = json.dumps(receipt, indent=1).encode() + b"\n"
    write_file(place(folder, "receipts", number), lambda file: file.write(text))
    return receipt


def read_receipt(folder: Path, plan: ShardPlan, number: int) -> Receipt | None:
    """Return the receipt of a shard, None if it is not done or its files have not their sizes.

    Raises
    ------
    DataError
        If one of its files is none, such as a named pipe.
    """
    sizes = {kind: size_of(place(folder, kind, number)) for kind in (*FILES, "receipts")}
    if None in sizes.values():
        return None
    with open_regular(place(folder, "receipts", number)) as file:
        content = file.read(LONGEST)
    try:
        receipt = parse_json(content, "a receipt")
    except DataError:
        return None
    if not _is_good(receipt, plan, number):
        return None
    done = all(receipt["files"][kind]["bytes"] == sizes[kind] for kind in FILES)
    return receipt if done else None


def _is_good(receipt: Any, plan: ShardPlan, number: int) -> bool:
    if not isinstance(receipt, dict) or not isinstance(receipt.get("files"), dict):
        return False
    counts = [receipt.get(name) for name in ("rows", "ok", "failed")]
    seals = [receipt["files"].get(kind) for kind in FILES]
    return (
        receipt.get("plan") == plan.identity
        and receipt.get("shard") == number
        and all(map(is_whole, counts))
        and receipt["rows"] == plan.inputs_of(number) == receipt["ok"] + receipt["failed"]
        and isinstance(receipt.get("coloured"), bool)
        and all(isinstance(seal, dict) and {"bytes", "sha256"} <= seal.keys() for seal in seals)
    )


def map_data(folder: Path, plan: ShardPlan, number: int, receipt: Receipt) -> np.ndarray:
    """Map the vectors of a shard from disk, of the shape that its receipt says."""
    path = place(folder, "data", number)
    try:
        with open_regular(path) as file:
            data = map_matrix(file)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    wanted = receipt["ok"], plan.hog.length(*plan.size)
    if data.shape != wanted:
        raise DataError(f"{path}: is of shape {data.shape}, and its receipt's is {wanted}")
    return data


def check_seal(folder: Path, number: int, kind: str, receipt: Receipt) -> None:
    """Raise DataError if a file has changed since its receipt was written."""
    path = place(folder, kind, number)
    if fingerprint(path) != receipt["files"][kind]:
        signed = place(folder, "receipts", number)
        raise DataError(
            f"{path}: {CHANGED}",
            hint=f"delete {signed}, and the command that made the shard makes it again",
        )
