"""Reading a folder of shards: one matrix, mapped from its files."""

from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...images.errors import DataError
from ..table import FeatureTable
from .lines import read_index
from .plan_files import read_whole_plan
from .receipts import check_seal, map_data, read_receipt


class ShardedRows:
    """The rows of several matrices as one, mapped from disk and read when they are used.

    Takes what an (N, n) array takes first: a number, a slice, or an array of
    numbers or truth values; NumPy makes a whole array of it where it needs one.

    Parameters
    ----------
    parts : list of ndarray, (Ni, n) float32
    length : int
        n.
    check : callable, optional
        Told the number of a part before the first of its rows is used; raises
        an error if it is not what it should be.
    """

    dtype = np.dtype(np.float32)
    ndim = 2

    def __init__(
        self,
        parts: list[np.ndarray],
        length: int,
        check: Callable[[int], object] = lambda number: None,
    ):
        self.parts, self._check = parts, check
        self._checked: set[int] = set()
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
            found[here] = self._part(int(number))[places[here] - start]
        return found[:, columns[0]] if columns else found

    def _row(self, row: int) -> np.ndarray:
        row = row + len(self) if row < 0 else row
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)}")
        number = bisect_right(self.ends, row)
        return self._part(number)[row - self.ends[number] + len(self.parts[number])]

    def _part(self, number: int) -> np.ndarray:
        if number not in self._checked:
            self._check(number)
            self._checked.add(number)
        return self.parts[number]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        parts = [self._part(number) for number in range(len(self.parts))]
        whole = np.concatenate(parts) if parts else np.empty(self.shape, np.float32)
        return whole if dtype is None else whole.astype(dtype)


def open_shards(folder: Path) -> FeatureTable:
    """Open a folder of shards.

    Returns
    -------
    FeatureTable
        Its X is a `ShardedRows`. A shard is hashed when the first of its rows is
        used; if it has changed since its receipt was written, that is a DataError.

    Raises
    ------
    DataError
        If shards are missing or damaged.
    """
    plan = read_whole_plan(folder)
    receipts = [read_receipt(folder, plan, number) for number in plan.numbers()]
    done = [receipt for receipt in receipts if receipt is not None]
    if missing := plan.shards - len(done):
        raise DataError(
            f"{folder}: {missing} of {plan.shards} shards are not done; run the command that "
            "began them again, and it goes on"
        )
    rows = []
    for number, receipt in enumerate(done):
        check_seal(folder, number, "index", receipt)
        rows += read_index(folder, number, receipt)
    good = [row for row in rows if row["status"] == "ok"]
    filled = [number for number, receipt in enumerate(done) if receipt["ok"]]
    parts = [map_data(folder, plan, number, done[number]) for number in filled]

    def check(part: int) -> None:
        check_seal(folder, filled[part], "data", done[filled[part]])

    coloured = any(receipt["coloured"] for receipt in done)
    return FeatureTable(
        X=ShardedRows(parts, plan.hog.length(*plan.size), check),  # type: ignore[arg-type]
        names=tuple(row["name"] for row in good),
        labels=tuple(row.get("label") or "" for row in good) if plan.labelled else None,
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
    label = [number.get(row.get("label") or "", -1) for row in rows]
    sizes = [(row.get("width") or 0, row.get("height") or 0) for row in rows]
    return np.column_stack([np.where(ok, np.cumsum(ok) - 1, -1), label, sizes]).astype(np.int32)
