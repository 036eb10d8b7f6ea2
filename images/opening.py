"""Opening what may be a picture, with one kind of error for whatever goes wrong."""

import io
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from typing import BinaryIO

# Pillow finds these two only by loading some forty formats that are refused anyway.
from PIL import (
    Image,
    TiffImagePlugin,  # noqa: F401
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

from .damage import KNOWN, damage, what_it_is
from .errors import DataError, ImageError
from .formats import CODECS, MOST_OF_ONE
from .limits import check_promise, file_size
from .regular import MOST_PIPED, IrregularError, open_regular, read_at_most

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


def label_of(source: Source) -> str:
    """Return what a source is called in errors."""
    return os.fspath(source) if isinstance(source, str | os.PathLike) else "picture"


@contextmanager
def one_error(label: str) -> Iterator[None]:
    """Turn whatever goes wrong into an `ImageError` of a picture."""
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


@contextmanager
def opened(source: Source, label: str) -> Iterator[BinaryIO]:
    """Open a source as a file that can be read more than once."""
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif not isinstance(source, str | os.PathLike):
        try:
            content = read_at_most(source, MOST_PIPED, label)
        except DataError as error:
            raise ImageError(label, str(error).removeprefix(f"{label}: ")) from None
        yield io.BytesIO(content)
    elif "\0" in os.fspath(source):
        raise ImageError(label, "no path; it holds a zero byte")
    else:
        try:
            file = open_regular(source)
        except IrregularError as error:
            raise ImageError(label, error.reason) from None
        with file:
            yield file


def check_promise_of(picture: Image.Image, file: BinaryIO, label: str) -> None:
    """Refuse a picture that its file is too short for, before memory is taken."""
    if picture.format in MOST_OF_ONE:
        # Of palettes and grays a pixel may have one bit.
        least = prod(picture.size) // (8 if picture.mode in ("1", "L", "P") else 1)
        check_promise(least, file_size(file), MOST_OF_ONE[picture.format], label)


def open_picture(file: BinaryIO, label: str) -> Image.Image:
    """Open a file with Pillow, which reads its header."""
    file.seek(0)
    start = file.read(KNOWN)
    file.seek(0)
    try:
        return Image.open(file, formats=CODECS)
    except UnidentifiedImageError:
        raise ImageError(label, what_it_is(start)) from None
