"""Spoiling files of safetensors: their header, its JSON, and the arrays behind it."""

import copy
import json
import struct
from collections.abc import Iterator

import numpy as np
from safetensors.numpy import save

Named = Iterator[tuple[str, bytes]]

# What may stand where something else is expected, as JSON text: some of it Python would not write.
VALUES = {
    "null": "null", "true": "true", "false": "false", "zero": "0", "one": "1", "minus": "-1",
    "half": "0.5", "large": "1000000000000", "larger": "1" + "0" * 400, "endless": "1" + "0" * 5000,
    "infinite": "1e400", "float32": "1e39", "tiny": "1e-320", "nan": "NaN", "empty": '""',
    "text": '"banana"', "half_a_character": '"\\ud800"', "controls": '"\\u001b[2J\\n\\u0000"',
    "list": "[]", "numbers": "[1, 2]", "lists": "[[], [[]]]", "minuses": "[-1, -1]",
    "larges": "[1000000000000, 1000000000000]", "infinites": "[1e400, 1e400]",
    "object": "{}", "objects": '{"a": {"b": [null]}}', "deep": "[" * 100_000 + "]" * 100_000,
}  # fmt: skip
# A word of which no file has another.
HERE = "@here@"

LENGTHS = (0, 1, 7, 2**16, 2**27, 2**31, 2**32, 2**53, 2**63, 2**64 - 1)
BYTES = (0, 0x20, 0x22, 0x2C, 0x2D, 0x30, 0x39, 0x5B, 0x7D, 0x80, 0xC3, 0xFF)
NUMBERS = {
    "nan": np.nan, "infinity": np.inf, "minus_infinity": -np.inf, "large": 1e38, "minus": -1e38,
    "greatest": np.finfo(np.float32).max, "denormal": 1e-45, "zero": 0.0,
}  # fmt: skip


def packed(header: bytes, data: bytes, length: int | None = None) -> bytes:
    """Return a file; `length` is what it says of its header, true when left out."""
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def parts(content: bytes) -> tuple[bytes, bytes]:
    """Return header and data of a file."""
    (length,) = struct.unpack("<Q", content[:8])
    return content[8 : 8 + length], content[8 + length :]


def written(spec: str, arrays: dict[str, np.ndarray], key: str) -> bytes:
    """Return a file of arrays with a description."""
    return save(arrays, metadata={key: spec})


def places(value: object, before: tuple = ()) -> Iterator[tuple]:
    """Yield the path to everything in a JSON value, parents first."""
    yield before
    if isinstance(value, dict):
        inner = list(value.items())
    else:
        # What holds for one part of a list holds for the next.
        inner = list(enumerate(value))[:2] if isinstance(value, list) else []
    for key, own in inner:
        yield from places(own, (*before, key))


def replaced(spec: dict, path: tuple, text: str) -> str:
    """Return a description as JSON with other text at a path."""
    if not path:
        return text
    changed = copy.deepcopy(spec)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = HERE
    return json.dumps(changed).replace(f'"{HERE}"', text, 1)


def without(spec: dict, path: tuple) -> str:
    """Return a description as JSON that lacks what stands at a path."""
    changed = copy.deepcopy(spec)
    place = changed
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return json.dumps(changed)


def spoiled_fields(spec: dict, arrays: dict[str, np.ndarray], key: str) -> Named:
    """Yield files with one field of the description replaced or missing."""
    for path in places(spec):
        name = ".".join(map(str, path)) or "all"
        for word, text in VALUES.items():
            yield f"{name}-{word}", written(replaced(spec, path, text), arrays, key)
        if path:
            yield f"{name}-missing", written(without(spec, path), arrays, key)


def spoiled_arrays(spec: dict, arrays: dict[str, np.ndarray], key: str) -> Named:
    """Yield files with one array spoiled: its numbers, dtype or shape, or all of it gone."""
    text = json.dumps(spec)
    for name, array in arrays.items():
        others = {word: np.full_like(array, value) for word, value in NUMBERS.items()}
        for dtype in ("float64", "float16", "int32", "bool", "uint8"):
            others[dtype] = array.astype(dtype)
        one = array.copy()
        one.flat[0] = np.nan
        others |= {"one_nan": one, "flat": array.ravel(), "more_axes": array[None]}
        others |= {"none": array[:0], "short": array[:-1], "long": np.concatenate([array, array])}
        for word, other in others.items():
            changed = {**arrays, name: np.ascontiguousarray(other)}
            yield f"{name}-{word}", written(text, changed, key)
        yield f"{name}-gone", written(text, {n: a for n, a in arrays.items() if n != name}, key)
    more = {**arrays, "more": np.zeros(2, np.float32)}
    yield "more-arrays", written(text, more, key)
    yield "no-arrays", written(text, {}, key)


def spoiled_headers(content: bytes) -> Named:
    """Yield files whose header is another: its length, an entry of an array, or its JSON."""
    header, data = parts(content)
    near = (len(header) - 1, len(header) + 1, len(content) - 8, len(content))
    for length in (*LENGTHS, *near):
        yield f"length-{length}", packed(header, data, length)
    facts = json.loads(header)
    name = next(key for key in facts if key != "__metadata__")
    for field in ("dtype", "shape", "data_offsets"):
        for word, text in VALUES.items():
            yield f"{field}-{word}", packed(replaced(facts, (name, field), text).encode(), data)
    for dtype in ("BF16", "F8_E4M3", "F4", "C64"):
        changed = replaced(facts, (name, "dtype"), f'"{dtype}"')
        yield f"dtype-{dtype}", packed(changed.encode(), data)
    for word, text in VALUES.items():
        yield f"metadata-{word}", packed(replaced(facts, ("__metadata__",), text).encode(), data)
        yield f"header-{word}", packed(text.encode(errors="surrogatepass"), data)


def cut(content: bytes, step: int) -> Named:
    """Yield a file cut at every length of its first bytes, and then every `step`."""
    for length in (*range(24), *range(24, len(content), step)):
        yield f"{length}", content[:length]
    yield "doubled", content + content


def flipped(content: bytes, step: int) -> Named:
    """Yield a file with one byte in `step` of another kind, one after the other."""
    for number, place in enumerate(range(0, len(content), step)):
        value = BYTES[number % len(BYTES)]
        yield f"{place}", content[:place] + bytes([value]) + content[place + 1 :]
