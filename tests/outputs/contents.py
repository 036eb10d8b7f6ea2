"""What a file holds, as named parts: arrays, numbers and texts that can be compared."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from .running import EXIT, STDOUT

Parts: TypeAlias = dict[str, Any]

# Two runs of one program differ in these, and nothing is wrong: how long it took, what the
# clock said, and which versions of packages were there.
CLOCK_KEY = re.compile(r"seconds|^versions?$|^date$|^time$")
CLOCK_TEXT = re.compile(
    r"(?:seconds +)?\b\d[\d.,]* ?(?:ms|s|seconds|min|h)\b"  # 3.5 s
    r"|\bseconds +[\d.,]+"  # in a table of the terminal
    r"|\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?"
)
WHEN = "<time>"
# Commands run in a new folder each time: paths to it differ, and the digests of plans with them.
WORK = re.compile(r"(?:/|\.\./)[^\"',:]*/(?=(?:sample_images|made)/)")
DIGEST = re.compile(r"[0-9a-f]{12}|[0-9a-f]{64}")


def read_parts(path: Path) -> Parts:
    """Return the parts of a file by their names."""
    content = path.read_bytes()
    read = READERS.get(path.suffix.lower())
    if read is None and path.name in (STDOUT, EXIT):
        read = _printed
    return {"bytes": content} if read is None else dict(read(content))


def _npz(content: bytes) -> Iterator[tuple[str, Any]]:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        for name in arrays.files:
            yield from _array(name, arrays[name])


def _array(name: str, array: np.ndarray) -> Iterator[tuple[str, Any]]:
    if array.dtype.kind == "U" and array.ndim == 0 and array.item()[:1] in ("{", "["):
        yield from _tree(name, json.loads(array.item()))
    else:
        yield name, array


def _npy(content: bytes) -> Iterator[tuple[str, Any]]:
    yield "array", np.load(io.BytesIO(content), allow_pickle=False)


def _safetensors(content: bytes) -> Iterator[tuple[str, Any]]:
    from safetensors.numpy import load

    length = int.from_bytes(content[:8], "little")
    for name, text in json.loads(content[8 : 8 + length])["__metadata__"].items():
        yield from _tree(name, json.loads(text))
    yield from load(content).items()


def _parquet(content: bytes) -> Iterator[tuple[str, Any]]:
    from pyarrow import parquet

    table = parquet.read_table(io.BytesIO(content))
    for name, text in (table.schema.metadata or {}).items():
        yield f"metadata {name.decode()}", text.decode(errors="replace")
    for name in table.column_names:
        yield name, np.array(table[name].to_pylist())
        yield f"type of {name}", str(table.schema.field(name).type)


def _onnx(content: bytes) -> Iterator[tuple[str, Any]]:
    import onnx

    model = onnx.load_from_string(content)
    for one in model.graph.initializer:
        yield one.name, onnx.numpy_helper.to_array(one)
    model.graph.ClearField("initializer")
    model.ClearField("producer_version")
    yield from _text(str(model))


def _json(content: bytes) -> Iterator[tuple[str, Any]]:
    yield from _tree("", json.loads(content))


def _json_lines(content: bytes) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(content.splitlines(), 1):
        yield from _tree(f"line {number}", json.loads(line))


def _tree(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Walk through what JSON holds; the numbers of a list of numbers are one array."""
    if isinstance(value, dict):
        yield f"{place} keys", " ".join(value)
        for key, below in value.items():
            if not CLOCK_KEY.search(key):
                yield from _tree(f"{place}.{key}", below)
    elif isinstance(value, list) and not all(isinstance(one, float) for one in value):
        yield f"{place} length", len(value)
        for i, below in enumerate(value):
            yield from _tree(f"{place}[{i}]", below)
    elif isinstance(value, list):
        yield place, np.array(value)
    elif not isinstance(value, str):
        yield place, value
    elif not DIGEST.fullmatch(value):
        yield place, WORK.sub("", value)


def _csv(content: bytes) -> Iterator[tuple[str, Any]]:
    """Read a table by its header, for the columns that the clock fills."""
    lines = content.decode(errors="surrogateescape").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    yield from _text("\n".join(comments))
    header, *rows = csv.reader(lines[len(comments) :])
    yield "header", ",".join(header)
    kept = [i for i, name in enumerate(header) if not CLOCK_KEY.search(name)]
    for number, row in enumerate(rows, 1):
        yield f"row {number}", WORK.sub("", ",".join(row[i] for i in kept if i < len(row)))


def _printed(content: bytes) -> Iterator[tuple[str, Any]]:
    """Read what a command printed: one JSON object, text, or the bytes of a picture."""
    if content[:1] == b"{":
        return _json_lines(content)
    try:
        return _text(content.decode())
    except UnicodeDecodeError:
        return iter([("bytes", content)])


def _text(text: str | bytes) -> Iterator[tuple[str, Any]]:
    text = text.decode(errors="surrogateescape") if isinstance(text, bytes) else text
    for number, line in enumerate(text.splitlines(), 1):
        yield f"line {number}", WORK.sub("", CLOCK_TEXT.sub(WHEN, line))


def _picture(content: bytes) -> Iterator[tuple[str, Any]]:
    """Read a picture's pixels; of one of whole numbers every byte of the file counts too."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as picture:
        pixels = np.array(picture)
    yield "pixels", pixels
    if pixels.dtype.kind != "f":
        yield "bytes", content


READERS: dict[str, Callable[[bytes], Iterator[tuple[str, Any]]]] = {
    ".npz": _npz, ".npy": _npy, ".safetensors": _safetensors, ".parquet": _parquet,
    ".onnx": _onnx, ".json": _json, ".jsonl": _json_lines, ".csv": _csv, ".svm": _text,
    ".txt": _text, **dict.fromkeys((".png", ".jpg", ".webp", ".tif", ".pgm"), _picture),
}  # fmt: skip
