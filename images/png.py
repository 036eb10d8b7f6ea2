"""PNG files written fast: by rows, with vectors and coders outside Python's lock.

Every row is stored as its difference to the row above, in pieces that all cores
deflate. Pillow tries five row filters for every row, and holds the lock meanwhile.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from .deflate import Deflater, crc32
from .metadata import NOTHING, Metadata

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPE = {1: 0, 2: 4, 3: 2, 4: 6}
UP = 2  # the row filter: difference to the row above
PIECE = 1 << 20  # bytes compressed at a time
LONGEST = 2**31 - 1


class PngRows:
    """A PNG file that is written by rows, as they come.

    Parameters
    ----------
    file : binary file
    shape : tuple of int
        (H, W) or (H, W, C), C from 1 to 4.
    dtype : dtype
        uint8 or uint16.
    compress : int, optional
        0 (none) to 9 (smallest), zlib's levels; fast when left out.
    metadata : Metadata
        Colour profile and resolution to keep.
    """

    def __init__(
        self,
        file: BinaryIO,
        shape: tuple[int, ...],
        dtype: np.dtype,
        *,
        compress: int | None = None,
        metadata: Metadata = NOTHING,
    ):
        self._file, self._left = file, shape[0]
        self._stored = dtype.newbyteorder(">")
        self._length = 1 + int(np.prod(shape[1:])) * dtype.itemsize
        self._above = np.zeros(self._length - 1, np.uint8)
        self._count = max(1, PIECE // self._length)
        self._piece, self._filled = self._new_piece(), 0
        self._deflater = Deflater(self._write, compress, many=self._left * self._length > PIECE)
        channels = shape[2] if len(shape) == 3 else 1
        head = struct.pack(
            ">IIBBBBB", shape[1], shape[0], 8 * dtype.itemsize, COLOUR_TYPE[channels], 0, 0, 0
        )
        file.write(SIGNATURE + _chunk(b"IHDR", head))
        for kind, content in _metadata_chunks(metadata):
            file.write(_chunk(kind, content))

    def rows(self, rows: np.ndarray) -> None:
        """Write the next rows; the array may be used again afterwards."""
        start = 0
        while start < len(rows):
            stop = min(len(rows), start + len(self._piece) - self._filled)
            self._add(rows[start:stop])
            start = stop

    def _add(self, rows: np.ndarray) -> None:
        """Filter rows into the piece, and have it deflated when it is full."""
        ordered = np.ascontiguousarray(rows, self._stored)
        values = ordered.view(np.uint8).reshape(len(rows), -1)
        out = self._piece[self._filled : self._filled + len(rows)]
        out[:, 0] = UP
        np.subtract(values[0], self._above, out=out[0, 1:])
        np.subtract(values[1:], values[:-1], out=out[1:, 1:])
        self._above[:] = values[-1]
        self._filled += len(rows)
        if self._filled == len(self._piece):
            self._deflate()

    def _deflate(self) -> None:
        self._left -= self._filled
        content = self._piece.reshape(-1).data
        # One row may be longer than a piece should be.
        for start in range(0, len(content), 2 * PIECE):
            stop = start + 2 * PIECE
            last = self._left == 0 and stop >= len(content)
            self._deflater.add(content[start:stop], last=last)
        self._piece, self._filled = self._new_piece(), 0

    def _new_piece(self) -> np.ndarray:
        return np.empty((min(self._count, self._left), self._length), np.uint8)

    def _write(self, content: bytes) -> None:
        self._file.write(_chunk(b"IDAT", content))

    def __enter__(self) -> "PngRows":
        return self

    def __exit__(self, error: object, *_: object) -> None:
        self._deflater.close()
        if error is None:
            self._file.write(_chunk(b"IEND", b""))


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = crc32(content, crc32(kind))
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def _metadata_chunks(metadata: Metadata) -> Iterator[tuple[bytes, bytes]]:
    if metadata.icc:
        yield b"iCCP", b"ICC Profile\0\0" + zlib.compress(metadata.icc)
    if metadata.dpi:
        per_metre = [min(LONGEST, round(value / 0.0254)) for value in metadata.dpi]
        yield b"pHYs", struct.pack(">IIB", *per_metre, 1)
