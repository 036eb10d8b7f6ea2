"""Picture files to arrays."""

import re
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from .damage import check_png, damage
from .deep_tiff import deep_dtype, has_lone_planes, read_deep_tiff, what_is_not_read
from .errors import ImageError
from .jpeg import read_jpeg
from .libtiff import forget_said, what_was_said
from .limits import MAX_PIXELS, check_size, file_size
from .npy import read_npy
from .npy_format import NUMPY_MAGIC
from .opening import Source, check_promise_of, label_of, one_error, open_picture, opened
from .orientation import SIDEWAYS, UPRIGHT, orientation_of
from .pillow_arrays import to_array
from .tiff_layout import layout_of
from .tiff_tags import HEIGHT, ORIENTATION, WIDTH, Tags, read_tags


def read_image(
    source: Source,
    *,
    name: str | None = None,
    max_pixels: int = MAX_PIXELS,
) -> np.ndarray:
    """Read one picture.

    Parameters
    ----------
    source : path, bytes or binary file
        PNG, JPEG, TIFF, WebP, BMP, GIF (its first frame), PNM or .npy; the
        format is told by the content, not by the name.
    name : str, optional
        What to call the picture in errors; its path when left out.
    max_pixels : int
        Larger pictures are refused from their header, before decoding.

    Returns
    -------
    ndarray, C-contiguous, (H, W) or (H, W, C), uint8, uint16 or float32
        C is 2 (gray and alpha), 3 (RGB) or 4 (RGB and alpha). EXIF orientation
        is applied; palettes, CMYK, YCbCr and Lab become RGB; 1-bit pictures 0
        and 255; 32-bit integers uint16 where they fit, else float32. Pillow
        reads 16 bits a channel in gray pictures only, and 16-bit colour as 8.
        An .npy file may hold more channels.

    Raises
    ------
    ImageError
        If the picture cannot be read, whatever the decoder has to say.
    """
    return read_shrunk(source, None, name=name, max_pixels=max_pixels)[0]


def read_shrunk(
    source: Source,
    size: tuple[int, int] | None,
    *,
    name: str | None = None,
    max_pixels: int = MAX_PIXELS,
) -> tuple[np.ndarray, tuple[int, int]]:
    """Read one picture that will be resized; a JPEG at a half, a quarter or an eighth.

    The decoder of JPEG shrinks by such a factor for less than it takes to decode
    all, as the mean of the pixels or nearly so. Other formats are read whole.

    Parameters
    ----------
    source, name, max_pixels
        As for `read_image`.
    size : (int, int), optional
        Rows and columns wanted of the upright picture: it has no fewer, unless
        the file has.

    Returns
    -------
    image : ndarray
        As `read_image` gives it.
    whole : (int, int)
        Rows and columns of the picture in the file, upright.

    Raises
    ------
    ImageError
        As `read_image`.
    """
    label = name if name is not None else label_of(source)
    with one_error(label), opened(source, label) as file:
        if file.read(len(NUMPY_MAGIC)) == NUMPY_MAGIC:
            return _whole(read_npy(file, label, max_pixels))
        tags = read_tags(file)
        if tags is not None:
            return _whole(_read_tiff(file, tags, label, max_pixels))
        return _read_picture(file, size, label, max_pixels)


def _read_picture(
    file: BinaryIO, size: tuple[int, int] | None, label: str, max_pixels: int
) -> tuple[np.ndarray, tuple[int, int]]:
    """Read a picture of any format but TIFF, shrunk if that will do."""
    with open_picture(file, label) as picture:
        columns, rows = picture.size
        check_size(columns, rows, label, max_pixels)
        check_promise_of(picture, file, label)
        if picture.format == "PNG":
            return _whole(_read_png(picture, file, label))
        shrunk = picture.format == "JPEG" and size is not None and _shrink(picture, size)
        own = read_jpeg(picture, file, (columns, rows))
        turn = UPRIGHT.get(orientation_of(picture))
        upright = _turned(to_array(picture) if own is None else own, turn)
    if not shrunk:
        return _whole(upright)
    return upright, (columns, rows) if turn in SIDEWAYS else (rows, columns)


def _turned(image: np.ndarray, turn) -> np.ndarray:
    return np.ascontiguousarray(turn(image) if turn else image)


def _read_tiff(file: BinaryIO, tags: Tags, label: str, max_pixels: int) -> np.ndarray:
    if tags.has(WIDTH, HEIGHT):
        check_size(tags.one(WIDTH), tags.one(HEIGHT), label, max_pixels)
    dtype = deep_dtype(tags)
    if dtype is not None:
        turn = UPRIGHT.get(tags.one(ORIENTATION))
        array = read_deep_tiff(file, tags, dtype, label)
    else:
        # What Pillow would pass over: pixels that the file does not hold stay black there.
        layout_of(tags, file_size(file), label)
        turn, array = _read_by_pillow(file, tags, label, max_pixels)
    return _turned(array, turn)


def _read_by_pillow(file: BinaryIO, tags: Tags, label: str, max_pixels: int):
    """Return a TIFF file's pixels as Pillow reads them, and how they are turned upright."""
    try:
        if has_lone_planes(tags):
            raise ImageError(label, "a plane of alpha")
        picture = open_picture(file, label)
    except ImageError:
        hint = "save it with 8, 16 or 32 bits a channel, uncompressed or Deflate"
        raise ImageError(label, what_is_not_read(tags), hint=hint) from None
    with picture:
        check_size(*picture.size, label, max_pixels)
        forget_said()
        tiled: Any = picture
        tiled.tile = [_in_native_order(tile) for tile in tiled.tile]
        try:
            picture.load()
        except (OSError, ValueError) as error:
            raise ImageError(label, damage(what_was_said() or error)) from error
        # After loading: a TIFF has been turned by then, and says so.
        return UPRIGHT.get(orientation_of(picture)), to_array(picture)


def _in_native_order(tile):
    """Correct what Pillow tells of a big-endian file's pixels: libtiff has turned their bytes."""
    if tile.codec_name != "libtiff":
        return tile
    raw, *others = tile.args
    native = re.sub(r"(;(?:16|32|64))B", r"\1N", raw)
    return tile._replace(args=(native, *others))


def _whole(image: np.ndarray) -> tuple[np.ndarray, tuple[int, int]]:
    return image, (image.shape[0], image.shape[1])


def _shrink(picture: Image.Image, size: tuple[int, int]) -> bool:
    """Have a JPEG decoded at a smaller scale; say whether there is one that is large enough."""
    rows, columns = size
    if UPRIGHT.get(orientation_of(picture)) in SIDEWAYS:
        rows, columns = columns, rows
    before = picture.size
    if rows <= picture.height and columns <= picture.width:
        picture.draft(picture.mode, (columns, rows))
    return picture.size != before


def _read_png(picture: Image.Image, file: BinaryIO, label: str) -> np.ndarray:
    """Read a PNG file without Pillow, where that gives more depth or takes less time."""
    from .png_reading import read_png

    may_be_turned = check_png(file, label)
    place = file.tell()
    own = None if getattr(picture, "is_animated", False) else read_png(file, label)
    file.seek(place)
    # Pillow decodes the picture to know of EXIF behind its pixels.
    orientation = orientation_of(picture) if may_be_turned else 1
    return _turned(to_array(picture) if own is None else own, UPRIGHT.get(orientation))
