"""Where the files of a shard lie, and how each is written whole or not at all."""

import hashlib
import json
import os
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ...images.errors import DataError

KINDS = {"inputs": ".jsonl", "data": ".npy", "index": ".jsonl", "receipts": ".json"}
PLAN = "plan.json"


def place(folder: Path, kind: str, number: int) -> Path:
    """Return the path of a shard's file of a kind."""
    return folder / kind / f"{number:05}{KINDS[kind]}"


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file beside its place, flush it to disk, and rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Of this process: another machine may write the same bytes at the same time.
    temporary = path.with_name(f".{path.name}.{socket.gethostname()}-{os.getpid()}.part")
    try:
        with open(temporary, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from error
    finally:
        temporary.unlink(missing_ok=True)
    _sync(path.parent)


def write_array(file: BinaryIO, array: np.ndarray) -> None:
    """Write a C-contiguous array as .npy.

    `numpy.save` writes past Python's file, and says nothing of why it cannot.
    """
    np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(array))
    file.write(array.tobytes() if not array.size else array.data.cast("B"))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        # A file system that syncs no folders; the rename has happened all the same.
        return
    finally:
        os.close(handle)


def remove_leftovers(folder: Path, number: int) -> None:
    """Delete what an interrupted process left of a shard."""
    for kind in KINDS:
        for path in (folder / kind).glob(f".{number:05}{KINDS[kind]}.*.part"):
            path.unlink(missing_ok=True)


def json_line(value: Any) -> bytes:
    """Return a value as one line of JSON, the same bytes for the same value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return text.encode() + b"\n"


def write_lines(path: Path, values: Iterable[Any]) -> None:
    """Write a file with a line of JSON for each value."""
    write_whole(path, lambda file: file.writelines(map(json_line, values)))


def read_lines(path: Path) -> list[Any]:
    """Read a file with a line of JSON for each value; DataError if it is damaged."""
    try:
        with open(path, "rb") as file:
            return [json.loads(line) for line in file]
    except ValueError:
        raise DataError(f"{path}: damaged; the command that made it makes it again") from None


def fingerprint(path: Path) -> dict[str, Any]:
    """Return size and SHA-256 of a file."""
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": found}
