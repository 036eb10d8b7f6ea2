"""What a picture file says besides its pixels and is kept: colour profile and resolution.

Orientation is not among it: `read_image` turns the picture upright, so that the
written file must not say it lies on its side. Nothing else of EXIF is kept.
"""

from dataclasses import dataclass

import numpy as np

from .decode import Source, open_header

# Which colour spaces of a profile fit how many channels without alpha.
SPACES = {b"GRAY": 1, b"RGB ": 3}
LEAST_DPI, MOST_DPI = 0.01, 1e6
ACROSS = {5, 6, 7, 8}  # the orientations that swap width and height


@dataclass(frozen=True)
class Metadata:
    """What is kept of a picture file.

    Attributes
    ----------
    icc : bytes
        The embedded ICC colour profile; empty where there is none.
    dpi : (float, float) or None
        Pixels per inch along the width and the height of the upright picture.
    """

    icc: bytes = b""
    dpi: tuple[float, float] | None = None

    def fitting(self, image: np.ndarray) -> "Metadata":
        """Return what fits an image: no profile of RGB for gray pixels, or of CMYK for any."""
        channels = 1 if image.ndim == 2 else image.shape[2]
        colours = {1: 1, 2: 1, 3: 3, 4: 3}.get(channels)
        fits = SPACES.get(self.icc[16:20]) == colours
        return self if fits or not self.icc else Metadata(b"", self.dpi)


NOTHING = Metadata()


@dataclass(frozen=True)
class Facts:
    """What is known of a picture before it is decoded.

    Attributes
    ----------
    metadata : Metadata
    nbytes : int
        How much memory its pixels take when decoded.
    """

    metadata: Metadata = NOTHING
    nbytes: int = 0


def read_facts(source: Source) -> Facts:
    """Read what a file says of its pixels, without decoding them.

    Returns
    -------
    Facts
        Nothing, of a file that cannot be read: reading the picture will say why.
    """
    try:
        with open_header(source) as picture:
            if picture is None:
                return Facts()
            width, height = picture.size
            depth = 2 if picture.mode.startswith("I;16") else 4 if picture.mode in "IF" else 1
            channels = len(picture.getbands())
            found = Metadata(_profile(picture), _resolution(picture))
            return Facts(found, width * height * channels * depth)
    except (ValueError, OSError):
        return Facts()


def _profile(picture) -> bytes:
    found = picture.info.get("icc_profile")
    return bytes(found) if isinstance(found, bytes) and len(found) > 128 else b""


def _resolution(picture) -> tuple[float, float] | None:
    try:
        across, down = (float(value) for value in picture.info["dpi"])
        turned = int(picture.getexif().get(0x0112, 1)) in ACROSS
    except Exception:  # none there, or nonsense in a damaged header
        return None
    if not all(LEAST_DPI < value < MOST_DPI for value in (across, down)):
        return None
    return (down, across) if turned else (across, down)
