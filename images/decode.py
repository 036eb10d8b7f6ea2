"""Picture files to arrays: one opening, one header, one decoding."""

from contextlib import ExitStack
from typing import Any, BinaryIO

import numpy as np

from .by_pillow import PillowPicture, PillowTiff
from .deep_tiff import channels_kept, deep_dtype, read_deep_tiff
from .headers import Facts, Header
from .limits import MAX_PIXELS, check_size
from .metadata import NOTHING, deep_tiff_metadata
from .npy import npy_header, read_npy
from .npy_format import NUMPY_MAGIC
from .opening import Source, label_of, one_error, opened
from .orientation import turned
from .tiff_tags import HEIGHT, ORIENTATION, WIDTH, Tags, count_frames, read_tags

Sized = tuple[np.ndarray, tuple[int, int]]


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
) -> Sized:
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
    with PictureFile(source, name=name, max_pixels=max_pixels) as picture:
        return picture.read(size)


class PictureFile:
    """A picture file whose header is read, and whose pixels are decoded when they are wanted.

    Parameters
    ----------
    source, name, max_pixels
        As for `read_image`.

    Raises
    ------
    ImageError
        If it is no picture, or has more pixels than are read.
    """

    def __init__(self, source: Source, *, name: str | None = None, max_pixels: int = MAX_PIXELS):
        self._label = name if name is not None else label_of(source)
        with ExitStack() as stack, one_error(self._label):
            file = stack.enter_context(opened(source, self._label))
            self._picture: Any = _known(file, self._label, max_pixels)
            self._stack = stack.pop_all()

    @property
    def facts(self) -> Facts:
        """What is known of the pixels; an error closes the file."""
        with ExitStack() as stack, one_error(self._label):
            stack.callback(self.close)
            facts = self._picture.facts()
            stack.pop_all()
            return facts

    @property
    def header(self) -> Header:
        """What the file says of itself."""
        with one_error(self._label):
            return self._picture.header()

    def read(self, size: tuple[int, int] | None = None) -> Sized:
        """Decode the picture; see `read_shrunk`."""
        with one_error(self._label):
            return self._picture.read(size)

    def close(self) -> None:
        """Close the file, and let go of what Pillow decoded."""
        self._stack.close()
        self._picture = None

    def __enter__(self) -> "PictureFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_header(source: Source, *, name: str | None = None) -> Header:
    """Read what a picture file says of itself; ImageError if it is no picture."""
    with PictureFile(source, name=name, max_pixels=1 << 62) as picture:
        return picture.header


def _known(file: BinaryIO, label: str, max_pixels: int):
    """Return what knows the format of a file, after a look at its header."""
    if file.read(len(NUMPY_MAGIC)) == NUMPY_MAGIC:
        return _Array(file, label, max_pixels)
    tags = read_tags(file)
    if tags is None:
        return PillowPicture(file, label, max_pixels)
    if tags.has(WIDTH, HEIGHT):
        check_size(tags.one(WIDTH), tags.one(HEIGHT), label, max_pixels)
    dtype = deep_dtype(tags)
    if dtype is not None:
        return _DeepTiff(file, tags, dtype, label)
    return PillowTiff(file, tags, label, max_pixels)


class _Array:
    """A picture in NumPy's own format."""

    def __init__(self, file: BinaryIO, label: str, max_pixels: int):
        self._how, self._header = (file, label, max_pixels), npy_header(file, label)

    def facts(self) -> Facts:
        shape, stored = self._header.shape, self._header.dtype
        whole = stored.kind == "u" and stored.itemsize < 3
        return Facts(NOTHING, (*shape, 1)[:3], stored if whole else np.dtype(np.float32))

    def header(self) -> Header:
        return Header("NPY", "", 1, 1)

    def read(self, _: tuple[int, int] | None) -> Sized:
        image = read_npy(*self._how)
        return image, (image.shape[0], image.shape[1])


class _DeepTiff:
    """A TIFF picture that Pillow cannot hold."""

    def __init__(self, file: BinaryIO, tags: Tags, dtype: np.dtype, label: str):
        self._file, self._tags, self._dtype, self._label = file, tags, dtype, label

    def facts(self) -> Facts:
        shape = self._tags.one(HEIGHT), self._tags.one(WIDTH), channels_kept(self._tags)
        return Facts(deep_tiff_metadata(self._tags), shape, self._dtype)

    def header(self) -> Header:
        return Header("TIFF", "", self._tags.one(ORIENTATION), count_frames(self._file))

    def read(self, _: tuple[int, int] | None) -> Sized:
        stored = read_deep_tiff(self._file, self._tags, self._dtype, self._label)
        image = turned(stored, self._tags.one(ORIENTATION))
        return image, (image.shape[0], image.shape[1])
