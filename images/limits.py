"""How large a picture may be."""

import os
from typing import BinaryIO

from .damage import CUT_SHORT
from .errors import ImageError

# Pillow's own limit, above which it takes a file for a decompression bomb.
MAX_PIXELS = 178_956_970


def check_size(width: int, height: int, label: str, max_pixels: int) -> None:
    """Raise ImageError if a picture has too many pixels, or none."""
    if width * height > max_pixels:
        raise ImageError(
            label,
            f"{width:,} x {height:,} pixels are more than the limit of {max_pixels:,}; "
            "raise it with --max-pixels",
        )
    if width * height <= 0:
        raise ImageError(label, "the picture has no pixels")


def file_size(file: BinaryIO) -> int:
    """Return how many bytes a file that can seek holds; it stays where it was."""
    place = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(place)
    return size


def check_promise(pixels: int, size: int, most: int, label: str) -> None:
    """Raise ImageError if a file is too short for its pixels, before memory is taken for them.

    Parameters
    ----------
    pixels : int
        Bytes that the header promises, at the least.
    size : int
        Bytes in the file.
    most : int
        Of how many bytes one in the file can tell.
    label : str
        The picture's name in errors.
    """
    if size * most < pixels:
        raise ImageError(label, CUT_SHORT)
