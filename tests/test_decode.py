"""Reading pictures: every kind, and every kind of damage."""

import io
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from edgewise import ImageError, read_image

RNG = np.random.default_rng(3)
GRAY = RNG.integers(0, 256, (24, 31), np.uint8)
RGB = RNG.integers(0, 256, (24, 31, 3), np.uint8)
RGBA = RNG.integers(0, 256, (24, 31, 4), np.uint8)


def encoded(image, format_, **settings):
    content = io.BytesIO()
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    image.save(content, format_, **settings)
    return content.getvalue()


LOSSLESS = [("PNG", {}), ("TIFF", {}), ("BMP", {}), ("PPM", {}), ("WEBP", {"lossless": True})]


@pytest.mark.parametrize(("format_", "settings"), LOSSLESS)
def test_rgb(format_, settings):
    assert_array_equal(read_image(encoded(RGB, format_, **settings)), RGB)


@pytest.mark.parametrize("format_", ["PNG", "TIFF", "BMP", "PPM", "GIF"])
def test_gray(format_):
    result = read_image(encoded(GRAY, format_))
    expected = GRAY if result.ndim == 2 else np.repeat(GRAY[:, :, None], 3, axis=2)
    assert_array_equal(result, expected)


def test_jpeg():
    smooth = np.add.outer(np.arange(32), np.arange(40)).astype(np.uint8)
    assert_allclose(read_image(encoded(smooth, "JPEG", quality=98)), smooth, atol=4)


def test_alpha():
    assert_array_equal(read_image(encoded(RGBA, "PNG")), RGBA)
    assert_array_equal(read_image(encoded(RGBA[:, :, :2], "PNG")), RGBA[:, :, :2])


def test_one_bit():
    image = Image.fromarray(GRAY).convert("1", dither=Image.Dither.NONE)
    expected = np.where(np.array(image), 255, 0).astype(np.uint8)
    assert_array_equal(read_image(encoded(image, "PNG")), expected)
    assert_array_equal(read_image(encoded(image, "TIFF")), expected)


def test_palette_with_and_without_transparency():
    image = Image.fromarray(RGB).quantize(16)
    assert_array_equal(read_image(encoded(image, "PNG")), np.array(image.convert("RGB")))
    result = read_image(encoded(image, "PNG", transparency=0))
    assert_array_equal(result[:, :, 3], np.where(np.array(image) == 0, 0, 255))


def test_cmyk():
    image = Image.fromarray(RGB).convert("CMYK")
    assert_array_equal(read_image(encoded(image, "TIFF")), np.array(image.convert("RGB")))


@pytest.mark.parametrize("format_", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits(format_):
    image = RNG.integers(0, 65536, (5, 7), np.uint16)
    result = read_image(encoded(image, format_))
    assert_array_equal(result.dtype, np.uint16)
    assert_array_equal(result, image)


def test_float_tiff():
    image = RNG.normal(size=(5, 7)).astype(np.float32)
    assert_array_equal(read_image(encoded(image, "TIFF")), image)


def test_32_bit_integers():
    image = np.array([[0, 70000], [-5, 3]], np.int32)
    assert_array_equal(read_image(encoded(image, "TIFF")), image.astype(np.float32))
    assert_array_equal(read_image(encoded(abs(image) % 65536, "TIFF")).dtype, np.uint16)


@pytest.mark.parametrize("array", [GRAY, RGB, GRAY.astype(np.uint16), GRAY.astype(float)])
def test_numpy_arrays(tmp_path, array):
    np.save(tmp_path / "a.npy", array)
    result = read_image(tmp_path / "a.npy")
    assert_array_equal(result, array)
    assert result.dtype in (np.uint8, np.uint16, np.float32)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(orientation):
    turns = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    turn = turns[orientation]
    upright = Image.fromarray(RGB)
    expected = np.array(upright.transpose(turn) if turn is not None else upright)
    result = read_image(encoded(RGB, "PNG", exif=exif))
    assert_array_equal(result, expected)
    assert result.flags.c_contiguous


def test_sources(tmp_path):
    content = encoded(RGB, "PNG")
    (tmp_path / "wrong-suffix.jpg").write_bytes(content)
    for source in (tmp_path / "wrong-suffix.jpg", str(tmp_path / "wrong-suffix.jpg")):
        assert_array_equal(read_image(source), RGB)
    assert_array_equal(read_image(content), RGB)
    assert_array_equal(read_image(io.BytesIO(content)), RGB)


def png_header(width, height):
    def chunk(kind, data):
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    parts = [chunk(b"IHDR", size), chunk(b"IDAT", zlib.compress(b"\0" * 99)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("side", [14_000, 25_000, 50_000])
def test_too_many_pixels_are_refused_from_the_header(side):
    with pytest.raises(ImageError, match=r"bomb: .*limit of 178,956,970; raise it"):
        read_image(png_header(side, side), name="bomb")


def test_the_limit_can_be_set():
    with pytest.raises(ImageError, match="24 pixels are more than the limit of 700"):
        read_image(encoded(RGB, "PNG"), max_pixels=700)
    assert_array_equal(read_image(encoded(RGB, "PNG"), max_pixels=24 * 31), RGB)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"just text, named .png", "not a picture; PNG, JPEG"),
        (b"\x89PNG\r\n\x1a\n", "damaged|not a picture"),
        (b"\x93NUMPY\x01\x00", "damaged"),
        (png_header(0, 5), "damaged|no pixels|not a picture"),
        (png_header(40, 40), "cut short"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
    ],
)
def test_what_is_no_picture(content, message):
    with pytest.raises(ImageError, match=message):
        read_image(content, name="x.png")


def test_missing_and_unreadable_files(tmp_path):
    with pytest.raises(ImageError, match="none.png: no such file"):
        read_image(tmp_path / "none.png")
    with pytest.raises(ImageError, match="is a directory"):
        read_image(tmp_path)


def test_an_array_that_is_no_picture(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(5))
    with pytest.raises(ImageError, match="is no picture"):
        read_image(tmp_path / "a.npy")


FILES = {
    "png": encoded(RGB, "PNG"),
    "jpg": encoded(RGB, "JPEG"),
    "tif": encoded(RGB, "TIFF", compression="tiff_lzw"),
    "webp": encoded(RGB, "WEBP"),
    "gif": encoded(GRAY, "GIF"),
    "bmp": encoded(RGB, "BMP"),
    "ppm": encoded(RGB, "PPM"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_cut_short_is_an_error_or_whole(kind):
    content = FILES[kind]
    whole = read_image(content)
    failed = 0
    for length in range(0, len(content), max(1, len(content) // 60)):
        try:
            result = read_image(content[:length], name=f"cut.{kind}")
        except ImageError as error:
            failed += 1
            assert str(error).startswith(f"cut.{kind}: ")
        else:
            assert_array_equal(result, whole)
    assert failed > 50


@given(st.sampled_from(list(FILES)), st.integers(0, 10**6), st.integers(1, 255))
def test_flipped_bytes_give_a_picture_or_one_error(kind, place, change):
    content = bytearray(FILES[kind])
    content[place % len(content)] ^= change
    try:
        result = read_image(bytes(content), name="flipped", max_pixels=10**6)
    except ImageError as error:
        assert str(error).startswith("flipped: ")
    else:
        assert result.dtype in (np.uint8, np.uint16, np.float32)
