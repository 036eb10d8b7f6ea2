"""Arrays to picture files."""

import io
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from .atomic import atomic_file
from .errors import EdgewiseError, ImageError, WordError
from .metadata import NOTHING, Metadata
from .png import write_png
from .tiff import write_tiff

# What each format holds: channels by dtype. A .npy file holds everything.
HOLDS = {
    "PNG": {"uint8": (1, 2, 3, 4), "uint16": (1, 2, 3, 4)},
    "JPEG": {"uint8": (1, 3)},
    "TIFF": {"uint8": (1, 2, 3, 4), "uint16": (1, 2, 3, 4), "float32": (1, 2, 3, 4)},
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
QUALITY = 92


@dataclass(frozen=True)
class Encoding:
    """How pictures are encoded.

    Attributes
    ----------
    quality : int, optional
        1 to 100, of JPEG and WebP; 92 when left out.
    compress : int, optional
        0 (none) to 9 (smallest), of PNG and TIFF. PNG is written fast, and TIFF
        not compressed, when left out.
    metadata : Metadata
        Colour profile and resolution, kept where the format and the image can.
    """

    quality: int | None = None
    compress: int | None = None
    metadata: Metadata = NOTHING

    def __post_init__(self) -> None:
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise EdgewiseError(f"quality {self.quality} is not from 1 to 100")
        if self.compress is not None and not 0 <= self.compress <= 9:
            raise EdgewiseError(f"compress {self.compress} is not from 0 (none) to 9 (smallest)")

    def settings(self, kind: str) -> dict[str, Any]:
        """Return what Pillow is told for a format."""
        found: dict[str, Any] = {}
        if kind in ("JPEG", "WEBP"):
            found["quality"] = self.quality or QUALITY
        if kind == "TIFF" and self.compress:
            found["compression"] = "tiff_adobe_deflate"
        if self.metadata.icc and kind in ("JPEG", "WEBP", "TIFF"):
            found["icc_profile"] = self.metadata.icc
        if self.metadata.dpi and kind in ("JPEG", "TIFF", "BMP"):
            found["dpi"] = self.metadata.dpi
        return found


PLAIN = Encoding()


def write_image(
    target: str | os.PathLike | BinaryIO,
    image: np.ndarray,
    *,
    format: str | None = None,
    overwrite: bool = False,
    encoding: Encoding = PLAIN,
) -> None:
    """Write one picture, whole or not at all.

    Parameters
    ----------
    target : path or binary file
    image : ndarray, (H, W) or (H, W, C), uint8, uint16 or float32
        Two and four channels end with alpha. uint16 goes to PNG, TIFF and
        PGM, float32 to TIFF, everything to .npy.
    format : str, optional
        A suffix such as ``png``; the target's when left out.
    overwrite : bool
        Whether a file may stand there already.
    encoding : Encoding
        Quality, compression and metadata.

    Raises
    ------
    WordError
        If the format is unknown.
    ImageError
        If it cannot hold such an image.
    EdgewiseError
        If the file exists and `overwrite` is false.
    OSError
        If the file cannot be written.
    """
    is_path = isinstance(target, str | os.PathLike)
    label = os.fspath(target) if is_path else "picture"
    suffix = (format or Path(label).suffix).removeprefix(".").lower()
    write = prepare_image(image, suffix, label, encoding)
    if not isinstance(target, str | os.PathLike):
        write(target)
        return
    with atomic_file(target, overwrite=overwrite) as file:
        write(file)


def encode_image(
    image: np.ndarray, suffix: str, label: str = "picture", encoding: Encoding = PLAIN
) -> bytes:
    """Return the bytes of a picture file; see `write_image`."""
    content = io.BytesIO()
    prepare_image(image, suffix, label, encoding)(content)
    return content.getvalue()


def prepare_image(
    image: np.ndarray, suffix: str, label: str, encoding: Encoding
) -> Callable[[BinaryIO], object]:
    """Return a function that writes the picture to a file; what is refused is refused now.

    See `write_image`.
    """
    _check_suffix(suffix, label)
    kind = FORMAT_OF_SUFFIX[suffix]
    planes = _check(image, kind, label)
    encoding = replace(encoding, metadata=encoding.metadata.fitting(planes))
    if kind == "NPY":
        return lambda file: _save_npy(file, planes)
    if kind == "PNG":
        compress, metadata = encoding.compress, encoding.metadata
        return lambda file: write_png(file, planes, compress=compress, metadata=metadata)
    if kind == "TIFF" and planes.ndim == 3 and planes.dtype != np.uint8:
        compress, metadata = encoding.compress, encoding.metadata
        return lambda file: write_tiff(file, planes, compress=compress, metadata=metadata)
    content = _by_pillow(planes, kind, label, encoding)
    return lambda file: file.write(content)


def check_picture_name(path: str | os.PathLike) -> None:
    """Raise WordError if a path does not end as pictures do."""
    _check_suffix(Path(path).suffix[1:].lower(), os.fspath(path))


def _check_suffix(suffix: str, label: str) -> None:
    if suffix not in FORMAT_OF_SUFFIX:
        known = ", ".join(FORMAT_OF_SUFFIX)
        raise WordError(f'{label}: no picture format "{suffix}"; there are {known}')


def _save_npy(file: BinaryIO, planes: np.ndarray) -> None:
    head = np.lib.format.header_data_from_array_1_0(planes)
    np.lib.format.write_array_header_1_0(file, head)
    for start in range(0, len(planes), step := max(1, len(planes) // 64)):
        file.write(planes[start : start + step].tobytes())


def _by_pillow(planes: np.ndarray, kind: str, label: str, encoding: Encoding) -> memoryview:
    content = io.BytesIO()
    try:
        Image.fromarray(planes).save(
            content, format=PILLOW.get(kind, kind), **encoding.settings(kind)
        )
    except (ValueError, OSError, OverflowError) as error:
        raise ImageError(label, f"{kind} cannot hold this picture ({error})") from error
    return content.getbuffer()


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
