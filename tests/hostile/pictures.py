"""Hostile picture files and data sets of every kind that is read.

Every header field is set to its extremes, every file is cut at many lengths and
has its bytes flipped, and what was seen to break other readers is there by name.
The same seed gives the same files.
"""

import gzip
import io
import random
import struct
import zlib
from collections.abc import Iterable, Iterator

import numpy as np
from PIL import Image

from .tiff_files import DEFLATE, Layout, tiff, tiff_fields

SEED = 20260
CUTS, FLIPS = 24, 24
MASKS = (0x01, 0x20, 0x80, 0xFF)  # the lowest bit, a letter's case, the highest bit, all
EXTREMES = {
    1: (0, 1, 0x7F, 0x80, 0xFF),
    2: (0, 1, 0x7FFF, 0x8000, 0xFFFF),
    4: (0, 1, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF),
}

Named = Iterator[tuple[str, bytes]]


def hostile_pictures(seed: int = SEED) -> Named:
    """Yield (file name, content) of several thousand hostile files, the same for a seed.

    Names are plain and differ; their suffix is the kind that a file claims to be.
    """
    from .manifests import hostile_manifests

    chance = random.Random(seed)
    for stem, suffix, content, fields in _originals():
        for number, mutant in enumerate(_mutants(content, fields, chance)):
            yield _name(stem, number, suffix), mutant
    yield from _by_name()
    yield from hostile_manifests()


def _name(stem: str, number: int, suffix: str) -> str:
    # An IDX file is told by the end of its name.
    tail = suffix if suffix.startswith("-") else f".{suffix}"
    return f"{stem}-{number:04}{tail}"


def _mutants(content: bytes, fields: Iterable, chance: random.Random) -> Iterator[bytes]:
    yield from _cuts(content, chance)
    yield from _flips(content, chance)
    yield from _extremes(content, fields)


def _cuts(content: bytes, chance: random.Random) -> Iterator[bytes]:
    lengths = {0, 1, len(content) - 1, *(chance.randrange(len(content)) for _ in range(CUTS))}
    yield from (content[:length] for length in sorted(lengths))


