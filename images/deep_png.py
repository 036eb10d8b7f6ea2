"""PNG pictures of 16 bits a channel in colour, which Pillow reads as 8."""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from .errors import ImageError

CHANNELS = {2: 3, 4: 2, 6: 4}  # by PNG's colour type
NO_DEPTH = "the file is damaged: its pixels end early; copy it again"


def read_deep_png(file: BinaryIO, label: str) -> np.ndarray | None:
    """Read the 16-bit colour of a PNG file.

    Returns
    -------
    ndarray of uint16, (H, W, C), or None
        None for a picture that Pillow reads whole: 8 bits, gray, interlaced, or
        with one transparent colour.
    """
    chunks = _chunks(file)
    kind, head = next(chunks, (b"", b""))
    if kind != b"IHDR" or len(head) != 13:
        return None
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if depth != 16 or colour not in CHANNELS or interlaced:
        return None
    pixels = []
    for kind, content in chunks:
        if kind == b"tRNS":
            return None
        if kind == b"IDAT":
            pixels.append(content)
    row = 2 * CHANNELS[colour] * width
    try:
        stream = zlib.decompressobj().decompress(b"".join(pixels), height * (row + 1))
    except zlib.error:
        raise ImageError(label, NO_DEPTH) from None
    if len(stream) != height * (row + 1):
        raise ImageError(label, NO_DEPTH)
    filtered = np.frombuffer(stream, np.uint8).reshape(height, row + 1)
    values = _unfiltered(filtered[:, 0], filtered[:, 1:], 2 * CHANNELS[colour], label)
    return values.view(">u2").astype(np.uint16).reshape(height, width, CHANNELS[colour])


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    file.seek(8)
    while len(start := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", start)
        content = file.read(length)
        file.read(4)
        if kind == b"IEND":
            return
        yield kind, content


def _unfiltered(kinds: np.ndarray, rows: np.ndarray, step: int, label: str) -> np.ndarray:
    """Undo the row filters: none, left, above, mean and Paeth."""
    if kinds.max() > 4:
        raise ImageError(label, "the file is damaged: it names a row filter that does not exist")
    if (kinds == 2).all():
        return np.add.accumulate(rows, axis=0, dtype=np.uint8)
    from .png_loops import unfilter

    values = np.ascontiguousarray(rows)
    unfilter(np.ascontiguousarray(kinds), values, step)
    return values
