"""TIFF files of every layout, written from the specification, and where their fields lie.

Tests read them back, and damage them.
"""

import struct
import zlib
from dataclasses import dataclass, field

import numpy as np

SHORT, LONG = 3, 4
CODES = {1: "B", SHORT: "H", LONG: "I"}
NONE, DEFLATE = 1, 8


@dataclass(frozen=True)
class Layout:
    """How a picture is stored; `extra` overrides or adds tags: {tag: (kind, numbers)}."""

    order: str = "<"
    compression: int = NONE
    predictor: int = 1
    rows: int | None = None
    tile: tuple[int, int] | None = None
    planes: bool = False
    extra: dict = field(default_factory=dict)


def tiff(image: np.ndarray, layout: Layout = Layout()) -> bytes:
    """Return a TIFF file of an image, (H, W) or (H, W, C)."""
    values = image[:, :, None] if image.ndim == 2 else image
    pieces = [_packed(piece, layout) for piece in _pieces(values, layout)]
    places = np.cumsum([8, *map(len, pieces)]).tolist()
    tags = _tags(values, layout, places[:-1], [len(piece) for piece in pieces]) | layout.extra
    start = places[-1] + places[-1] % 2
    head = struct.pack(f"{layout.order}2sHI", *HEADS[layout.order], start)
    body = b"".join(pieces).ljust(start - 8, b"\0")
    return head + body + _directory(tags, start, layout.order)


HEADS = {"<": (b"II", 42), ">": (b"MM", 42)}


def _pieces(values: np.ndarray, layout: Layout):
    """Yield strips or tiles, every plane's after the other's where planes are separate."""
    planes = np.split(values, values.shape[2], axis=2) if layout.planes else [values]
    for plane in planes:
        if layout.tile is None:
            step = layout.rows or len(plane)
            yield from (plane[top : top + step] for top in range(0, len(plane), step))
        else:
            yield from _tiles(plane, *layout.tile)


def _tiles(plane: np.ndarray, height: int, width: int):
    for top in range(0, plane.shape[0], height):
        for left in range(0, plane.shape[1], width):
            tile = np.zeros((height, width, plane.shape[2]), plane.dtype)
            part = plane[top : top + height, left : left + width]
            tile[: part.shape[0], : part.shape[1]] = part
            yield tile


def _packed(piece: np.ndarray, layout: Layout) -> bytes:
    content = _predicted(piece, layout)
    return zlib.compress(content) if layout.compression == DEFLATE else content


def _predicted(piece: np.ndarray, layout: Layout) -> bytes:
    if layout.predictor == 2:
        unsigned = piece.view(f"u{piece.itemsize}")
        before = np.zeros_like(unsigned)
        before[:, 1:] = unsigned[:, :-1]
        piece = unsigned - before
    if layout.predictor == 3:
        return _float_predicted(piece)
    return piece.astype(piece.dtype.newbyteorder(layout.order)).tobytes()


def _float_predicted(piece: np.ndarray) -> bytes:
    """Adobe's: the bytes of a row by significance, then differences of bytes."""
    height, width, channels = piece.shape
    size = piece.itemsize
    big = piece.astype(piece.dtype.newbyteorder(">")).reshape(height, -1)
    planes = big.view(np.uint8).reshape(height, width * channels, size).swapaxes(1, 2)
    row = np.ascontiguousarray(planes).reshape(height, -1)
    out = row.copy()
    out[:, channels:] -= row[:, :-channels]
    return out.tobytes()


def _tags(values: np.ndarray, layout: Layout, places: list, sizes: list) -> dict:
    height, width, channels = values.shape
    form = 3 if values.dtype.kind == "f" else 1
    tags = {
        256: (LONG, [width]),
        257: (LONG, [height]),
        258: (SHORT, [8 * values.itemsize] * channels),
        259: (SHORT, [layout.compression]),
        262: (SHORT, [2 if channels > 2 else 1]),
        277: (SHORT, [channels]),
        284: (SHORT, [2 if layout.planes else 1]),
        317: (SHORT, [layout.predictor]),
        339: (SHORT, [form] * channels),
    }
    if channels in (2, 4):
        tags[338] = (SHORT, [2])
    if layout.tile:
        sides = {322: (LONG, [layout.tile[1]]), 323: (LONG, [layout.tile[0]])}
        return tags | sides | {324: (LONG, places), 325: (LONG, sizes)}
    rows = {278: (LONG, [layout.rows or height])}
    return tags | rows | {273: (LONG, places), 279: (LONG, sizes)}


def _directory(tags: dict, start: int, order: str) -> bytes:
    behind = start + 2 + 12 * len(tags) + 4
    entries, values = b"", b""
    for tag, (kind, numbers) in sorted(tags.items()):
        content = struct.pack(f"{order}{len(numbers)}{CODES[kind]}", *numbers)
        if len(content) > 4:
            place = struct.pack(f"{order}I", behind + len(values))
            values += content + b"\0" * (len(content) % 2)
            content = place
        entries += struct.pack(f"{order}HHI", tag, kind, len(numbers)) + content.ljust(4, b"\0")
    count = struct.pack(f"{order}H", len(tags))
    return count + entries + struct.pack(f"{order}I", 0) + values


def tiff_fields(content: bytes) -> list[tuple[int, int]]:
    """Return (place, bytes) of every field of the first directory."""
    order = "<" if content[:2] == b"II" else ">"
    (start,) = struct.unpack_from(f"{order}I", content, 4)
    (count,) = struct.unpack_from(f"{order}H", content, start)
    entries = [start + 2 + 12 * i for i in range(count)]
    inside = [(e + at, size) for e in entries for at, size in ((0, 2), (2, 2), (4, 4), (8, 4))]
    return [(2, 2), (4, 4), (start, 2), *inside]
