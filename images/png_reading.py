"""PNG pictures read without Pillow: 16-bit colour, of which it keeps 8 bits, and large ones.

Pillow inflates, undoes the row filters and copies one after the other; here one
thread inflates while another undoes filters, right into the array.
"""

import struct
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

import numpy as np

from .deflate import inflated
from .errors import ImageError
from .png_loops import unfilter

CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # by PNG's colour type
NO_DEPTH = "the file is damaged: its pixels end early; copy it again"
PIECE = 1 << 18  # bytes of a file
BLOCK = 1 << 20  # bytes of pixels
# Pillow is as fast for fewer bytes of pixels.
LARGE = 1 << 19
NONE, LEFT, ABOVE = 0, 1, 2  # row filters


def read_png(file: BinaryIO, label: str) -> np.ndarray | None:
    """Read the pixels of a PNG file of 8 or 16 bits.

    Returns
    -------
    ndarray of uint8 or uint16, (H, W) or (H, W, C), or None
        None for a picture that Pillow reads as well: a small one, 16-bit gray,
        fewer than 8 bits, a palette, interlaced, with one transparent colour;
        and for 8 bits that are damaged.

    Raises
    ------
    ImageError
        If 16 bits are damaged.
    """
    chunks = _chunks(file)
    kind, length = next(chunks, (b"", 0))
    if kind != b"IHDR" or length != 13:
        return None
    width, height, depth, colour, *_, interlaced = struct.unpack(">IIBBBBB", file.read(13))
    channels = CHANNELS.get(colour, 0)
    row = width * channels * depth // 8
    if interlaced or not channels or not _is_ours(depth, colour, row * height):
        return None
    chunks = _before_pixels(chunks)
    if chunks is None:
        return None
    values = np.empty((height, row), np.uint8)
    try:
        _fill(values, _pieces(file, chunks), channels * depth // 8)
    except (zlib.error, _UnreadError) as error:
        if depth == 8:
            return None
        raise ImageError(label, getattr(error, "reason", NO_DEPTH)) from None
    pixels = values.view(">u2").astype(np.uint16) if depth == 16 else values
    return pixels.reshape((height, width, channels) if channels > 1 else (height, width))


def _is_ours(depth: int, colour: int, size: int) -> bool:
    return (depth == 16 and colour != 0) or (depth == 8 and size >= LARGE)


class _UnreadError(Exception):
    """Pixels that are not as PNG has them, or are left to Pillow."""

    def __init__(self, reason: str = NO_DEPTH):
        self.reason = reason


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield kind and length of every chunk, with the file at its content."""
    place = 8
    while True:
        file.seek(place)
        start = file.read(8)
        length, kind = struct.unpack(">I4s", start) if len(start) == 8 else (0, b"IEND")
        if kind == b"IEND":
            return
        yield kind, length
        place += length + 12


def _before_pixels(chunks: Iterator[tuple[bytes, int]]) -> Iterator[tuple[bytes, int]] | None:
    """Return the chunks from the first of pixels on; None if one colour is transparent."""
    for kind, length in chunks:
        if kind == b"tRNS":
            return None
        if kind == b"IDAT":
            return _from(kind, length, chunks)
    return iter(())


def _from(kind: bytes, length: int, chunks: Iterator) -> Iterator[tuple[bytes, int]]:
    yield kind, length
    yield from chunks


def _pieces(file: BinaryIO, chunks: Iterator[tuple[bytes, int]]) -> Iterator[bytes]:
    for kind, length in chunks:
        while kind == b"IDAT" and length > 0:
            piece = file.read(min(length, PIECE))
            length -= len(piece) or length
            yield piece


def _blocks(stream: Iterator[bytes], row: int) -> Iterator[np.ndarray]:
    """Yield what comes out of a stream as whole rows, about a block of them at a time."""
    gathered: list[bytes] = []
    size, enough = 0, max(row, BLOCK)
    for piece in stream:
        gathered.append(piece)
        size += len(piece)
        if size >= enough:
            joined = b"".join(gathered)
            whole = size - size % row
            yield np.frombuffer(joined, np.uint8, whole).reshape(-1, row)
            gathered, size = [joined[whole:]], size - whole
    if size >= row:
        yield np.frombuffer(b"".join(gathered), np.uint8, size - size % row).reshape(-1, row)


def _fill(values: np.ndarray, pieces: Iterator[bytes], step: int) -> None:
    """Fill an array with the rows of a stream; `step` is the bytes of a pixel."""
    height, row = values.shape
    blocks = _blocks(inflated(pieces, height * (row + 1)), row + 1)
    filled = 0
    with ThreadPoolExecutor(1, thread_name_prefix="inflate") as pool:
        coming = pool.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = pool.submit(next, blocks, None)
            _unfilter(block, values, filled, step)
            filled += len(block)
    if filled < height:
        raise _UnreadError


def _unfilter(block: np.ndarray, out: np.ndarray, start: int, step: int) -> None:
    """Undo the filters of some rows: none, left, above, mean and Paeth."""
    kinds, rows = block[:, 0], block[:, 1:]
    highest, stop = kinds.max(), start + len(block)
    if highest > 4:
        raise _UnreadError("the file is damaged: it names a row filter that does not exist")
    if highest == NONE:
        out[start:stop] = rows
    elif highest > ABOVE:
        _by_loop(kinds, rows, out[max(0, start - 1) : stop], step)
    else:
        for i, (kind, row) in enumerate(zip(kinds.tolist(), rows, strict=True), start):
            _unfilter_row(kind, row, out[i], out[i - 1] if i else None, step)


def _unfilter_row(kind: int, row: np.ndarray, out: np.ndarray, above, step: int) -> None:
    if kind == LEFT:
        pixels = row.reshape(-1, step)
        np.add.accumulate(pixels, axis=0, dtype=np.uint8, out=out.reshape(-1, step))
    elif kind == ABOVE and above is not None:
        np.add(row, above, out=out)
    else:
        out[:] = row


def _by_loop(kinds: np.ndarray, rows: np.ndarray, out: np.ndarray, step: int) -> None:
    """Undo filters by the compiled loop; `out` begins with the row above, if there is one."""
    follows = len(out) - len(rows)
    out[follows:] = rows
    unfilter(np.pad(kinds, (follows, 0)), out, step, np.zeros(rows.shape[1], np.uint8))
