"""Arrays to picture files, whole or by rows as they come."""

import io
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from .atomic import atomic_file
from .errors import EdgewiseError, ImageError, WordError
from .formats import FORMATS, OF_SUFFIX, Format
from .metadata import NOTHING, Metadata
from .png import PngRows
from .strips import Counted, Gathered, Rows, npy_rows
from .tiff import write_tiff

DTYPES = ("uint8", "uint16", "float32")
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
    with picture_writer(
        target, image.shape, image.dtype, format=format, overwrite=overwrite, encoding=encoding
    ) as writer:
        writer.rows(image)


def picture_writer(
    target: str | os.PathLike | BinaryIO,
    shape: tuple[int, ...],
    dtype: np.dtype,
    *,
    format: str | None = None,
    overwrite: bool = False,
    encoding: Encoding = PLAIN,
) -> AbstractContextManager[Rows]:
    """Write one picture by rows as they come, whole or not at all.

    PNG and .npy are encoded and written while rows come; of other formats the
    rows are gathered until the end of the ``with`` block. What the format cannot
    hold is refused at once.

    Parameters
    ----------
    target, format, overwrite, encoding
        As for `write_image`.
    shape : tuple of int
        (H, W) or (H, W, C): of all rows together.
    dtype : dtype

    Returns
    -------
    context manager
        Its ``rows(array)`` writes (h, W) or (h, W, C), of any h, until there are H.

    Raises
    ------
    EdgewiseError, OSError
        As `write_image`.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> with picture_writer(io.BytesIO(), (6, 8), np.dtype("uint8"), format="png") as writer:
    ...     for strip in (np.zeros((2, 8), np.uint8), np.ones((4, 8), np.uint8)):
    ...         writer.rows(strip)
    """
    is_path = isinstance(target, str | os.PathLike)
    label = os.fspath(target) if is_path else "picture"
    suffix = (format or Path(label).suffix).removeprefix(".").lower()
    encoder = Encoder(shape, dtype, suffix, label, encoding)
    if isinstance(target, str | os.PathLike):
        return _into_place(encoder, target, overwrite)
    return encoder.into(target)


@contextmanager
def _into_place(encoder: "Encoder", path: str | os.PathLike, overwrite: bool) -> Iterator[Rows]:
    with atomic_file(path, overwrite=overwrite) as file, encoder.into(file) as writer:
        yield writer


def encode_image(
    image: np.ndarray, suffix: str, label: str = "picture", encoding: Encoding = PLAIN
) -> bytes:
    """Return the bytes of a picture file; see `write_image`."""
    content = io.BytesIO()
    with Encoder(image.shape, image.dtype, suffix, label, encoding).into(content) as writer:
        writer.rows(image)
    return content.getvalue()


def format_named(suffix: str, label: str) -> Format:
    """Return the format of a suffix, without its dot; raise WordError if there is none."""
    if suffix not in OF_SUFFIX:
        known = ", ".join(OF_SUFFIX)
        raise WordError(f'{label}: no picture format "{suffix}"; there are {known}')
    return OF_SUFFIX[suffix]


def check_picture_name(path: str | os.PathLike) -> None:
    """Raise WordError if a path does not end as pictures do."""
    format_named(Path(path).suffix[1:].lower(), os.fspath(path))


class Encoder:
    """One picture to be encoded; what its format cannot hold is refused now.

    Parameters are those of `picture_writer`; `label` is the picture's name in errors.
    """

    def __init__(
        self, shape: tuple[int, ...], dtype: np.dtype, suffix: str, label: str, encoding: Encoding
    ):
        self._format, self._label = format_named(suffix, label), label
        _check(shape, dtype, self._format, label)
        # One channel is none.
        self._shape = shape[:2] if shape[2:] == (1,) else shape
        self._dtype = dtype.newbyteorder("=")
        metadata = encoding.metadata.fitting(shape)
        self._encoding = replace(encoding, metadata=metadata)

    @contextmanager
    def into(self, file: BinaryIO) -> Iterator[Rows]:
        """Take rows and write their file."""
        with self._rows(file) as encoded:
            counted = Counted(encoded, self._shape, self._dtype)
            yield counted
            counted.finish()

    def _rows(self, file: BinaryIO) -> Any:
        name, encoding = self._format.name, self._encoding
        if name == "PNG":
            return PngRows(
                file, self._shape, self._dtype,
                compress=encoding.compress, metadata=encoding.metadata,
            )  # fmt: skip
        return npy_rows(file, self._shape, self._dtype) if name == "NPY" else self._whole(file)

    @contextmanager
    def _whole(self, file: BinaryIO) -> Iterator[Rows]:
        gathered = Gathered(self._shape, self._dtype)
        yield gathered
        planes, encoding = gathered.image, self._encoding
        if self._format.name == "TIFF" and planes.ndim == 3 and planes.dtype != np.uint8:
            write_tiff(file, planes, compress=encoding.compress, metadata=encoding.metadata)
        else:
            file.write(_by_pillow(planes, self._format, self._label, encoding))


def _by_pillow(planes: np.ndarray, kind: Format, label: str, encoding: Encoding) -> memoryview:
    content = io.BytesIO()
    try:
        Image.fromarray(planes).save(content, format=kind.codec, **encoding.settings(kind.name))
    except (ValueError, OSError, OverflowError) as error:
        raise ImageError(label, f"{kind.name} cannot hold this picture ({error})") from error
    return content.getbuffer()


def _check(shape: tuple[int, ...], dtype: np.dtype, kind: Format, label: str) -> None:
    if len(shape) not in (2, 3) or 0 in shape:
        raise ImageError(label, f"an array of shape {shape} is no picture")
    channels = 1 if len(shape) == 2 else shape[2]
    holds = kind.holds.get(dtype.name, ()) if kind.holds else (channels,)
    if dtype.name not in DTYPES or channels not in holds:
        raise ImageError(label, _refusal(kind, dtype.name, channels))
    longest = kind.longest_side
    if longest and max(shape[:2]) > longest:
        raise ImageError(
            label, f"{kind.name} holds at most {longest:,} pixels a side; PNG and TIFF hold more"
        )


def _refusal(kind: Format, dtype: str, channels: int) -> str:
    if dtype not in DTYPES:
        return f"pictures are uint8, uint16 or float32, not {dtype}; convert the array first"
    what = {1: "gray", 2: "gray with alpha", 3: "RGB", 4: "RGB with alpha"}.get(
        channels, f"{channels} channels"
    )
    able = [one.name for one in FORMATS if channels in one.holds.get(dtype, ())]
    return f"{kind.name} cannot hold {what} of {dtype}; {', '.join([*able, '.npy'])} can"
