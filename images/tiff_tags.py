"""The tags of a TIFF file: what it says of its first picture."""

import struct
from typing import BinaryIO

import numpy as np

from .limits import file_size

BYTE, SHORT, LONG, RATIONAL, UNDEFINED, LONG8 = 1, 3, 4, 5, 7, 16
CODES = {BYTE: "u1", SHORT: "u2", LONG: "u4", RATIONAL: "u4", UNDEFINED: "u1", LONG8: "u8"}
WIDTH, HEIGHT, BITS, COMPRESSION, COLOURS, OFFSETS, SAMPLES = 256, 257, 258, 259, 262, 273, 277
ROWS, COUNTS, X_DPI, Y_DPI, PLANES, UNIT, PREDICTOR = 278, 279, 282, 283, 284, 296, 317
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS = 322, 323, 324, 325
EXTRA, FORMAT, ICC, ORIENTATION = 338, 339, 34675, 274
KNOWN = frozenset({
    WIDTH, HEIGHT, BITS, COMPRESSION, COLOURS, OFFSETS, SAMPLES, ROWS, COUNTS, X_DPI, Y_DPI,
    PLANES, UNIT, PREDICTOR, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, EXTRA, FORMAT,
    ICC, ORIENTATION,
})  # fmt: skip
DEFAULTS = {
    BITS: 1, COMPRESSION: 1, SAMPLES: 1, PLANES: 1, PREDICTOR: 1, FORMAT: 1, ORIENTATION: 1,
    UNIT: 2, ROWS: 2**32 - 1,
}  # fmt: skip
# What a file starts with: the order of its bytes, and whether its places have 64 bits.
MAGIC = {
    b"II*\0": ("<", False),
    b"MM\0*": (">", False),
    b"II+\0": ("<", True),
    b"MM\0+": (">", True),
}
MOST_FRAMES = 10_000


class Tags(dict[int, np.ndarray]):
    """Whole numbers by tag; a rational is two, a text of bytes one number a byte.

    Parameters
    ----------
    order : {'<', '>'}
        The order of the file's bytes.
    """

    def __init__(self, order: str):
        super().__init__()
        self.order = order

    def one(self, tag: int) -> int:
        """Return a tag's first number, or what the standard says where there is none."""
        return int(self[tag][0]) if self.has(tag) else DEFAULTS[tag]

    def all(self, tag: int) -> list[int]:
        """Return a tag's numbers, or what the standard says where there are none."""
        return self[tag].tolist() if self.has(tag) else [DEFAULTS[tag]]

    def has(self, *tags: int) -> bool:
        """Say whether the file gives every one of some tags."""
        return all(tag in self and len(self[tag]) for tag in tags)


def read_tags(file: BinaryIO) -> Tags | None:
    """Return the first picture's tags that matter here; None if the file is no TIFF.

    Raises
    ------
    struct.error
        If the file is cut short.
    """
    start = _start(file)
    if start is None:
        return None
    order, big, place = start
    found, size = Tags(order), file_size(file)
    head = f"{order}HHQ8s" if big else f"{order}HHI4s"
    for tag, kind, number, value in struct.iter_unpack(head, _entries(file, order, big, place)):
        # The first counts, as in libtiff: a file may name one a thousand times.
        if tag in KNOWN and tag not in found and kind in CODES:
            number *= 2 if kind == RATIONAL else 1
            found[tag] = _numbers(file, size, order + CODES[kind], number, value)
    return found


def count_frames(file: BinaryIO) -> int:
    """Return how many pictures a TIFF file holds, 10,000 at most."""
    start, places = _start(file), set()
    if start is None:
        return 1
    order, big, place = start
    while place and place not in places and len(places) < MOST_FRAMES:
        places.add(place)
        _entries(file, order, big, place)
        rest = file.read(8 if big else 4)
        place = int.from_bytes(rest, "little" if order == "<" else "big")
    return len(places)


def _start(file: BinaryIO) -> tuple[str, bool, int] | None:
    """Return the order, whether it is a BigTIFF, and where the first directory lies."""
    file.seek(0)
    magic = MAGIC.get(file.read(4))
    if magic is None:
        return None
    order, big = magic
    content = file.read(12 if big else 4)
    return order, big, struct.unpack(f"{order}{'4xQ' if big else 'I'}", content)[0]


def _entries(file: BinaryIO, order: str, big: bool, place: int) -> bytes:
    file.seek(place)
    (count,) = struct.unpack(f"{order}{'Q' if big else 'H'}", file.read(8 if big else 2))
    size = (20 if big else 12) * count
    content = file.read(min(size, 20 << 16))
    if len(content) < size:
        raise struct.error("truncated: the list of tags ends early")
    return content


def _numbers(file: BinaryIO, most: int, code: str, number: int, value: bytes) -> np.ndarray:
    size = np.dtype(code).itemsize * number
    if size > len(value):
        file.seek(int.from_bytes(value, "little" if code[0] == "<" else "big"))
        value = file.read(min(size, most))
    if len(value) < size:
        raise struct.error("truncated: the values of a tag end early")
    return np.frombuffer(value, code, number)
