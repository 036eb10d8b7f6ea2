"""Which way up a picture is stored, and how to turn it."""

import numpy as np
from PIL import Image

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
SIDEWAYS = (5, 6, 7, 8)
ORIENTATION = 0x0112


def orientation_of(picture: Image.Image) -> int:
    """Return a picture's EXIF orientation, 1 (upright) to 8."""
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # a broken EXIF block costs the orientation, not the picture
        return 1


def turned(image: np.ndarray, orientation: int) -> np.ndarray:
    """Return an image upright, in order in memory."""
    turn = UPRIGHT.get(orientation)
    return np.ascontiguousarray(turn(image) if turn else image)


def is_sideways(orientation: int) -> bool:
    """Say whether turning a picture swaps its rows and columns."""
    return orientation in SIDEWAYS
