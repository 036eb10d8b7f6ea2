"""Where the strips or tiles of a TIFF picture lie, in the file and in the picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from .damage import CUT_SHORT
from .errors import ImageError
from .tiff_tags import (
    BITS,
    COLOURS,
    COMPRESSION,
    COUNTS,
    FORMAT,
    HEIGHT,
    OFFSETS,
    PLANES,
    PREDICTOR,
    ROWS,
    SAMPLES,
    TILE_COUNTS,
    TILE_HEIGHT,
    TILE_OFFSETS,
    TILE_WIDTH,
    WIDTH,
    Tags,
)

UNCOMPRESSED, SUBSAMPLED, FLOAT = 1, 6, 3
# The compressions that predictors go with: LZW, Deflate, LZMA, Zstandard, and their old numbers.
PREDICTED = (5, 8, 32946, 34925, 50000)
# How many bytes LZW, Deflate and PackBits make of one at most; others have no limit.
MOST_OF_ONE = {5: 4000, 8: 1100, 32946: 1100, 32773: 130}
MOST_OVERHANG = 4096


@dataclass(frozen=True)
class Piece:
    """A strip or tile: where it lies, the shape it is stored with, and its place in the picture."""

    start: int
    length: int
    shape: tuple[int, int, int]
    place: tuple[slice, slice, slice]


@dataclass(frozen=True)
class Layout:
    """How a picture is stored.

    Attributes
    ----------
    shape : (int, int, int)
        Rows, columns and channels.
    piece : (int, int)
        Rows and columns of a strip or tile.
    tiled : bool
        Whether those at the edges are as large as the others.
    planes : int
        1, or the number of channels where each has strips of its own.
    bits : int
        Of a pixel in a strip or tile.
    starts, lengths : ndarray
        Of every strip or tile, in the file, as far as it goes.
    compression : int
        1 none, or TIFF's number of it.
    predictor : int
        1 none, 2 differences of values, 3 differences of a float's bytes.
    """

    shape: tuple[int, int, int]
    piece: tuple[int, int]
    tiled: bool
    planes: int
    bits: int
    starts: np.ndarray
    lengths: np.ndarray
    compression: int
    predictor: int

    def pieces(self) -> Iterator[Piece]:
        """Yield the strips or tiles, which cover every pixel once."""
        height, width, channels = self.shape
        high, wide = self.piece
        depth = channels // self.planes
        corners = product(range(self.planes), range(0, height, high), range(0, width, wide))
        lies = zip(self.starts.tolist(), self.lengths.tolist(), corners, strict=True)
        for start, length, (plane, top, left) in lies:
            rows = high if self.tiled else min(high, height - top)
            planes = slice(plane * depth, (plane + 1) * depth)
            place = slice(top, top + high), slice(left, left + wide), planes
            yield Piece(start, length, (rows, wide, depth), place)


def layout_of(tags: Tags, size: int, label: str) -> Layout:
    """Return how the first picture of a TIFF file is stored, before memory is taken for it.

    Parameters
    ----------
    tags : Tags
    size : int
        Bytes in the file.
    label : str
        The picture's name in errors.

    Raises
    ------
    ImageError
        If the strips or tiles that the file lists cannot hold every pixel, or
        a predictor is not known.
    """
    tiled = tags.has(TILE_OFFSETS)
    channels = tags.one(SAMPLES)
    if not tags.has(WIDTH, HEIGHT):
        raise ImageError(label, "damaged: the file does not say how large its picture is")
    shape = int(tags[HEIGHT][0]), int(tags[WIDTH][0]), channels
    piece = _piece(tags, shape, tiled, label)
    planes = channels if tags.one(PLANES) == 2 else 1
    count = -(-shape[0] // piece[0]) * -(-shape[1] // piece[1]) * planes
    starts, lengths = _places(tags, tiled, count, size, label)
    bits = max(tags.all(BITS)) * channels // planes
    compression, predictor = tags.one(COMPRESSION), _predictor(tags, label)
    layout = Layout(shape, piece, tiled, planes, bits, starts, lengths, compression, predictor)
    if not (tags.has(COLOURS) and tags.one(COLOURS) == SUBSAMPLED):
        _check_lengths(layout, label)
    return layout


def _piece(tags: Tags, shape: tuple[int, int, int], tiled: bool, label: str) -> tuple[int, int]:
    if not tiled:
        return min(max(tags.one(ROWS), 1), shape[0]), shape[1]
    if not tags.has(TILE_WIDTH, TILE_HEIGHT):
        raise ImageError(label, "damaged: the file does not say how large its tiles are")
    high, wide = tags.one(TILE_HEIGHT), tags.one(TILE_WIDTH)
    # Tiles are multiples of 16: one may be larger than a small picture, but not much.
    if not (0 < high < shape[0] + MOST_OVERHANG and 0 < wide < shape[1] + MOST_OVERHANG):
        raise ImageError(label, f"damaged: its tiles are said to have {wide:,} x {high:,} pixels")
    return high, wide


def _places(tags: Tags, tiled: bool, count: int, size: int, label: str):
    """Return where so many strips or tiles start, and how long they are in the file."""
    start_tag, length_tag = (TILE_OFFSETS, TILE_COUNTS) if tiled else (OFFSETS, COUNTS)
    what = "tiles" if tiled else "strips"
    if not tags.has(start_tag):
        raise ImageError(label, f"damaged: the file does not say where its {what} of pixels lie")
    starts = tags[start_tag]
    lengths = tags[length_tag] if tags.has(length_tag) else np.full(len(starts), size)
    there = min(len(starts), len(lengths))
    if there < count:
        raise ImageError(
            label, f"damaged: the file lists {there:,} of the {count:,} {what} of its pixels"
        )
    starts, lengths = (values[:count].astype(np.uint64) for values in (starts, lengths))
    if not (starts.min() and lengths.min()):
        raise ImageError(label, f"damaged: the file leaves out {what} of its pixels")
    starts = np.minimum(starts, np.uint64(size))
    return starts, np.minimum(lengths, np.uint64(size) - starts)


def _predictor(tags: Tags, label: str) -> int:
    """Return the predictor that the pixels were stored with; refuse one that is not known."""
    found, kind = tags.one(PREDICTOR), tags.one(COMPRESSION)
    # As libtiff: the tag says nothing where there is no compression that has it.
    if kind not in PREDICTED:
        return 1
    if found not in (1, 2, 3) or (found == 3 and set(tags.all(FORMAT)) != {FLOAT}):
        raise ImageError(
            label,
            f"stored with TIFF predictor {found}, which is not known here",
            hint="save it without a predictor, or with horizontal differencing (2)",
        )
    return found


def _check_lengths(layout: Layout, label: str) -> None:
    """Refuse strips or tiles that are too short for their pixels."""
    height, (high, wide) = layout.shape[0], layout.piece
    row = -(-wide * layout.bits // 8)
    if layout.compression != UNCOMPRESSED:
        most = MOST_OF_ONE.get(layout.compression)
        if most and int(layout.lengths.sum()) * most < row * height * layout.planes:
            raise ImageError(label, CUT_SHORT)
        return
    rows = np.full(-(-height // high), high, np.uint64)
    if not layout.tiled:
        rows[-1] = height - high * (len(rows) - 1)
    across = len(layout.lengths) // (len(rows) * layout.planes)
    needed = np.tile(np.repeat(rows, across), layout.planes) * np.uint64(row)
    if (layout.lengths < needed).any():
        raise ImageError(label, CUT_SHORT)
