"""What a picture file says besides its pixels and is kept: colour profile and resolution.

Orientation is not among it: `read_image` turns the picture upright, so that the
written file must not say it lies on its side. Nothing else of EXIF is kept.
"""

from dataclasses import dataclass

from .tiff_tags import ICC, ORIENTATION, UNIT, X_DPI, Y_DPI, Tags

# Which colour spaces of a profile fit how many channels without alpha.
SPACES = {b"GRAY": 1, b"RGB ": 3}
LEAST_DPI, MOST_DPI = 0.01, 1e6
CENTIMETRES = 2.54  # in an inch
SHORTEST_PROFILE = 128  # bytes: its header
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

    def fitting(self, shape: tuple[int, ...]) -> "Metadata":
        """Return what fits an image: no profile of RGB for gray pixels, or of CMYK for any."""
        channels = 1 if len(shape) == 2 else shape[2]
        colours = {1: 1, 2: 1, 3: 3, 4: 3}.get(channels)
        fits = SPACES.get(self.icc[16:20]) == colours
        return self if fits or not self.icc else Metadata(b"", self.dpi)


NOTHING = Metadata()


def pillow_metadata(picture) -> Metadata:
    """Return what is kept of a picture that Pillow opened."""
    try:
        across, down = (float(value) for value in picture.info["dpi"])
        # Of a PNG file this decodes the picture.
        orientation = int(picture.getexif().get(0x0112, 1)) if across != down else 1
    except Exception:  # none there, or nonsense in a damaged header
        across = down = orientation = 0
    found = picture.info.get("icc_profile")
    return _metadata(found if isinstance(found, bytes) else b"", across, down, orientation)


def deep_tiff_metadata(tags: Tags) -> Metadata:
    """Return what is kept of a TIFF file that Pillow cannot open."""
    profile = tags[ICC].tobytes() if tags.has(ICC) else b""
    per_inch = {2: 1, 3: CENTIMETRES}.get(tags.one(UNIT), 0)
    across, down = (per_inch * _ratio(tags, tag) for tag in (X_DPI, Y_DPI))
    return _metadata(profile, across, down, tags.one(ORIENTATION))


def _ratio(tags: Tags, tag: int) -> float:
    if not tags.has(tag) or len(tags[tag]) < 2 or not tags[tag][1]:
        return 0.0
    return float(tags[tag][0]) / float(tags[tag][1])


def _metadata(profile: bytes, across: float, down: float, orientation: int) -> Metadata:
    icc = profile if len(profile) > SHORTEST_PROFILE else b""
    if not all(LEAST_DPI < value < MOST_DPI for value in (across, down)):
        return Metadata(icc, None)
    return Metadata(icc, (down, across) if orientation in ACROSS else (across, down))
