"""TIFF files of 16 bits or float32 in several channels, which Pillow cannot write.

Baseline TIFF 6.0 with interleaved samples, uncompressed or Deflate.
"""

import struct
import zlib
from typing import BinaryIO

import numpy as np

from .errors import ImageError
from .metadata import Metadata
from .tiff_tags import (
    BITS,
    COLOURS,
    COMPRESSION,
    COUNTS,
    EXTRA,
    FORMAT,
    HEIGHT,
    ICC,
    LONG,
    OFFSETS,
    PLANES,
    RATIONAL,
    ROWS,
    SAMPLES,
    SHORT,
    UNDEFINED,
    UNIT,
    WIDTH,
    X_DPI,
    Y_DPI,
)

PLAIN, DEFLATE = 1, 8
WHOLE, FLOAT = 1, 3
STRIP = 1 << 20  # bytes


def write_tiff(
    file: BinaryIO, image: np.ndarray, *, compress: int | None, metadata: Metadata
) -> None:
    """Write uint16 or float32, (H, W, C), C from 2 to 4; two and four end with alpha."""
    height, width, channels = image.shape
    rows = max(1, STRIP // (width * channels * image.itemsize))
    little = image.astype(image.dtype.newbyteorder("<"), copy=False)
    strips = [little[i : i + rows].tobytes() for i in range(0, height, rows)]
    if compress:
        strips = [zlib.compress(strip, compress) for strip in strips]
    places = np.cumsum([8, *map(len, strips)]).tolist()
    start = places[-1] + places[-1] % 2
    if start > 2**32 - 2**20:
        raise ImageError("picture", "TIFF holds at most 4 GiB; write .npy")
    tags = _tags(image, bool(compress), metadata)
    tags[OFFSETS] = (LONG, places[:-1])
    tags[COUNTS] = (LONG, [len(strip) for strip in strips])
    tags[ROWS] = (LONG, [rows])
    file.write(struct.pack("<2sHI", b"II", 42, start))
    for strip in strips:
        file.write(strip)
    file.write(b"\0" * (start - places[-1]) + _directory(tags, start))


def _tags(image: np.ndarray, compressed: bool, metadata: Metadata) -> dict:
    height, width, channels = image.shape
    bits, form = 8 * image.itemsize, FLOAT if image.dtype.kind == "f" else WHOLE
    tags = {
        WIDTH: (LONG, [width]),
        HEIGHT: (LONG, [height]),
        BITS: (SHORT, [bits] * channels),
        COMPRESSION: (SHORT, [DEFLATE if compressed else PLAIN]),
        COLOURS: (SHORT, [2 if channels > 2 else 1]),
        SAMPLES: (SHORT, [channels]),
        PLANES: (SHORT, [1]),
        FORMAT: (SHORT, [form] * channels),
    }
    if channels in (2, 4):
        tags[EXTRA] = (SHORT, [2])  # alpha that colour was not multiplied by
    if metadata.dpi:
        tags[X_DPI], tags[Y_DPI] = ((RATIONAL, [round(v * 1000), 1000]) for v in metadata.dpi)
        tags[UNIT] = (SHORT, [2])
    if metadata.icc:
        tags[ICC] = (UNDEFINED, list(metadata.icc))
    return tags


def _directory(tags: dict, start: int) -> bytes:
    """Return the list of tags, and behind it the values that are longer than four bytes."""
    behind = start + 2 + 12 * len(tags) + 4
    entries, values = b"", b""
    for tag, (kind, numbers) in sorted(tags.items()):
        code = {SHORT: "H", LONG: "I", RATIONAL: "I", UNDEFINED: "B"}[kind]
        content = struct.pack(f"<{len(numbers)}{code}", *numbers)
        count = len(numbers) // (2 if kind == RATIONAL else 1)
        if len(content) > 4:
            place = behind + len(values)
            values += content + b"\0" * (len(content) % 2)
            content = struct.pack("<I", place)
        entries += struct.pack("<HHI", tag, kind, count) + content.ljust(4, b"\0")
    return struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0) + values
