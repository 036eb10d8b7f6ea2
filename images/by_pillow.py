"""Pictures that Pillow opens, and mostly decodes."""

import re
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from .damage import check_png, damage
from .deep_tiff import has_lone_planes, what_is_not_read
from .errors import ImageError
from .headers import Facts, Header
from .jpeg import read_jpeg
from .libtiff import forget_said, what_was_said
from .limits import check_size, file_size
from .metadata import pillow_metadata
from .opening import check_promise_of, open_picture
from .orientation import is_sideways, orientation_of, turned
from .pillow_arrays import to_array
from .png_reading import read_png
from .tiff_layout import layout_of
from .tiff_tags import Tags


class PillowPicture:
    """A picture of any format but TIFF.

    What is too large is refused at once, and what the file cannot hold, before
    memory is taken.
    """

    def __init__(self, file: BinaryIO, label: str, max_pixels: int):
        self._file, self._label = file, label
        self._picture = open_picture(file, label)
        self._columns, self._rows = self._picture.size
        check_size(self._columns, self._rows, label, max_pixels)
        check_promise_of(self._picture, file, label)

    def facts(self) -> Facts:
        """Say what is known of the pixels."""
        return Facts(pillow_metadata(self._picture), *_kind(self._picture))

    def header(self) -> Header:
        """Say what the file says of itself."""
        picture = self._picture
        # Pillow decodes a PNG picture to know of EXIF behind its pixels.
        upright = picture.format == "PNG" and not check_png(self._file, self._label)
        orientation = 1 if upright else orientation_of(picture)
        frames = getattr(picture, "n_frames", 1)
        return Header(picture.format or "", picture.mode, orientation, frames)

    def read(self, size: tuple[int, int] | None) -> tuple[np.ndarray, tuple[int, int]]:
        """Decode the picture, smaller than it is where that will do."""
        if self._picture.format == "PNG":
            image = self._read_png()
            return image, (image.shape[0], image.shape[1])
        if self._picture.format == "JPEG" and size is not None:
            _shrink(self._picture, size)
        own = read_jpeg(self._picture, self._file, (self._columns, self._rows))
        stored = to_array(self._picture) if own is None else own
        orientation = orientation_of(self._picture)
        rows, columns = self._rows, self._columns
        whole = (columns, rows) if is_sideways(orientation) else (rows, columns)
        return turned(stored, orientation), whole

    def _read_png(self) -> np.ndarray:
        """Read a PNG file without Pillow, where that gives more depth or takes less time."""
        picture, file = self._picture, self._file
        may_be_turned = check_png(file, self._label)
        place = file.tell()
        own = None if getattr(picture, "is_animated", False) else read_png(file, self._label)
        file.seek(place)
        stored = to_array(picture) if own is None else own
        return turned(stored, orientation_of(picture) if may_be_turned else 1)


class PillowTiff:
    """A TIFF picture of which Pillow keeps all."""

    def __init__(self, file: BinaryIO, tags: Tags, label: str, max_pixels: int):
        self._label = label
        # What Pillow would pass over: pixels that the file does not hold stay black there.
        layout_of(tags, file_size(file), label)
        try:
            if has_lone_planes(tags):
                raise ImageError(label, "a plane of alpha")
            self._picture = open_picture(file, label)
        except ImageError:
            hint = "save it with 8, 16 or 32 bits a channel, uncompressed or Deflate"
            raise ImageError(label, what_is_not_read(tags), hint=hint) from None
        check_size(*self._picture.size, label, max_pixels)

    def facts(self) -> Facts:
        """Say what is known of the pixels."""
        return Facts(pillow_metadata(self._picture), *_kind(self._picture))

    def header(self) -> Header:
        """Say what the file says of itself."""
        picture = self._picture
        frames = getattr(picture, "n_frames", 1)
        return Header("TIFF", picture.mode, orientation_of(picture), frames)

    def read(self, _: tuple[int, int] | None) -> tuple[np.ndarray, tuple[int, int]]:
        """Decode the picture."""
        forget_said()
        picture: Any = self._picture
        picture.tile = [_in_native_order(tile) for tile in picture.tile]
        try:
            picture.load()
        except (OSError, ValueError) as error:
            raise ImageError(self._label, damage(what_was_said() or error)) from error
        # After loading: a TIFF has been turned by then, and says so.
        image = turned(to_array(picture), orientation_of(picture))
        return image, (image.shape[0], image.shape[1])


def _in_native_order(tile):
    """Correct what Pillow tells of a big-endian file's pixels: libtiff has turned their bytes."""
    if tile.codec_name != "libtiff":
        return tile
    raw, *others = tile.args
    native = re.sub(r"(;(?:16|32|64))B", r"\1N", raw)
    return tile._replace(args=(native, *others))


def _shrink(picture: Image.Image, size: tuple[int, int]) -> None:
    """Have a JPEG decoded at a smaller scale."""
    rows, columns = size
    if is_sideways(orientation_of(picture)):
        rows, columns = columns, rows
    if rows <= picture.height and columns <= picture.width:
        picture.draft(picture.mode, (columns, rows))


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
