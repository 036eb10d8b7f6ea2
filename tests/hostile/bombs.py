"""Files that are small, and would be large in memory if they were believed."""

import gzip
import struct
import zlib
from collections.abc import Iterator

import numpy as np

from .pictures import png
from .tiff_files import DEFLATE, LONG, Layout, tiff

MANY = 178_956_970  # pixels: as many as are read unless --max-pixels says otherwise
LONG_TEXT = 1 << 26
DTYPES = (
    "'|O'", "'<c16'", "'|V9999999'", "'<U99999999'", "None", "[('a', '<f4')]", "'<m8'", "7",
    "'|S0'", "'|b1'", "'>f2'", "'<f16'", "[[[]]]", "'(9,9)<f4'",
)  # fmt: skip


def bombs() -> Iterator[tuple[str, bytes]]:
    """Yield (file name, content)."""
    yield from _pngs()
    yield from _arrays()
    yield from _tiffs()
    for axes, shape in ((3, (60_000, 1000, 1000)), (4, (2**32 - 1,) * 4), (1, (2**32 - 1,))):
        head = struct.pack(f">4B{axes}I", 0, 0, 8, axes, *shape)
        yield f"promise-images-idx{axes}-ubyte", head + bytes(99)
        yield f"promise-{axes}-images-idx{axes}-ubyte.gz", gzip.compress(head + bytes(99), mtime=0)
    head = struct.pack(">4B3I", 0, 0, 8, 3, 1, 8, 8)
    yield "inflates-images-idx3-ubyte.gz", gzip.compress(head + bytes(LONG_TEXT), mtime=0)
    for name, start in (("pnm", b"P6 %d %d 255\n"), ("pgm", b"P5 %d %d 65535\n")):
        for sides in ((1, MANY), (MANY, 1), (10**9, 10**9), (-1, 5), (0, 5)):
            yield f"sides-{sides[0]}-{sides[1]}.{name}", start % sides + bytes(99)
    yield "digits.ppm", b"P6 " + b"9" * 100_000 + b" 3 255\n"
    yield "comment.ppm", b"P6 #" + b"x" * 1_000_000


def _pngs() -> Iterator[tuple[str, bytes]]:
    pixels = zlib.compress(b"\0" * 13)
    for width, height in (
        (MANY, 1),
        (1, MANY),
        (MANY + 1, 1),
        (2**31 - 1, 2**31 - 1),
        (13_377,) * 2,
    ):
        yield f"lies-{width}x{height}.png", png(width, height, pixels)
        yield f"lies-{width}x{height}-16.png", png(width, height, pixels, depth=16, colour=6)
    packer = zlib.compressobj(9)
    row = b"".join(packer.compress(bytes(10**6)) for _ in range(20)) + packer.flush()
    yield "one-row.png", png(20 * 10**6 - 1, 1, row)
    yield "one-column.png", png(1, 10**7, row)
    yield "more-pixels.png", png(2, 2, row)
    yield "more-pixels-16.png", png(2, 2, row, depth=16, colour=6)
    text = zlib.compress(bytes(LONG_TEXT))
    small = zlib.compress(bytes(6))
    for kind, start in (
        (b"iCCP", b"icc\0\0"),
        (b"zTXt", b"Comment\0\0"),
        (b"iTXt", b"Comment\0\1\0\0\0"),
    ):
        yield f"bomb-{kind.decode()}.png", png(2, 2, small, before=[(kind, start + text)])
    yield "many-chunks.png", png(2, 2, small, before=[(b"tEXt", b"a\0b")] * 20_000)


def _arrays() -> Iterator[tuple[str, bytes]]:
    sides = (0, -1, 1, 2**31, 2**63, 10**30)
    shapes = [f"({a}, {b})" for a in sides for b in sides]
    shapes += ["()", "(2,)", "(1, 2, 3, 4)", "None", "'ab'", "(2.5, 2)", "[2, 2]", "(True, 2)"]
    shapes += ["(" * 5000 + ")" * 5000, "(2, 2" * 90 + ")" * 90, "(1, " * 150 + ")" * 150]
    start = "'descr': '|u1', 'fortran_order': False, 'shape': "
    for number, shape in enumerate(shapes):
        yield f"shape-{number:03}.npy", _npy(f"{start}{shape}")
    for number, kind in enumerate(DTYPES):
        end = "'fortran_order': False, 'shape': (2, 2)"
        yield f"descr-{number:03}.npy", _npy(f"'descr': {kind}, {end}")
    order = "'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4)"
    yield "fortran.npy", _npy(order)
    yield "no-keys.npy", _npy("")
    yield "not-python.npy", _npy("'descr': __import__('os').abort()")
    yield "nul.npy", _npy("'descr': '\0'")
    yield "long-header.npy", _npy(order + " " * 60_000)
    for version in ((2, 0), (3, 0), (9, 9)):
        head = b"\x93NUMPY" + bytes(version) + struct.pack("<I", 2**32 - 1)
        yield f"version-{version[0]}.npy", head + b"{'descr': '|u1'}"


def _npy(inside: str) -> bytes:
    head = b"{" + inside.encode() + b"}\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head + bytes(99)


def _tiffs() -> Iterator[tuple[str, bytes]]:
    packed = zlib.compress(bytes(LONG_TEXT))
    for dtype in (np.uint8, np.uint16, np.float32):
        name, image = np.dtype(dtype).name, np.zeros((8, 8, 3), dtype)
        for sides in ((1, MANY), (MANY, 1), (13_000, 13_000)):
            size = {256: (LONG, [sides[0]]), 257: (LONG, [sides[1]])}
            yield f"lies-{sides[0]}x{sides[1]}-{name}.tif", tiff(image, Layout(extra=size))
            tiled = Layout(tile=(16, 16), compression=DEFLATE, extra=size)
            yield f"lies-{sides[0]}x{sides[1]}-{name}-tiles.tif", tiff(image, tiled)
        large = {322: (LONG, [2**31 - 16]), 323: (LONG, [2**31 - 16])}
        yield f"huge-tiles-{name}.tif", tiff(image, Layout(tile=(16, 16), extra=large))
        whole = tiff(image, Layout(compression=DEFLATE))
        strip = {273: (LONG, [len(whole)]), 279: (LONG, [len(packed)])}
        yield f"inflates-{name}.tif", tiff(image, Layout(compression=DEFLATE, extra=strip)) + packed
        for tag in (273, 279):
            many = {tag: (LONG, list(range(10_000)))}
            yield f"many-{tag}-{name}.tif", tiff(image, Layout(rows=1, extra=many))
    loop = bytearray(tiff(np.zeros((8, 8), np.uint8)))
    (start,) = struct.unpack_from("<I", loop, 4)
    (count,) = struct.unpack_from("<H", loop, start)
    struct.pack_into("<I", loop, start + 2 + 12 * count, start)
    yield "loop-of-directories.tif", bytes(loop)
