"""TIFF pictures that Pillow cannot hold: 16 bits or float32 in several channels.

Written as baseline TIFF 6.0 with interleaved samples, uncompressed or Deflate;
read back as that, with either byte order and horizontal differencing. Other
kinds are left to Pillow.
"""

import struct
import zlib
from typing import BinaryIO

import numpy as np

from .errors import ImageError
from .metadata import Metadata

SHORT, LONG, RATIONAL, UNDEFINED = 3, 4, 5, 7
SIZES = {1: 1, 2: 1, SHORT: 2, LONG: 4, RATIONAL: 8, UNDEFINED: 1}
WIDTH, HEIGHT, BITS, COMPRESSION, COLOURS, OFFSETS, SAMPLES = 256, 257, 258, 259, 262, 273, 277
ROWS, COUNTS, X_DPI, Y_DPI, PLANES, UNIT, PREDICTOR = 278, 279, 282, 283, 284, 296, 317
EXTRA, FORMAT, ICC, ORIENTATION = 338, 339, 34675, 274
PLAIN, DEFLATE, OLD_DEFLATE = 1, 8, 32946
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


def read_deep_tiff(file: BinaryIO, label: str) -> np.ndarray | None:
    """Read a picture of several channels, 16 bits or float32, or gray float32.

    Returns
    -------
    ndarray of uint16 or float32, (H, W, C), as it is stored, or None
        None for what Pillow reads whole, and for what is stored otherwise.
    """
    file.seek(0)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(file.read(4), "")
    if not order:
        return None
    tags = read_tags(file, order)
    channels, bits = tags.get(SAMPLES, [1])[0], set(tags.get(BITS, [1]))
    dtype = {(16, WHOLE): "u2", (32, FLOAT): "f4"}.get(
        (min(bits), tags.get(FORMAT, [WHOLE])[0]) if len(bits) == 1 else (0, 0)
    )
    known = tags.get(COMPRESSION, [PLAIN])[0] in (PLAIN, DEFLATE, OLD_DEFLATE)
    if not (dtype and known and 2 <= channels <= 4 and tags.get(PLANES, [1])[0] == 1):
        return None
    # Gray or red-green-blue, each with or without alpha.
    if tags.get(COLOURS, [0])[0] != (2 if channels > 2 else 1) or OFFSETS not in tags:
        return None
    shape = tags[HEIGHT][0], tags[WIDTH][0], channels
    return _read_strips(file, tags, shape, np.dtype(order + dtype), label)


def read_tags(file: BinaryIO, order: str) -> dict[int, list[int]]:
    """Return the first picture's tags that hold whole numbers."""
    (start,) = struct.unpack(f"{order}I", file.read(4))
    file.seek(start)
    (count,) = struct.unpack(f"{order}H", file.read(2))
    entries = file.read(12 * count)
    found = {}
    for tag, kind, number, value in struct.iter_unpack(f"{order}HHI4s", entries):
        if kind not in (SHORT, LONG) or number > 10_000_000:
            continue
        code, size = ("H" if kind == SHORT else "I"), SIZES[kind] * number
        if size > 4:
            file.seek(struct.unpack(f"{order}I", value)[0])
            value = file.read(size)
        found[tag] = list(struct.unpack(f"{order}{number}{code}", value[:size]))
    return found


def _read_strips(file: BinaryIO, tags: dict, shape, dtype: np.dtype, label: str) -> np.ndarray:
    out = np.empty(shape, dtype.newbyteorder("="))
    rows = min(tags.get(ROWS, [shape[0]])[0], shape[0])
    packed = tags.get(COMPRESSION, [PLAIN])[0] != PLAIN
    differences = tags.get(PREDICTOR, [1])[0] == 2 and dtype.kind == "u"
    for i, (place, length) in enumerate(zip(tags[OFFSETS], tags[COUNTS], strict=True)):
        part = out[i * rows : (i + 1) * rows]
        file.seek(place)
        content = file.read(length)
        if packed:
            content = zlib.decompressobj().decompress(content, part.nbytes)
        if len(content) < part.nbytes or part.size == 0:
            raise ImageError(label, "the file is cut short; copy it again")
        values = np.frombuffer(content, dtype, part.size).reshape(part.shape)
        part[:] = np.add.accumulate(values, axis=1, dtype=part.dtype) if differences else values
    return out
