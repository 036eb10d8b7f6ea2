"""What picture files say of themselves, without being decoded."""

from dataclasses import dataclass
from math import prod

import numpy as np

from .metadata import NOTHING, Metadata

BYTES = np.dtype(np.uint8)


@dataclass(frozen=True)
class Header:
    """What a picture file says of itself.

    Attributes
    ----------
    format : str
        ``PNG``, ``JPEG``, ``TIFF``, ``WEBP``, ``BMP``, ``GIF``, ``PPM`` or ``NPY``.
    mode : str
        How the file stores its pixels: Pillow's mode, such as ``P`` for a
        palette or ``CMYK``; empty for NPY, and for TIFF that Pillow cannot read.
    orientation : int
        EXIF orientation, 1 (upright) to 8.
    frames : int
        How many pictures the file holds, of which only the first is read.
    """

    format: str
    mode: str
    orientation: int
    frames: int


@dataclass(frozen=True)
class Facts:
    """What is known of a picture before it is decoded.

    Attributes
    ----------
    metadata : Metadata
    shape : tuple of int
        Of what `read_image` gives, before it is turned upright: rows, columns and channels.
    dtype : dtype
    """

    metadata: Metadata = NOTHING
    shape: tuple[int, ...] = (0, 0, 0)
    dtype: np.dtype = BYTES

    @property
    def nbytes(self) -> int:
        """How much memory its pixels take when decoded."""
        return prod(self.shape) * self.dtype.itemsize
