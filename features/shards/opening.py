"""Reading a folder of shards: one matrix, mapped from its files."""

from bisect import bisect_right
from pathlib import Path
from typing import Any

import numpy as np

from ...images.errors import DataError
from ..table import FeatureTable
from .compute import read_receipt
from .places import place, read_lines
from .plan import read_plan


class ShardedRows:
    """The rows of several matrices as one, mapped from disk and read when they are used.

    Takes what an (N, n) array takes first: a number, a slice, or an array of
    numbers or truth values; NumPy makes a whole array of it where it needs one.

    Parameters
    ----------
    parts : list of ndarray, (Ni, n) float32
    length : int
        n.
    """

    dtype = np.dtype(np.float32)
    ndim = 2

    def __init__(self, parts: list[np.ndarray], length: int):
        self.parts = parts
        self.ends = np.cumsum([len(part) for part in parts]).tolist()
        self.shape = (self.ends[-1] if parts else 0, length)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> np.ndarray:
        rows, *columns = key if isinstance(key, tuple) else (key,)
        if isinstance(rows, int | np.integer):
            found = self._row(int(rows))
            return found[columns[0]] if columns else found
        places = np.arange(len(self))[rows]
        found = np.empty((len(places), self.shape[1]), np.float32)
        shard = np.searchsorted(self.ends, places, side="right")
        for number in np.unique(shard):
            here = shard == number
            start = self.ends[number] - len(self.parts[number])
            found[here] = self.parts[number][places[here] - start]
        return found[:, columns[0]] if columns else found

    def _row(self, row: int) -> np.ndarray:
        row = row + len(self) if row < 0 else row
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)}")
        number = bisect_right(self.ends, row)
        return self.parts[number][row - self.ends[number] + len(self.parts[number])]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        whole = np.concatenate(self.parts) if self.parts else np.empty(self.shape, np.float32)
        return whole if dtype is None else whole.astype(dtype)


def open_shards(folder: Path) -> FeatureTable:
    """Open a folder of shards.

    Returns
    -------
    FeatureTable
        Its X is a `ShardedRows`.

    Raises
    ------
    DataError
        If shards are missing.
    """
    plan = read_plan(folder)
    receipts = [read_receipt(folder, plan, number) for number in plan.numbers()]
    missing = sum(receipt is None for receipt in receipts)
    if missing:
        raise DataError(
            f"{folder}: {missing} of {plan.shards} shards are not done; run the command that "
            "began them again, and it goes on"
        )
    rows = [row for number in plan.numbers() for row in read_lines(place(folder, "index", number))]
    good = [row for row in rows if row["status"] == "ok"]
    parts = [
        np.load(place(folder, "data", number), mmap_mode="r")
        for number, receipt in enumerate(receipts)
        if receipt and receipt["ok"]
    ]
    coloured = any(receipt and receipt["coloured"] for receipt in receipts)
    return FeatureTable(
        X=ShardedRows(parts, plan.hog.length(*plan.size)),  # type: ignore[arg-type]
        names=tuple(row["name"] for row in good),
        labels=tuple(row["label"] for row in good) if plan.labelled else None,
        classes=plan.classes,
        config=plan.hog,
        size=plan.size,
        channels=3 if coloured and not plan.gray else 1,
        failed=tuple((row["name"], row["reason"]) for row in rows if row["status"] == "failed"),
        inputs=_inputs(rows, plan.classes),
    )


def _inputs(rows: list[dict[str, Any]], classes: tuple[str, ...]) -> np.ndarray:
    number = {name: n for n, name in enumerate(classes)}
    ok = np.array([row["status"] == "ok" for row in rows])
    label = [number.get(row["label"], -1) for row in rows]
    sizes = [(row["width"] or 0, row["height"] or 0) for row in rows]
    return np.column_stack([np.where(ok, np.cumsum(ok) - 1, -1), label, sizes]).astype(np.int32)
