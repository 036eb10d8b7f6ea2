"""Picture files to arrays."""

import io
import logging
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

# Pillow finds these two only by loading some forty formats that are refused anyway.
from PIL import (
    Image,
    TiffImagePlugin,  # noqa: F401
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

from .damage import KNOWN, check_png, damage, what_it_is
from .errors import ImageError
from .limits import MAX_PIXELS, check_size
from .npy import NUMPY_MAGIC, read_npy
from .orientation import SIDEWAYS, UPRIGHT, orientation_of
from .pillow_arrays import to_array

FORMATS = ("PNG", "JPEG", "PPM", "GIF", "BMP", "TIFF", "WEBP")

# Pillow's limit is one for the whole process and differs from what a user may
# ask for. `read_image` checks its own, from the same header.
Image.MAX_IMAGE_PIXELS = None

# Pillow warns of oddities in damaged files. Whatever matters is raised as an
# ImageError here; the rest would only litter a batch's messages. Once for the
# process, because `warnings.catch_warnings` does not hold between threads.
warnings.filterwarnings("ignore", module=r"PIL\.")
# A handler, even this one, keeps what it logs from Python's last resort, stderr.
logging.getLogger("PIL").addHandler(logging.NullHandler())

Source = str | os.PathLike | bytes | BinaryIO


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
    label = name if name is not None else _label(source)
    with _one_error(label), _opened(source, label) as file:
        if file.read(len(NUMPY_MAGIC)) == NUMPY_MAGIC:
            return _whole(read_npy(file, label, max_pixels))
        deep = _read_float_tiff(file, label, max_pixels)
        if deep is not None:
            return _whole(deep)
        with _open_picture(file, label) as picture:
            check_size(*picture.size, label, max_pixels)
            columns, rows = picture.size
            if picture.format == "PNG":
                check_png(file, label)
            shrunk = picture.format == "JPEG" and size is not None and _shrink(picture, size)
            deep = _read_deep(picture, file, label)
            if deep is None:
                picture.load()
            # After loading: a TIFF has been turned by then, and says so.
            turn = UPRIGHT.get(orientation_of(picture))
            array = to_array(picture) if deep is None else deep
        upright = np.ascontiguousarray(turn(array) if turn else array)
        if not shrunk:
            return _whole(upright)
        return upright, (columns, rows) if turn in SIDEWAYS else (rows, columns)


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


@dataclass(frozen=True)
class Header:
    """What a picture file says of itself.

    Attributes
    ----------
    format : str
        ``PNG``, ``JPEG``, ``TIFF``, ``WEBP``, ``BMP``, ``GIF``, ``PPM`` or ``NPY``.
    mode : str
        How the file stores its pixels: Pillow's mode, such as ``P`` for a
        palette or ``CMYK``; empty for NPY.
    orientation : int
        EXIF orientation, 1 (upright) to 8.
    frames : int
        How many pictures the file holds, of which only the first is read.
    """

    format: str
    mode: str
    orientation: int
    frames: int


def read_header(source: Source, *, name: str | None = None) -> Header:
    """Read what a picture file says of itself, without decoding it.

    Raises
    ------
    ImageError
        If it is no picture.
    """
    label = name if name is not None else _label(source)
    with _one_error(label), _opened(source, label) as file:
        if file.read(len(NUMPY_MAGIC)) == NUMPY_MAGIC:
            return Header("NPY", "", 1, 1)
        with _open_picture(file, label) as picture:
            frames = getattr(picture, "n_frames", 1)
            return Header(picture.format or "", picture.mode, orientation_of(picture), frames)


@contextmanager
def open_header(source: Source) -> Iterator[Image.Image | None]:
    """Open a picture to look at its header; None for .npy.

    Raises
    ------
    ImageError
        If it is no picture.
    """
    label = _label(source)
    with _one_error(label), _opened(source, label) as file:
        if file.read(len(NUMPY_MAGIC)) == NUMPY_MAGIC:
            yield None
            return
        with _open_picture(file, label) as picture:
            yield picture


@contextmanager
def _one_error(label: str) -> Iterator[None]:
    try:
        yield
    except ImageError:
        raise
    except MemoryError:
        raise ImageError(label, "not enough memory to decode it") from None
    except OSError as error:
        # The system's own errors carry a number, Pillow's do not.
        reason = error.strerror.lower() if error.strerror else damage(error)
        raise ImageError(label, reason) from error
    except Exception as error:  # decoders raise almost anything on damaged files
        raise ImageError(label, damage(error)) from error


def _label(source: Source) -> str:
    return os.fspath(source) if isinstance(source, str | os.PathLike) else "picture"


@contextmanager
def _opened(source: Source, label: str) -> Iterator[BinaryIO]:
    """Open a source as a file that can be read more than once."""
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif not isinstance(source, str | os.PathLike):
        yield io.BytesIO(source.read())
    elif "\0" in os.fspath(source):
        raise ImageError(label, "no path; it holds a zero byte")
    else:
        with open(source, "rb") as file:
            kind = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(kind) and not stat.S_ISFIFO(kind):
                raise ImageError(label, "a device, not a file")
            yield file if stat.S_ISREG(kind) else io.BytesIO(file.read())


def _open_picture(file: BinaryIO, label: str) -> Image.Image:
    file.seek(0)
    start = file.read(KNOWN)
    file.seek(0)
    try:
        return Image.open(file, formats=FORMATS)
    except UnidentifiedImageError:
        raise ImageError(label, what_it_is(start)) from None


def _read_deep(picture: Image.Image, file: BinaryIO, label: str) -> np.ndarray | None:
    """Read 16 bits a channel in colour, of which Pillow keeps 8; None if there are not."""
    tiles = getattr(picture, "tile", [])
    raw = str(tiles[0][3]) if tiles else ""
    place, found = file.tell(), None
    if picture.format == "PNG" and ";16" in raw and not picture.mode.startswith("I"):
        from .deep_png import read_deep_png

        found = read_deep_png(file, label)
    elif picture.format == "TIFF" and ";16" in raw and picture.mode in ("RGB", "RGBA"):
        from .deep_tiff import read_deep_tiff

        found = read_deep_tiff(file, label)
    file.seek(place)
    return found


def _read_float_tiff(file: BinaryIO, label: str, max_pixels: int) -> np.ndarray | None:
    """Read float32 in several channels, which Pillow does not know."""
    file.seek(0)
    if file.read(4) not in (b"II*\0", b"MM\0*"):
        return None
    from . import deep_tiff

    file.seek(0)
    order = "<" if file.read(4)[:1] == b"I" else ">"
    tags = deep_tiff.read_tags(file, order)
    if (
        tags.get(deep_tiff.FORMAT, [1])[0] != deep_tiff.FLOAT
        and tags.get(deep_tiff.SAMPLES, [1])[0] != 2
    ):
        return None
    if deep_tiff.WIDTH not in tags or deep_tiff.HEIGHT not in tags:
        return None
    check_size(tags[deep_tiff.WIDTH][0], tags[deep_tiff.HEIGHT][0], label, max_pixels)
    array = deep_tiff.read_deep_tiff(file, label)
    turn = UPRIGHT.get(tags.get(deep_tiff.ORIENTATION, [1])[0])
    return np.ascontiguousarray(turn(array)) if turn and array is not None else array
