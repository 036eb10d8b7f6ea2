"""The work on one shard, from its inputs to its receipt."""

import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ...images.dataset import Dataset, open_dataset
from ...images.errors import DataError, EdgewiseError, reason_of
from ...images.file_reader import FileReader
from ...images.stream import read_in_order
from ..files.npy import write_array
from ..hog import hog_batch
from ..preparation import prepare
from ..reading import stacked
from .lines import read_index, read_inputs
from .places import place, write_file, write_lines
from .plan import ShardPlan
from .plan_files import read_plan
from .receipts import Receipt, check_seal, map_data, read_receipt, sign


def compute_shard(
    folder: str | os.PathLike,
    number: int,
    *,
    jobs: int | None = None,
    again: bool = False,
) -> Receipt:
    """Compute one shard of a planned folder, and write its receipt.

    All it needs is in the folder and in the pictures: any process on any
    machine that sees both may be told to do any shard, at any time, and several
    may do the same one. The bytes are the same.

    Parameters
    ----------
    folder : path
    number : int
    jobs : int, optional
        Threads that read pictures; one a core when left out.
    again : bool
        Read only the inputs that failed before; the other vectors are kept.

    Returns
    -------
    dict
        The receipt: plan, shard, rows, ok, failed, coloured, and bytes and
        SHA-256 of each file.
    """
    folder = Path(folder)
    plan = read_plan(folder)
    inputs = read_inputs(folder, number)
    if len(inputs) != plan.inputs_of(number):
        raise DataError(
            f"{place(folder, 'inputs', number)}: has {len(inputs)} inputs, and the plan has "
            f"{plan.inputs_of(number)}; the command that began writes them again"
        )
    receipt = _intact(folder, number, read_receipt(folder, plan, number)) if again else None
    kept = read_index(folder, number, receipt) if receipt else [None] * len(inputs)
    todo = [i for i, row in enumerate(kept) if row is None or row["status"] != "ok"]
    new = np.empty((len(todo), plan.hog.length(*plan.size)), np.float32)
    found = _fill(new, plan, inputs, todo, jobs, number * plan.shard_size)
    index = [
        _row(entry, row, found.get(i))
        for i, (entry, row) in enumerate(zip(inputs, kept, strict=True))
    ]
    vectors = new[: sum(isinstance(one, tuple) for one in found.values())]
    if receipt:
        vectors = _merged(map_data(folder, plan, number, receipt), kept, vectors, found)
    write_file(place(folder, "data", number), lambda file: write_array(file, vectors))
    write_lines(place(folder, "index", number), index)
    return sign(folder, plan, number, index)


def _intact(folder: Path, number: int, receipt: Receipt | None) -> Receipt | None:
    """Return a receipt if all that it speaks of is as it was, and can be kept."""
    if receipt is None:
        return None
    try:
        for kind in ("data", "index"):
            check_seal(folder, number, kind, receipt)
    except DataError:
        return None
    return receipt


# The shape of a picture, or why it cannot be read.
Found = tuple[int, ...] | EdgewiseError


def _fill(
    vectors: np.ndarray, plan: ShardPlan, inputs: list[dict], todo: list[int], jobs, start: int
) -> dict[int, Found]:
    """Put the vectors of the inputs that can be read into the first rows, in their order."""
    found: dict[int, Found] = {}
    at = 0
    stream = read_in_order(todo, _reader(plan, inputs, start), jobs=jobs)
    for chunk, images in stacked(_readable(stream, found)):
        hog_batch(images, plan.hog, out=vectors[at : at + len(chunk)])
        at += len(chunk)
    return found


def _readable(stream: Iterator, found: dict[int, Found]) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the pictures of a stream, and note their shapes, or why they cannot be read."""
    for i, picture in stream:
        if isinstance(picture, EdgewiseError):
            found[i] = picture
        else:
            image, found[i] = picture
            yield i, image


def _reader(plan: ShardPlan, inputs: list[dict], start: int):
    """Return a function that reads an input and prepares it for HoG, and keeps its shape."""
    raw = _pictures(plan, inputs, start)
    channels, fit = 1 if plan.gray else 3, plan.hog.fit
    size = plan.size if plan.resize else None
    enough = None if plan.exact else size

    def read(i: int) -> tuple[np.ndarray, tuple[int, ...]]:
        image, (rows, columns) = raw(i, enough)
        if not plan.resize and image.shape[:2] != plan.size:
            rows, columns = plan.size
            raise EdgewiseError(
                f"is {image.shape[1]}x{image.shape[0]}, and the first picture {columns}x{rows}; "
                f"give one size for all, such as --size {columns}x{rows}"
            )
        prepared = prepare(image, size=size, channels=channels, fit=fit)
        return prepared, (rows, columns, *image.shape[2:])

    return read


def _pictures(plan: ShardPlan, inputs: list[dict], start: int) -> Callable:
    """Return what reads an input by its number in the shard, for a size, and tells its own."""
    if plan.source:
        dataset = _opened(plan.source)
        return lambda i, size: dataset.read_for(start + i, size)
    limit = {} if plan.max_pixels is None else {"max_pixels": plan.max_pixels}
    paths, names = ([entry[key] for entry in inputs] for key in ("path", "name"))
    return FileReader(paths, names, limit).shrunk


@lru_cache(maxsize=1)
def _opened(source: str) -> Dataset:
    return open_dataset(source, labelled=False)


def _row(entry: dict, before: dict | None, found: Found | None) -> dict[str, Any]:
    """Return an input's line of the index."""
    if found is None:
        assert before is not None
        return before
    row = {"name": entry["name"], "label": entry.get("label")}
    if isinstance(found, EdgewiseError):
        failed = {"width": None, "height": None, "status": "failed", "reason": reason_of(found)}
        return row | failed
    rows, columns = found[:2]
    coloured = len(found) == 3 and found[2] >= 3
    return row | {
        "width": columns,
        "height": rows,
        "status": "ok",
        "reason": None,
        "coloured": coloured,
    }


def _merged(old: np.ndarray, kept: list, new: np.ndarray, found: dict[int, Found]) -> np.ndarray:
    """Return the vectors that were there and the new ones, in the order of the inputs."""
    before = [i for i, row in enumerate(kept) if row["status"] == "ok"]
    after = sorted(i for i, one in found.items() if isinstance(one, tuple))
    return np.concatenate([old, new])[np.argsort([*before, *after], kind="stable")]
