"""What is wrong with a file that a picture decoder cannot read, in a user's words."""

from textwrap import shorten
from typing import BinaryIO

from .deflate import crc32
from .errors import ImageError
from .formats import FORMATS

CUT_SHORT = "the file is cut short; copy it again from its source"
# What Pillow says of a file that ends too early.
CUT_SHORT_WORDS = ("truncated", "not enough image data", "eof", "unexpected end")

# How many bytes of a file tell its format.
KNOWN = 64

# What a file starts with, for what people take for pictures: (place, bytes).
CONVERT = "convert it to PNG or JPEG"
OTHERS = {
    (4, b"ftyphe"): f"a HEIC file; {CONVERT}",
    (4, b"ftypmif1"): f"a HEIF file; {CONVERT}",
    (4, b"ftypavif"): f"an AVIF file; {CONVERT}",
    (0, b"\xff\x0a"): f"a JPEG XL file; {CONVERT}",
    (4, b"JXL "): f"a JPEG XL file; {CONVERT}",
    (4, b"jP  "): f"a JPEG 2000 file; {CONVERT}",
    (0, b"%PDF"): f"a PDF file; {CONVERT}",
    (0, b"%!PS"): f"a PostScript file; {CONVERT}",
    (0, b"8BPS"): f"a Photoshop file; {CONVERT}",
    (0, b"<svg"): f"an SVG file; {CONVERT}",
    (0, b"<?xml"): f"an SVG or XML file; {CONVERT}",
    (0, b"<!doctype html"): "a web page, not a picture; download the picture itself",
    (0, b"<html"): "a web page, not a picture; download the picture itself",
    (0, b"PK\x03\x04"): "a zip archive; unpack it",
    (0, b"\x1f\x8b"): "a gzip file; unpack it",
}
PNG_START = 8
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
PROFILES = (b"Raw profile type exif", b"XML:com.adobe.xmp")
PIECE = 1 << 20
LONGEST = 200  # characters of what a decoder says


def what_it_is(start: bytes) -> str:
    """Say why no decoder knows a file, from its first `KNOWN` bytes."""
    if not start:
        return "the file is empty"
    for kind in FORMATS:
        if start.startswith(kind.starts):
            return f"a damaged {kind.name} file, or one cut short; copy it again from its source"
    for (place, magic), what in OTHERS.items():
        # Web pages spell their tags either way.
        if magic in (start[place:][: len(magic)], start[: len(magic)].lower()):
            return what
    return "not a picture; PNG, JPEG, TIFF, WebP, BMP, GIF, PNM and .npy can be read"


def damage(error: Exception | str) -> str:
    """Say what a decoder's error means."""
    said = shorten(" ".join(str(error).split()), LONGEST) or type(error).__name__
    if any(words in said.lower() for words in CUT_SHORT_WORDS):
        return CUT_SHORT
    return f"damaged or unsupported ({said}); save it as PNG with an image editor, or leave it out"


def check_png(file: BinaryIO, label: str) -> bool:
    """Compare the checksums of a PNG's pixels, which Pillow passes over.

    Parameters
    ----------
    file : binary file
        One that can seek; left where it was.
    label : str
        The picture's name in errors.

    Returns
    -------
    bool
        Whether it has EXIF or XMP, which may say how the picture is turned.

    Raises
    ------
    ImageError
        If a chunk of pixels is not what was written, or is cut short.
    """
    before, may_be_turned = file.tell(), False
    place = file.seek(PNG_START)
    while len(head := file.read(8)) == 8 and head[4:] != b"IEND":
        length = int.from_bytes(head[:4], "big")
        if head[4:] == b"IDAT":
            _check_chunk(file, length, label)
        elif head[4:] in TEXTS:
            may_be_turned |= file.read(KNOWN).startswith(PROFILES)
        may_be_turned |= head[4:] == b"eXIf"
        place = file.seek(place + length + 12)
    file.seek(before)
    return may_be_turned


def _check_chunk(file: BinaryIO, length: int, label: str) -> None:
    found = crc32(b"IDAT")
    while length > 0:
        piece = file.read(min(length, PIECE))
        if not piece:
            raise ImageError(label, CUT_SHORT)
        found = crc32(piece, found)
        length -= len(piece)
    expected = file.read(4)
    if len(expected) < 4:
        raise ImageError(label, CUT_SHORT)
    if found != int.from_bytes(expected, "big"):
        raise ImageError(
            label, "damaged: its checksum does not match; copy it again from its source"
        )