def _flips(content: bytes, chance: random.Random) -> Iterator[bytes]:
    for number in range(FLIPS):
        flipped = bytearray(content)
        # Half of them in the header, where they do most.
        within = min(len(content), 64) if number % 2 else len(content)
        flipped[chance.randrange(within)] ^= MASKS[number // 2 % len(MASKS)]
        yield bytes(flipped)


def _extremes(content: bytes, fields: Iterable) -> Iterator[bytes]:
    if content[:4] == b"\x89PNG":
        yield from _png_extremes(content)
        return
    for place, size in fields:
        for value in EXTREMES[size]:
            order = "big" if content[:2] in (b"MM", b"\xff\xd8", b"\0\0") else "little"
            changed = value.to_bytes(size, order)
            yield content[:place] + changed + content[place + size :]


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG file, with its checksum."""
    check = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + check


def png(width, height, pixels, *, depth=8, colour=0, before=(), head=None) -> bytes:
    """Return a PNG file whose header and compressed pixels may be at odds."""
    head = head or struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = [(b"IHDR", head), *before, (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)


def _png_extremes(content: bytes) -> Iterator[bytes]:
    """Change the header with its checksum set right, and the lengths of chunks."""
    head, rest = content[16:29], content[33:]
    for place, size in ((0, 4), (4, 4), *((i, 1) for i in range(8, 13))):
        for value in (*EXTREMES[size], 16, 3, 2):
            body = head[:place] + value.to_bytes(size, "big") + head[place + size :]
            yield content[:8] + chunk(b"IHDR", body) + rest
    place = 33
    while place < len(content):
        for value in EXTREMES[4]:
            yield content[:place] + value.to_bytes(4, "big") + content[place + 4 :]
        place += 12 + int.from_bytes(content[place : place + 4], "big")


def _originals() -> Iterator[tuple[str, str, bytes, list]]:
    """Yield (stem, suffix, content, fields) of whole files that will be damaged."""
    yield from _by_pillow()
    yield from _tiffs()
    array = np.arange(60, dtype=np.uint8)
    for stem, shape in (("idx", (3, 4, 5)), ("idx4", (3, 2, 5, 2)), ("labels", (60,))):
        head = struct.pack(f">4B{len(shape)}I", 0, 0, 8, len(shape), *shape)
        content, fields = head + array.tobytes(), [(0, 2), (2, 1), (3, 1)]
        fields += [(4 + 4 * i, 4) for i in range(len(shape))]
        yield stem, f"-images-idx{len(shape)}-ubyte", content, fields
        packed = gzip.compress(content, mtime=0)
        yield stem, f"-images-idx{len(shape)}-ubyte.gz", packed, [(0, 2), (2, 1), (3, 1), (4, 4)]
    for dtype in (np.uint8, np.uint16, np.float32, np.float64):
        content = io.BytesIO()
        np.save(content, np.arange(60).reshape(4, 5, 3).astype(dtype))
        fields = [(0, 4), (4, 2), (6, 1), (7, 1), (8, 2), *((i, 1) for i in range(10, 70, 3))]
        yield f"array-{np.dtype(dtype).name}", "npy", content.getvalue(), fields


def _by_pillow() -> Iterator[tuple[str, str, bytes, list]]:
    noise = np.random.default_rng(5).integers(0, 256, (12, 17, 4), np.uint8)
    kinds = {
        ("gray", "L"): ("png", "jpg", "tif", "bmp", "gif", "pgm"),
        ("colour", "RGB"): ("png", "jpg", "webp", "bmp", "ppm"),
        ("alpha", "RGBA"): ("png", "webp"),
        ("palette", "P"): ("png", "gif", "bmp"),
        ("bit", "1"): ("png", "tif", "pbm"),
        ("cmyk", "CMYK"): ("jpg", "tif"),
        ("deep", "I;16"): ("png", "tif", "pgm"),
    }
    for (stem, mode), suffixes in kinds.items():
        deep = Image.fromarray(noise[:, :, 0].astype(np.uint16) * 257)
        picture = deep if mode == "I;16" else Image.fromarray(noise).convert("RGB").convert(mode)
        for suffix in suffixes:
            content = _saved(picture, suffix, **({"exif": _exif()} if suffix == "jpg" else {}))
            yield stem, suffix, content, _fields(content)
    for way in ("tiff_lzw", "packbits", "jpeg"):
        content = _saved(Image.fromarray(noise[:, :, :3]), "tif", compression=way)
        yield way.replace("_", "-"), "tif", content, tiff_fields(content)


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def _saved(picture: Image.Image, suffix: str, **settings) -> bytes:
    names = {"jpg": "JPEG", "tif": "TIFF", "pgm": "PPM", "pbm": "PPM"}
    content = io.BytesIO()
    picture.save(content, names.get(suffix, suffix.upper()), **settings)
    return content.getvalue()


def _fields(content: bytes) -> list[tuple[int, int]]:
    if content[:2] in (b"II", b"MM"):
        return tiff_fields(content)
    if content[:2] == b"\xff\xd8":
        return _segments(content)
    if content[:1] == b"P":
        return [(i, 1) for i in range(min(14, len(content)))]
    length = 60 if content[:2] == b"BM" else 48
    return [(at, size) for size in (2, 4) for at in range(0, min(length, len(content) - 4), size)]


def _segments(content: bytes) -> list[tuple[int, int]]:
    """Return the fields of a JPEG's segments: marker, length, and the first that follow."""
    place, found = 2, []
    while place + 4 < len(content) and content[place] == 0xFF and content[place + 1] != 0xDA:
        found += [(place, 2), (place + 2, 2), *((place + i, 1) for i in range(4, 12))]
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return [*found, (place + 2, 2), *((place + i, 1) for i in range(4, 12))]


def _tiffs() -> Iterator[tuple[str, str, bytes, list]]:
    chance = np.random.default_rng(6)
    layouts = {
        "strips-8": (np.uint8, Layout(rows=4)),
        "strips-16": (np.uint16, Layout(order=">", rows=5)),
        "strips-float": (np.float32, Layout(rows=4)),
        "packed-16": (np.uint16, Layout(rows=4, compression=DEFLATE, predictor=2)),
        "packed-float": (np.float32, Layout(rows=4, compression=DEFLATE, predictor=3)),
        "tiles-8": (np.uint8, Layout(tile=(16, 16), compression=DEFLATE)),
        "tiles-float": (np.float32, Layout(tile=(16, 16))),
        "planes-16": (np.uint16, Layout(planes=True, rows=5)),
        "associated-16": (np.uint16, Layout(rows=4, extra={338: (3, [1])})),
    }
    for name, (dtype, layout) in layouts.items():
        content = tiff(chance.integers(0, 200, (12, 17, 4)).astype(dtype), layout)
        yield name, "tif", content, tiff_fields(content)


def _by_name() -> Named:
    """Yield what was seen to break a reader: bombs, lies and odd shapes."""
    from .bombs import bombs

    yield from bombs()
