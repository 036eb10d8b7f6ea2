"""What picture files say of themselves, without decoding them."""

from dataclasses import dataclass
from math import prod
from typing import BinaryIO

import numpy as np
from PIL import Image

from .deep_tiff import channels_kept, deep_dtype
from .limits import MAX_PIXELS
from .metadata import NOTHING, Metadata, deep_tiff_metadata, pillow_metadata
from .npy import npy_header
from .npy_format import NUMPY_MAGIC
from .opening import Source, check_promise_of, label_of, one_error, open_picture, opened
from .orientation import orientation_of
from .tiff_tags import HEIGHT, ORIENTATION, WIDTH, Tags, count_frames, read_tags

BYTES = np.dtype(np.uint8)


@dataclass(frozen=True)
class Header:
    """What a picture file says of itself.

    Attributes
    ----------
    format : str
        ``PNG``, ``JPEG``, ``TIFF``, ``WEBP``, ``BMP``, ``GIF``, ``PPM`` or ``NPY``.
    mode : str
        How the file stores its pixels: Pillow's mode, such as ``P`` for a
        palette or ``CMYK``; empty for NPY, and for TIFF that Pillow cannot read.
    orientation : int
        EXIF orientation, 1 (upright) to 8.
    frames : int
        How many pictures the file holds, of which only the first is read.
    """

    format: str
    mode: str
    orientation: int
    frames: int


@dataclass(frozen=True)
class Facts:
    """What is known of a picture before it is decoded.

    Attributes
    ----------
    metadata : Metadata
    shape : tuple of int
        Of what `read_image` gives, before it is turned upright: rows, columns and channels.
    dtype : dtype
    """

    metadata: Metadata = NOTHING
    shape: tuple[int, ...] = (0, 0, 0)
    dtype: np.dtype = BYTES

    @property
    def nbytes(self) -> int:
        """How much memory its pixels take when decoded."""
        return prod(self.shape) * self.dtype.itemsize


def read_header(source: Source, *, name: str | None = None) -> Header:
    """Read what a picture file says of itself, without decoding it.

    Raises
    ------
    ImageError
        If it is no picture.
    """
    label = name if name is not None else label_of(source)
    with one_error(label), opened(source, label) as file:
        if file.read(len(NUMPY_MAGIC)) == NUMPY_MAGIC:
            return Header("NPY", "", 1, 1)
        tags = read_tags(file)
        if tags is not None and deep_dtype(tags) is not None:
            return Header("TIFF", "", tags.one(ORIENTATION), count_frames(file))
        with open_picture(file, label) as picture:
            check_promise_of(picture, file, label)
            frames = getattr(picture, "n_frames", 1)
            return Header(picture.format or "", picture.mode, orientation_of(picture), frames)


def read_facts(source: Source, *, max_pixels: int = MAX_PIXELS) -> Facts:
    """Read what a file says of its pixels, without decoding them.

    Returns
    -------
    Facts
        Nothing, of a file that cannot be read, or has more pixels than are read:
        reading the picture will say why.
    """
    label = label_of(source)
    try:
        with one_error(label), opened(source, label) as file:
            facts = _facts(file, label)
    except (ValueError, OSError):
        return Facts()
    return facts if prod(facts.shape[:2]) <= max_pixels else Facts()


def _facts(file: BinaryIO, label: str) -> Facts:
    if file.read(len(NUMPY_MAGIC)) == NUMPY_MAGIC:
        header = npy_header(file, label)
        shape, stored = header.shape, header.dtype
        whole = stored.kind == "u" and stored.itemsize < 3
        return Facts(NOTHING, (*shape, 1)[:3], stored if whole else np.dtype(np.float32))
    tags = read_tags(file)
    dtype = None if tags is None else deep_dtype(tags)
    if tags is not None and dtype is not None:
        return Facts(deep_tiff_metadata(tags), _deep_shape(tags), dtype)
    with open_picture(file, label) as picture:
        check_promise_of(picture, file, label)
        return Facts(pillow_metadata(picture), *_kind(picture))


def _deep_shape(tags: Tags) -> tuple[int, int, int]:
    return tags.one(HEIGHT), tags.one(WIDTH), channels_kept(tags)


def _kind(picture: Image.Image) -> tuple[tuple[int, int, int], np.dtype]:
    """Return the shape and dtype that a picture will have as an array."""
    mode, (width, height) = picture.mode, picture.size
    if mode[0] in "IF":
        dtype = np.uint16 if mode.startswith("I;16") else np.float32
        return (height, width, 1), np.dtype(dtype)
    channels = 1 if mode in ("1", "L") else 2 if mode in ("LA", "La") else 3
    transparent = "transparency" in picture.info or mode in ("RGBA", "RGBa", "PA")
    channels += transparent and channels in (1, 3)
    tiles = getattr(picture, "tile", [])
    deep = picture.format == "PNG" and tiles and ";16" in str(tiles[0][3])
    return (height, width, channels), np.dtype(np.uint16 if deep else np.uint8)
