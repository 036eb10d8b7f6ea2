"""The formats of picture files: what they are called, what they hold, how they begin."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes
    ----------
    name : str
    suffixes : tuple of str
        With which it is written and read.
    holds : dict
        Channels by dtype; empty of .npy, which holds everything.
    read : tuple of str
        Suffixes with which it is only read.
    starts : tuple of bytes
        What its files start with.
    codec : str
        Pillow's name for it.
    longest_side : int, optional
        In pixels.
    most_of_one : int, optional
        Of how many bytes of pixels one byte of a file can tell.
    """

    name: str
    suffixes: tuple[str, ...]
    holds: dict[str, tuple[int, ...]] = field(default_factory=dict)
    read: tuple[str, ...] = ()
    starts: tuple[bytes, ...] = ()
    codec: str = ""
    longest_side: int | None = None
    most_of_one: int | None = None


_DEEP = ("uint8", "uint16", "float32")
_ANY = (1, 2, 3, 4)
NPY = Format("NPY", ("npy",))
# `most_of_one`: GIF's codes tell of some 2,700 bytes, Deflate's of 1,032, BMP's runs of 128.
FORMATS = (
    Format(
        "PNG", ("png",), dict.fromkeys(_DEEP[:2], _ANY),
        starts=(b"\x89PNG",), codec="PNG", most_of_one=1100,
    ),
    Format(
        "JPEG", ("jpg", "jpeg"), {"uint8": (1, 3)},
        starts=(b"\xff\xd8\xff",), codec="JPEG", longest_side=65_500,
    ),
    Format(
        "TIFF", ("tif", "tiff"), dict.fromkeys(_DEEP, _ANY),
        starts=(b"II*\0", b"MM\0*"), codec="TIFF",
    ),
    Format(
        "WEBP", ("webp",), {"uint8": (1, 3, 4)},
        starts=(b"RIFF",), codec="WEBP", longest_side=16_383,
    ),
    Format("BMP", ("bmp",), {"uint8": (1, 3)}, starts=(b"BM",), codec="BMP", most_of_one=300),
    Format("PGM", ("pgm",), {"uint8": (1,), "uint16": (1,)}, codec="PPM", most_of_one=8),
    Format(
        "PPM", ("ppm", "pnm"), {"uint8": (1, 3), "uint16": (1,)},
        read=("pbm",), codec="PPM", most_of_one=8,
    ),
    Format(
        "GIF", ("gif",), {"uint8": (1, 3)},
        starts=(b"GIF8",), codec="GIF", longest_side=65_535, most_of_one=3000,
    ),
    NPY,
)  # fmt: skip
OF_SUFFIX = {suffix: found for found in FORMATS for suffix in found.suffixes}
# In the order of what is met most.
CODECS = tuple(dict.fromkeys(found.codec for found in FORMATS if found.codec))
MOST_OF_ONE = {found.codec: found.most_of_one for found in FORMATS if found.most_of_one}
# What is looked for in folders: an array need not be a picture.
SUFFIXES = frozenset(
    f".{suffix}"
    for found in FORMATS
    if found is not NPY
    for suffix in (*found.suffixes, *found.read)
)
