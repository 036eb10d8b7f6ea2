"""TIFF pictures that Pillow cannot hold: 16 bits or float32 in several channels, and planes.

Strips or tiles, interleaved or a plane a channel, uncompressed or Deflate, with
either byte order and every predictor of TIFF 6.0 and its supplements. Other
kinds are left to Pillow.
"""

import zlib
from math import prod
from typing import BinaryIO

import numpy as np

from .damage import CUT_SHORT
from .errors import ImageError
from .limits import file_size
from .tiff_layout import Layout, Piece, layout_of
from .tiff_tags import (
    BITS,
    COLOURS,
    COMPRESSION,
    EXTRA,
    FORMAT,
    PLANES,
    SAMPLES,
    Tags,
)

PLAIN, DEFLATES = 1, (8, 32946)
WHOLE, FLOAT = 1, 3
ASSOCIATED = 1  # alpha that colour was multiplied by
DTYPES = {(8, WHOLE): "u1", (16, WHOLE): "u2", (32, FLOAT): "f4"}
# By the colour space, gray or RGB: how many channels it has without extra ones.
COLOUR_CHANNELS = {1: 1, 2: 3}


def deep_dtype(tags: Tags) -> np.dtype | None:
    """Say what a picture that is read here holds, in the file's byte order; None for others."""
    bits, forms = set(tags.all(BITS)), set(tags.all(FORMAT))
    channels, extra = tags.one(SAMPLES), tags.one(SAMPLES) - _colour_channels(tags)
    if len(bits) != 1 or len(forms) != 1 or extra not in (0, 1):
        return None
    if tags.one(COMPRESSION) not in (PLAIN, *DEFLATES):
        return None
    found = DTYPES.get((bits.pop(), forms.pop()))
    # Pillow reads bytes but in planes, and 16 bits of gray.
    least = {"u1": 2 if tags.one(PLANES) == 2 else 5, "u2": 2, "f4": 1}
    return np.dtype(tags.order + found) if found and channels >= least[found] else None


def _colour_channels(tags: Tags) -> int:
    return COLOUR_CHANNELS.get(tags.one(COLOURS), 0) if tags.has(COLOURS) else 0


def has_lone_planes(tags: Tags) -> bool:
    """Say whether alpha has a plane of its own, which Pillow gets wrong."""
    return tags.one(PLANES) == 2 and tags.one(SAMPLES) in (2, 4) and _colour_channels(tags) > 0


def what_is_not_read(tags: Tags) -> str:
    """Say of a TIFF file that nothing here can read, what it holds."""
    bits = "/".join(str(number) for number in sorted(set(tags.all(BITS))))
    kind = {WHOLE: "", 2: "signed ", FLOAT: "float "}.get(tags.one(FORMAT), "odd ")
    count, compression = tags.one(SAMPLES), tags.one(COMPRESSION)
    channels = f"{count} channel{'s' * (count != 1)} of {bits} {kind}bits"
    return f"a TIFF file of {channels}, compression {compression}, cannot be read"


def channels_kept(tags: Tags) -> int:
    """Return how many channels a picture has when what is neither colour nor alpha is left out."""
    # Files that do not say what their last channel is mean alpha; zero says it is none.
    extra = int(tags[EXTRA][0]) if tags.has(EXTRA) else 2
    channels = tags.one(SAMPLES)
    return channels - 1 if channels in (2, 4) and extra == 0 else channels


def read_deep_tiff(file: BinaryIO, tags: Tags, dtype: np.dtype, label: str) -> np.ndarray:
    """Read a picture for which `deep_dtype` gave what it holds.

    Returns
    -------
    ndarray of uint16 or float32, (H, W) or (H, W, C), as it is stored
        Alpha is straight: colour that was multiplied by it is divided again.

    Raises
    ------
    ImageError
        If the file does not hold every pixel.
    """
    layout = layout_of(tags, file_size(file), label)
    out = np.empty(layout.shape, dtype.newbyteorder("="))
    for piece in layout.pieces():
        values = _stored(file, piece, layout, dtype, label)
        part = out[piece.place]
        part[...] = values[: part.shape[0], : part.shape[1]]
    channels = channels_kept(tags)
    if channels in (2, 4) and tags.has(EXTRA) and tags.one(EXTRA) == ASSOCIATED:
        _divide_by_alpha(out)
    if channels == 1:
        return np.ascontiguousarray(out[:, :, 0])
    return out if channels == out.shape[2] else np.ascontiguousarray(out[:, :, :channels])


def _stored(file: BinaryIO, piece: Piece, layout: Layout, dtype: np.dtype, label: str):
    """Return the values of a strip or tile, of the shape it is stored with."""
    count, packed = prod(piece.shape), layout.compression != PLAIN
    file.seek(piece.start)
    content: bytes = file.read(piece.length)
    if packed:
        content = _inflated(content, count * dtype.itemsize, label)
    if len(content) < count * dtype.itemsize:
        raise ImageError(label, CUT_SHORT)
    values = np.frombuffer(content, dtype, count).reshape(piece.shape)
    return UNDO[layout.predictor](values) if packed else values


def _inflated(content: bytes, size: int, label: str) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, size)
    except zlib.error as error:
        raise ImageError(
            label, "damaged: its compressed pixels make no sense; copy it again from its source"
        ) from error


def _add_up(values: np.ndarray) -> np.ndarray:
    """Undo horizontal differences, of a float's bits too."""
    native = values.astype(values.dtype.newbyteorder("="))
    bits = native.view(f"u{native.itemsize}")
    return np.add.accumulate(bits, axis=1, dtype=bits.dtype).view(native.dtype)


def _join_bytes(values: np.ndarray) -> np.ndarray:
    """Undo Adobe's predictor of floats: bytes by significance, then their differences.

    Source: Adobe Photoshop TIFF Technical Note 3 (2005).
    """
    height, width, channels = values.shape
    differences = values.reshape(height, -1).view(np.uint8).reshape(height, -1, channels)
    mixed = np.add.accumulate(differences, axis=1, dtype=np.uint8)
    planes = mixed.reshape(height, values.itemsize, width * channels)
    big = np.ascontiguousarray(planes.swapaxes(1, 2)).view(values.dtype.newbyteorder(">"))
    return big.reshape(height, width, channels)


UNDO = {1: lambda values: values, 2: _add_up, 3: _join_bytes}


def _divide_by_alpha(image: np.ndarray) -> None:
    """Make alpha straight; where there is none, colour stays as it is."""
    for rows in image:
        colour, alpha = rows[:, :-1], rows[:, -1:]
        there = np.broadcast_to(alpha > 0, colour.shape)
        if image.dtype.kind == "f":
            # What float32 cannot hold is infinite, and infinite by infinite is NaN.
            with np.errstate(over="ignore", under="ignore", invalid="ignore"):
                np.divide(colour, alpha, out=colour, where=there)
            continue
        opaque = np.iinfo(image.dtype).max
        straight = np.divide(colour * float(opaque), alpha, where=there, out=colour.astype(float))
        colour[:] = np.rint(np.minimum(straight, opaque))
