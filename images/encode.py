"""Arrays to picture files."""

import io
import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from .atomic import atomic_file
from .errors import ImageError

# What each format holds: channels by dtype. A .npy file holds everything.
HOLDS = {
    "PNG": {"uint8": (1, 2, 3, 4), "uint16": (1,)},
    "JPEG": {"uint8": (1, 3)},
    "TIFF": {"uint8": (1, 2, 3, 4), "uint16": (1,), "float32": (1,)},
    "WEBP": {"uint8": (1, 3, 4)},
    "BMP": {"uint8": (1, 3)},
    "PGM": {"uint8": (1,), "uint16": (1,)},
    "PPM": {"uint8": (1, 3), "uint16": (1,)},
    "GIF": {"uint8": (1, 3)},
}
DTYPES = ("uint8", "uint16", "float32")
LONGEST_SIDE = {"JPEG": 65_500, "WEBP": 16_383, "GIF": 65_535}
FORMAT_OF_SUFFIX = {
    "png": "PNG",
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "tif": "TIFF",
    "tiff": "TIFF",
    "webp": "WEBP",
    "bmp": "BMP",
    "pgm": "PGM",
    "ppm": "PPM",
    "pnm": "PPM",
    "gif": "GIF",
    "npy": "NPY",
}
PILLOW = {"PGM": "PPM"}
# Level 1 writes a PNG several times faster than level 6 and some 10 % larger.
SETTINGS = {
    "PNG": {"compress_level": 1},
    "JPEG": {"quality": 92},
    "WEBP": {"quality": 92},
}


def write_image(
    target: str | os.PathLike | BinaryIO,
    image: np.ndarray,
    *,
    format: str | None = None,
    overwrite: bool = False,
) -> None:
    """Write one picture, whole or not at all.

    Parameters
    ----------
    target : path or binary file
    image : ndarray, (H, W) or (H, W, C), uint8, uint16 or float32
        Two and four channels end with alpha. uint16 goes to gray PNG, TIFF and
        PGM, float32 to gray TIFF, everything to .npy.
    format : str, optional
        A suffix such as ``png``; the target's when left out.
    overwrite : bool
        Whether a file may stand there already.

    Raises
    ------
    ImageError
        If the format is unknown or cannot hold such an image.
    EdgewiseError
        If the file exists and `overwrite` is false.
    OSError
        If the file cannot be written.
    """
    is_path = isinstance(target, str | os.PathLike)
    label = os.fspath(target) if is_path else "picture"
    suffix = (format or Path(label).suffix).removeprefix(".").lower()
    content = encode_image(image, suffix, label)
    if not isinstance(target, str | os.PathLike):
        target.write(content)
        return
    with atomic_file(target, overwrite=overwrite) as file:
        file.write(content)


def encode_image(image: np.ndarray, suffix: str, label: str = "picture") -> bytes:
    """Return the bytes of a picture file; see `write_image`."""
    if suffix not in FORMAT_OF_SUFFIX:
        known = ", ".join(FORMAT_OF_SUFFIX)
        raise ImageError(label, f'no picture format "{suffix}"; there are {known}')
    kind = FORMAT_OF_SUFFIX[suffix]
    planes = _check(image, kind, label)
    content = io.BytesIO()
    if kind == "NPY":
        np.save(content, planes, allow_pickle=False)
        return content.getvalue()
    try:
        Image.fromarray(planes).save(
            content, format=PILLOW.get(kind, kind), **SETTINGS.get(kind, {})
        )
    except (ValueError, OSError, OverflowError) as error:
        raise ImageError(label, f"{kind} cannot hold this picture ({error})") from error
    return content.getvalue()


def _check(image: np.ndarray, kind: str, label: str) -> np.ndarray:
    if image.ndim not in (2, 3) or image.size == 0:
        raise ImageError(label, f"an array of shape {image.shape} is no picture")
    channels = 1 if image.ndim == 2 else image.shape[2]
    holds = (channels,) if kind == "NPY" else HOLDS[kind].get(image.dtype.name, ())
    if image.dtype.name not in DTYPES or channels not in holds:
        raise ImageError(label, _refusal(kind, image.dtype.name, channels))
    longest = LONGEST_SIDE.get(kind)
    if longest and max(image.shape[:2]) > longest:
        raise ImageError(
            label, f"{kind} holds at most {longest:,} pixels a side; PNG and TIFF hold more"
        )
    native = image.astype(image.dtype.newbyteorder("="), order="C", copy=False)
    return native[:, :, 0] if native.ndim == 3 and channels == 1 else native


def _refusal(kind: str, dtype: str, channels: int) -> str:
    if dtype not in DTYPES:
        return f"pictures are uint8, uint16 or float32, not {dtype}; convert the array first"
    what = {1: "gray", 2: "gray with alpha", 3: "RGB", 4: "RGB with alpha"}.get(
        channels, f"{channels} channels"
    )
    able = [name for name, holds in HOLDS.items() if channels in holds.get(dtype, ())]
    return f"{kind} cannot hold {what} of {dtype}; {', '.join([*able, '.npy'])} can"
