"""Picture files to arrays."""

import io
import os
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from .errors import ImageError

# Pillow's own limit, above which it takes a file for a decompression bomb.
MAX_PIXELS = 178_956_970

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "PPM")
NUMPY_MAGIC = b"\x93NUMPY"

# Pillow warns of oddities in damaged files. Whatever matters is raised as an
# ImageError here; the rest would only litter a batch's messages.
warnings.filterwarnings("ignore", module=r"PIL\.")

# EXIF orientation: how the stored rows have to be turned to stand upright.
UPRIGHT = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: a.swapaxes(0, 1)[:, ::-1],
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: a.swapaxes(0, 1)[::-1],
}
ORIENTATION = 0x0112


def read_image(
    source: str | os.PathLike | bytes | BinaryIO,
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

    Raises
    ------
    ImageError
        If the picture cannot be read, whatever the decoder has to say.
    """
    label = name if name is not None else _label(source)
    try:
        content = _content(source)
    except OSError as error:
        raise ImageError(label, (error.strerror or str(error)).lower()) from None
    try:
        if content.read(6) == NUMPY_MAGIC:
            return _read_numpy(content, label, max_pixels)
        return _read_picture(content, label, max_pixels)
    except ImageError:
        raise
    except UnidentifiedImageError:
        raise ImageError(label, _unknown(content)) from None
    except Exception as error:  # decoders raise almost anything on damaged files
        raise ImageError(label, _damage(error)) from error


def _label(source: object) -> str:
    return os.fspath(source) if isinstance(source, str | os.PathLike) else "picture"


def _content(source: str | os.PathLike | bytes | BinaryIO) -> io.BytesIO:
    if isinstance(source, str | os.PathLike):
        return io.BytesIO(Path(source).read_bytes())
    return io.BytesIO(source if isinstance(source, bytes) else source.read())


def _damage(error: Exception) -> str:
    if "truncated" in str(error).lower():
        return "the file is cut short; copy it again from its source"
    return f"damaged or unsupported picture ({error})"


def _unknown(content: io.BytesIO) -> str:
    if not content.getbuffer().nbytes:
        return "the file is empty"
    return "not a picture; PNG, JPEG, TIFF, WebP, BMP, GIF, PNM and .npy can be read"


def _check_size(width: int, height: int, label: str, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise ImageError(
            label,
            f"{width:,} x {height:,} pixels are more than the limit of {max_pixels:,}; "
            "raise it with --max-pixels",
        )
    if width * height == 0:
        raise ImageError(label, "the picture has no pixels")


def _read_picture(content: io.BytesIO, label: str, max_pixels: int) -> np.ndarray:
    content.seek(0)
    # Pillow's own limit is one for the whole process; it must not be the lower one.
    Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS or 0, max_pixels)
    try:
        with Image.open(content, formats=FORMATS) as picture:
            _check_size(*picture.size, label, max_pixels)
            orientation = _orientation(picture)
            array = _to_array(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageError(
            label, f"more pixels than the limit of {max_pixels:,}; raise it with --max-pixels"
        ) from None
    turn = UPRIGHT.get(orientation)
    return np.ascontiguousarray(turn(array) if turn else array)


def _orientation(picture: Image.Image) -> int:
    try:
        return picture.getexif().get(ORIENTATION, 1)
    except Exception:  # a broken EXIF block costs the orientation, not the picture
        return 1


def _to_array(picture: Image.Image) -> np.ndarray:
    mode, transparent = picture.mode, "transparency" in picture.info
    if mode.startswith("I;16"):
        return np.array(picture).astype(np.uint16)
    if mode == "I":
        values = np.array(picture)
        fits = values.min() >= 0 and values.max() <= 65535
        return values.astype(np.uint16 if fits else np.float32)
    if mode == "F":
        return np.array(picture, dtype=np.float32)
    if mode in ("1", "L"):
        return np.array(picture.convert("LA" if transparent else "L"))
    if mode in ("LA", "La"):
        return np.array(picture.convert("LA"))
    keeps_alpha = transparent or mode in ("RGBA", "RGBa", "PA")
    return np.array(picture.convert("RGBA" if keeps_alpha else "RGB"))


def _read_numpy(content: io.BytesIO, label: str, max_pixels: int) -> np.ndarray:
    content.seek(0)
    version = np.lib.format.read_magic(content)
    header = np.lib.format.read_array_header_1_0
    header = header if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = header(content)
    if len(shape) not in (2, 3) or dtype.kind not in "buif":
        raise ImageError(label, f"an array {shape} of {dtype} is no picture; (H, W[, C]) is one")
    _check_size(shape[1], shape[0], label, max_pixels)
    content.seek(0)
    array = np.lib.format.read_array(content, allow_pickle=False)
    kept = array.dtype in (np.uint8, np.uint16)
    return np.ascontiguousarray(array if kept else array.astype(np.float32))
