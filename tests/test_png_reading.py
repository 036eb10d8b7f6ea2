"""PNG pictures that are read without Pillow, against Pillow and the definition of the filters."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from PIL import Image, PngImagePlugin

from edgewise import ImageError, read_image
from edgewise.images import png_reading

RNG = np.random.default_rng(6)
COLOUR = {1: 0, 2: 4, 3: 2, 4: 6}


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch):
    """Small pictures go the way of large ones, in many blocks."""
    monkeypatch.setattr(png_reading, "LARGE", 0)
    monkeypatch.setattr(png_reading, "BLOCK", 100)
    monkeypatch.setattr(png_reading, "PIECE", 13)


def chunk(kind, content):
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def filtered(image, kinds):
    """Filter rows by the definition in PNG's specification."""
    step = image.shape[2]
    rows = image.reshape(len(image), -1).astype(int)
    above = np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    left, corner = (np.pad(a, ((0, 0), (step, 0)))[:, :-step] for a in (rows, above))
    guess = left + above - corner
    near = np.argmin([abs(guess - a) for a in (left, above, corner)], axis=0)
    paeth = np.choose(near, [left, above, corner])
    takes = [0 * rows, left, above, (left + above) // 2, paeth]
    lines = [bytes([k, *((rows[i] - takes[k][i]) % 256)]) for i, k in enumerate(kinds)]
    return b"".join(lines)


def png(image, stream, *behind):
    height, width, channels = image.shape
    head = struct.pack(">IIBBBBB", width, height, 8, COLOUR[channels], 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", stream), *behind, chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=40), st.integers(1, 4), st.integers(1, 9),
    st.sampled_from([2, 4]),
)  # fmt: skip
def test_every_filter_in_every_order(kinds, channels, width, highest):
    image = RNG.integers(0, 256, (len(kinds), width, channels), np.uint8)
    kinds = [min(kind, highest) for kind in kinds]
    content = png(image, zlib.compress(filtered(image, kinds)))
    result = png_reading.read_png(io.BytesIO(content), "x")
    assert_array_equal(result, image if channels > 1 else image[:, :, 0])
    assert_array_equal(result, np.asarray(Image.open(io.BytesIO(content))))


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        *[(mode, {}) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")],
        *[(mode, {"compress_level": 9}) for mode in ("L", "RGB", "RGBA")],
        *[(mode, {"transparency": 3}) for mode in ("L", "P")],
    ],
)
def test_whatever_pillow_writes_is_read_as_pillow_reads_it(mode, options, monkeypatch):
    values = RNG.integers(0, 256, (30, 41, 4), np.uint8)
    picture = Image.fromarray(values).convert("L" if mode == "I;16" else mode)
    content = io.BytesIO()
    picture.convert(mode).save(content, "PNG", **options)
    result = read_image(content.getvalue())
    monkeypatch.setattr(png_reading, "LARGE", 1 << 30)
    assert_array_equal(result, read_image(content.getvalue()))


def test_what_is_damaged_is_left_to_pillow():
    image = RNG.integers(0, 256, (9, 7, 3), np.uint8)
    stream = zlib.compress(filtered(image, [1] * 9))
    for bad in (stream[:-30], b"\x78\x01" + stream, zlib.compress(b"\7" * 22 * 9)):
        assert png_reading.read_png(io.BytesIO(png(image, bad)), "x") is None
        with pytest.raises(ImageError):
            read_image(png(image, bad))


@pytest.mark.parametrize("behind", [False, True])
def test_exif_turns_the_picture_wherever_it_stands(behind):
    image = RNG.integers(0, 256, (9, 7, 3), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    if behind:
        turning = chunk(b"eXIf", exif.tobytes()[6:])
        content = png(image, zlib.compress(filtered(image, [2] * 9)), turning)
    else:
        file = io.BytesIO()
        text = PngImagePlugin.PngInfo()
        text.add_text("Software", "none")
        Image.fromarray(image).save(file, "PNG", exif=exif, pnginfo=text)
        content = file.getvalue()
    assert_array_equal(read_image(content), image.swapaxes(0, 1)[:, ::-1])
