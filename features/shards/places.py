"""Where the files of a shard lie, and how they are written and read."""

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from ...compiled.locks import locked
from ...images.atomic import atomic_file
from ...images.errors import DataError
from ...images.json_text import parse_json
from ...images.regular import irregular_kind, open_regular
from ..files.beside import sha256_of

KINDS = {"inputs": ".jsonl", "data": ".npy", "index": ".jsonl", "receipts": ".json"}
PLAN = "plan.json"
CLAIMS = "claims"


def place(folder: Path, kind: str, number: int) -> Path:
    """Return the path of a shard's file of a kind."""
    return folder / kind / f"{number:05}{KINDS[kind]}"


def claimed(folder: Path, what: object, *, wait: bool = False) -> AbstractContextManager[bool]:
    """Hold the claim on a shard, or on the plan; gives whether it could be had.

    Where there are no locks two processes do the same work, to the same bytes.
    """
    path = folder / CLAIMS / (f"{what:05}" if isinstance(what, int) else str(what))
    size_of(path)
    return locked(path, wait=wait)


def drop_claims(folder: Path) -> None:
    """Remove the folder of claims once nobody holds one."""
    # Somebody may be at work still, or it may be gone already.
    with suppress(OSError):
        (folder / CLAIMS).rmdir()


def is_passing(path: Path) -> bool:
    """Say whether a file of a folder is only there while somebody writes, or was killed."""
    return path.name.startswith(".") and path.suffix == ".part"


def size_of(path: Path) -> int | None:
    """Return the bytes of a file, None if it is not there; DataError if it is no regular file.

    Whoever opened a named pipe to write the file anew would wait for ever.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if kind := irregular_kind(found.st_mode):
        raise DataError(f"{path}: {kind}, not a regular file")
    return found.st_size


def write_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file whole or not at all, whatever stands there."""
    size_of(path)
    with atomic_file(path, overwrite=True) as file:
        write(file)


def json_line(value: Any) -> bytes:
    """Return a value as one line of JSON, the same bytes for the same value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return text.encode() + b"\n"


def write_lines(path: Path, values: Iterable[Any]) -> None:
    """Write a file with a line of JSON for each value."""
    write_file(path, lambda file: file.writelines(map(json_line, values)))


def read_lines(path: Path, is_good: Callable[[Any], bool]) -> list[Any]:
    """Read a file with a line of JSON for each value; DataError if one is not good."""
    with open_regular(path) as file:
        values = [parse_json(line, path, errors="surrogateescape") for line in file]
    for number, value in enumerate(values):
        if not is_good(value):
            raise DataError(
                f"{path}: line {number + 1} is damaged; the command that made it makes it again"
            )
    return values


def fingerprint(path: Path) -> dict[str, Any]:
    """Return size and SHA-256 of a file."""
    with open_regular(path) as file:
        found = sha256_of(file)
        return {"bytes": file.tell(), "sha256": found}
