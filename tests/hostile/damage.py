"""What may be wrong with any file, and with any JSON."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

# Raw JSON that a field of a file may hold instead of what belongs there.
EXTREMES = (
    "null", "true", "-1", "0", "1e400", "-1e400", "NaN", "1000000000000", "9223372036854775808",
    "1" + "0" * 400, "9" * 5000, "0.5", "2.0", '""', '"2"', '"\\ud800"', '"\\u0000"', '"=1+1"',
    '"' + "x" * 100_000 + '"', "[]", "{}", "[[[[]]]]", "[0, 0]", "[NaN, Infinity]",
    '{"a": {"b": []}}', "[" * 100_000, "[" * 900 + "]" * 900,
)  # fmt: skip
NOT_JSON = (
    b"", b" ", b"\0", b"{", b"null", b"[]", b'"text"', b"0", b"\xff\xfe{\0}\0", b"\xef\xbb\xbf{}",
    b'{"a": 1}' * 2, b"{" * 100_000, b'{"a":' * 100_000, b"[" * 100_000, b'{"\xed\xa0\x80": 1}',
)  # fmt: skip
PLACE = "here stands an extreme"


def cut(content: bytes, pieces: int) -> Iterator[bytes]:
    """Yield a file cut off at its first few bytes, its last, and at even distances."""
    lengths = {0, 1, 7, len(content) - 1, *range(0, len(content), len(content) // pieces + 1)}
    yield from (content[:length] for length in sorted(lengths) if 0 <= length < len(content))
    yield content + b"\0" * 7


def flipped(content: bytes, places: int) -> Iterator[bytes]:
    """Yield a file with one byte changed, at even distances, in one of four ways."""
    for k, at in enumerate(range(0, len(content), len(content) // places + 1)):
        changed = bytearray(content)
        changed[at] ^= (0x01, 0x20, 0x80, 0xFF)[k % 4]
        yield bytes(changed)


def bent(value: Any, each: int) -> Iterator[bytes]:
    """Yield JSON texts of a value, with so many extremes in place of each part of it.

    The extremes take turns, so that every one stands in many places; each key of
    an object is left out once.
    """
    turn = 0
    for path in paths(value):
        for _ in range(each):
            yield with_raw(value, path, EXTREMES[turn % len(EXTREMES)])
            turn += 1
        if isinstance(path[-1], str):
            yield json.dumps(without(value, path)).encode()


def paths(value: Any, before: tuple = ()) -> Iterator[tuple]:
    """Yield the keys and numbers that lead to each part of a JSON value."""
    items: Iterable = value.items() if isinstance(value, dict) else ()
    for key, part in enumerate(value) if isinstance(value, list) else items:
        yield (*before, key)
        yield from paths(part, (*before, key))


def with_raw(value: Any, path: tuple, raw: str) -> bytes:
    """Return a value's JSON, with other JSON in the place that a path leads to."""
    whole = json.loads(json.dumps(value))
    _parent(whole, path)[path[-1]] = PLACE
    return json.dumps(whole).replace(f'"{PLACE}"', raw).encode()


def without(value: Any, path: tuple) -> Any:
    """Return a JSON value without the part that a path leads to."""
    whole = json.loads(json.dumps(value))
    del _parent(whole, path)[path[-1]]
    return whole


def _parent(value: Any, path: tuple) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value
