"""Reading pictures: every kind, and every kind of damage."""

import contextlib
import errno
import io
import os
import struct
import subprocess
import sys
import threading
import tracemalloc
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from edgewise import ImageError, read_image
from edgewise.images.decode import read_header, read_shrunk
from edgewise.images.headers import Header
from edgewise.images.stream import read_in_order

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


TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize(
    ("format_", "settings"),
    [
        ("PNG", {}),
        ("JPEG", {"quality": 95}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_exif_orientation(format_, settings, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    with Image.open(io.BytesIO(encoded(RGB, format_, **settings))) as upright:
        turn = TURNS[orientation]
        expected = np.array(upright.transpose(turn) if turn is not None else upright)
    content = encoded(RGB, format_, exif=exif, **settings)
    result = read_image(content)
    assert_array_equal(result, expected)
    assert result.flags.c_contiguous
    assert_array_equal(read_header(content).orientation, orientation)


def test_a_broken_exif_block_costs_only_the_orientation():
    content = encoded(RGB, "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff rubbish")
    assert_array_equal(read_image(content), RGB)


def test_headers():
    image = Image.fromarray(RGB).quantize(16)
    frames = [image.rotate(90), image.rotate(180)]
    content = encoded(image, "GIF", save_all=True, append_images=frames)
    assert_array_equal(read_header(content), Header("GIF", "P", 1, 3))
    assert_array_equal(read_image(content).shape, RGB.shape)
    with pytest.raises(ImageError, match="x: the file is empty"):
        read_header(b"", name="x")


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
    wanted = f"bomb: {side:,} x {side:,} pixels are more than the limit of 178,956,970; raise it"
    with pytest.raises(ImageError, match=wanted):
        read_image(png_header(side, side), name="bomb")


def lying(kind):
    """Return a small file whose header claims some 60,000 x 60,000 pixels."""
    content = bytearray(FILES[kind])
    side = {"gif": struct.pack("<HH", 60_000, 60_000), "jpg": struct.pack(">HH", 60_000, 60_000)}
    if kind == "ppm":
        return b"P6 60000 60000 255 " + bytes(99)
    if kind == "tif":
        for tag in (256, 257):
            place = content.index(struct.pack("<HHI", tag, 4, 1)) + 8
            content[place : place + 4] = struct.pack("<I", 60_000)
        return bytes(content)
    place = {"gif": 6, "bmp": 18, "jpg": content.find(b"\xff\xc0") + 5}[kind]
    claim = side.get(kind, struct.pack("<ii", 60_000, 60_000))
    content[place : place + len(claim)] = claim
    return bytes(content)


@pytest.mark.parametrize("kind", ["jpg", "gif", "bmp", "tif", "ppm"])
def test_headers_that_claim_too_much(kind):
    with pytest.raises(ImageError, match="60,000 x 60,000 pixels are more than the limit"):
        read_image(lying(kind))


def test_reading_in_many_threads(tmp_path):
    kinds = [kind for kind in FILES if kind not in ("npy", "pgm")]
    paths = []
    for number, kind in enumerate(kinds * 8):
        paths.append(tmp_path / f"{number}.{kind}")
        content = FILES[kind]
        paths[-1].write_bytes(content[: len(content) // 2] if number % 5 == 0 else content)
    expected = {kind: read_image(FILES[kind]) for kind in kinds}
    for number, (_, result) in enumerate(read_in_order(paths, read_image, jobs=16)):
        if number % 5 == 0:
            assert isinstance(result, ImageError)
        else:
            assert_array_equal(result, expected[kinds[number % len(kinds)]])


def test_a_refused_picture_takes_no_memory():
    tracemalloc.start()
    try:
        with pytest.raises(ImageError, match="more than the limit"):
            read_image(png_header(50_000, 50_000))
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_the_limit_can_be_set():
    with pytest.raises(ImageError, match="24 pixels are more than the limit of 700"):
        read_image(encoded(RGB, "PNG"), max_pixels=700)
    assert_array_equal(read_image(encoded(RGB, "PNG"), max_pixels=24 * 31), RGB)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"just text, named .png", "not a picture; PNG, JPEG"),
        (b"\x89PNG\r\n\x1a\n", "a damaged PNG file, or one cut short"),
        (b"\x93NUMPY\x01\x00", "cut short"),
        (png_header(0, 5), "a damaged PNG file|no pixels"),
        (png_header(40, 40), "cut short"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "a PostScript file; convert"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "a HEIC file; convert it to PNG or JPEG"),
        (b"<!DOCTYPE HTML>\n<p>404", "a web page, not a picture"),
        (b"\x93NUMPY\x01\x00\x02\x00{}", "damaged|cut short"),
    ],
)
def test_what_is_no_picture(content, message):
    with pytest.raises(ImageError, match=message):
        read_image(content, name="x.png")


def test_missing_and_unreadable_files(tmp_path, monkeypatch):
    with pytest.raises(ImageError, match="none.png: no such file"):
        read_image(tmp_path / "none.png")
    with pytest.raises(ImageError, match="a folder, not a regular file"):
        read_image(tmp_path)
    with pytest.raises(ImageError, match="a device, not a regular file"):
        read_image("/dev/zero")
    with pytest.raises(ImageError, match="holds a zero byte"):
        read_image("a\0b.png")
    (tmp_path / "secret.png").write_bytes(encoded(RGB, "PNG"))
    (tmp_path / "secret.png").chmod(0)
    if os.access(tmp_path / "secret.png", os.R_OK):  # who may do everything reads it

        def refuse(*_):
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr("edgewise.images.opening.open_regular", refuse)
    with pytest.raises(ImageError, match="secret.png: permission denied"):
        read_image(tmp_path / "secret.png")


def test_a_named_pipe_is_no_file_and_can_be_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ImageError, match="pipe.png: a named pipe, not a regular file"):
        read_image(tmp_path / "pipe.png")
    content = encoded(RGB, "PNG")
    writer = threading.Thread(target=(tmp_path / "pipe.png").write_bytes, args=[content])
    writer.start()
    with open(tmp_path / "pipe.png", "rb") as pipe:
        assert_array_equal(read_image(pipe), RGB)
    writer.join()


@pytest.mark.parametrize(
    "error",
    [
        *(kind("odd") for kind in (SyntaxError, TypeError, ValueError, OverflowError)),
        *(kind("odd") for kind in (struct.error, KeyError, IndexError, RecursionError, OSError)),
        *(kind("odd") for kind in (AssertionError, NotImplementedError, UserWarning)),
    ],
)
def test_whatever_a_decoder_raises_is_an_image_error(error, monkeypatch):
    def load(self):
        raise error

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", load)
    with pytest.raises(ImageError, match=r"x\.png: damaged or unsupported \(.*odd"):
        read_image(FILES["png"], name="x.png")


def test_a_decoder_without_words(monkeypatch):
    def load(self):
        raise AssertionError

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", load)
    with pytest.raises(ImageError, match=r"damaged or unsupported \(AssertionError\)"):
        read_image(FILES["png"])


def test_no_memory(monkeypatch):
    def load(self):
        raise MemoryError

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", load)
    with pytest.raises(ImageError, match="not enough memory"):
        read_image(FILES["png"])


def test_an_interruption_is_no_image_error(monkeypatch):
    def load(self):
        raise KeyboardInterrupt

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", load)
    with pytest.raises(KeyboardInterrupt):
        read_image(FILES["png"])


READ_ALL = """
import sys
from edgewise import ImageError, read_image
for name in sys.argv[1:]:
    try:
        read_image(name, max_pixels=10**6)
    except ImageError:
        pass
"""


def test_what_pillow_warns_of_stays_out_of_the_messages(tmp_path, caplog):
    content = encoded(RGB, "TIFF")
    for place in range(8, 120):
        flipped = bytearray(content)
        flipped[place] ^= 0x40
        (tmp_path / f"{place}.tif").write_bytes(flipped)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for path in tmp_path.iterdir():
            with contextlib.suppress(Exception):
                Image.open(path).close()
    assert len(caught) > 10
    assert caplog.records
    result = subprocess.run(
        [sys.executable, "-c", READ_ALL, *tmp_path.iterdir()], capture_output=True, check=True
    )
    assert_array_equal(result.stderr, b"")


def npy(shape, dtype="|u1", content=b""):
    file = io.BytesIO()
    header = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (npy((5,), content=bytes(5)), "is no picture"),
        (npy((5, 0, 3)), "is no picture"),
        (npy((-1, 5)), "its .npy header is damaged"),
        (npy((2, 2), "<c8", bytes(32)), "is no picture"),
        (npy((2, 2), "|O", b"pickled!"), "not of an array of numbers"),
        (npy((10_000, 10_000), content=bytes(99)), "cut short"),
        (npy((10, 10, 10**12), content=bytes(99)), "cut short"),
        (npy((10**6, 10**6), content=bytes(99)), "more than the limit"),
    ],
)
def test_arrays_that_are_no_pictures(content, message):
    with pytest.raises(ImageError, match=message):
        read_image(content)


def test_arrays_of_other_numbers():
    assert_array_equal(
        read_image(npy((1, 2), "<f8", np.array([1e300, -2]).tobytes())), [[np.inf, -2]]
    )
    assert_array_equal(read_image(npy((1, 2, 1), ">u2", b"\1\0\0\2")), np.uint16([[256, 2]]))
    assert read_image(npy((1, 2, 1), ">u2", b"\1\0\0\2")).dtype.isnative


SMOOTH = np.dstack([np.add.outer(np.arange(24) * i, np.arange(31) * 5) for i in (1, 3, 9)])
SMOOTH = SMOOTH.astype(np.uint8)
PALETTE = Image.fromarray(SMOOTH).quantize(16)
ONE_BIT = Image.fromarray(SMOOTH).convert("1")
FILES = {
    "png": encoded(RGB, "PNG"),
    "palette.png": encoded(PALETTE, "PNG"),
    "one-bit.png": encoded(ONE_BIT, "PNG"),
    "jpg": encoded(RGB, "JPEG"),
    "smooth.jpg": encoded(SMOOTH, "JPEG"),
    "progressive.jpg": encoded(SMOOTH, "JPEG", progressive=True),
    "restarts.jpg": encoded(SMOOTH, "JPEG", restart_marker_blocks=2),
    "cmyk.jpg": encoded(Image.fromarray(SMOOTH).convert("CMYK"), "JPEG"),
    "tif": encoded(RGB, "TIFF"),
    "lzw.tif": encoded(RGB, "TIFF", compression="tiff_lzw"),
    "float.tif": encoded(GRAY.astype(np.float32), "TIFF"),
    "webp": encoded(RGB, "WEBP"),
    "gif": encoded(GRAY, "GIF"),
    "bmp": encoded(RGB, "BMP"),
    "ppm": encoded(RGB, "PPM"),
    "pgm": encoded(GRAY.astype(np.uint16) * 257, "PPM"),
    "npy": npy(RGB.shape, content=RGB.tobytes()),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_cut_short_is_an_error_or_whole(kind):
    content = FILES[kind]
    whole = read_image(content)
    failed = 0
    for length in range(len(content)):
        try:
            result = read_image(content[:length], name=f"cut.{kind}")
        except ImageError as error:
            failed += 1
            assert str(error).startswith(f"cut.{kind}: ")
        else:
            assert_array_equal(result, whole)
    # A few formats end with bytes that say nothing of the picture.
    assert failed >= len(content) - 24


@pytest.mark.parametrize("kind", ["png", "palette.png", "one-bit.png"])
def test_no_flipped_bit_of_a_png_goes_unseen(kind):
    content = FILES[kind]
    whole = read_image(content)
    for place in range(len(content)):
        flipped = bytearray(content)
        flipped[place] ^= 1 << (place % 8)
        try:
            result = read_image(bytes(flipped))
        except ImageError:
            continue
        assert_array_equal(result, whole)


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


PHOTO = Image.fromarray(np.kron(SMOOTH, np.ones((10, 10, 1), np.uint8)))  # 310x240


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ((240, 310), (240, 310)), ((121, 10), (240, 310)), ((10, 156), (240, 310)),
        ((120, 155), (120, 155)), ((61, 20), (120, 155)), ((60, 77), (60, 78)),
        ((30, 38), (30, 39)), ((1, 1), (30, 39)), ((500, 20), (240, 310)), ((20, 311), (240, 310)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_is_shrunk_but_never_below_the_size(size, shape, mode):
    content = encoded(PHOTO.convert(mode), "JPEG")
    image, whole = read_shrunk(content, size)
    assert image.shape[:2] == shape
    assert whole == (240, 310)
    full = read_image(content)
    assert image.shape[2:] == full.shape[2:]
    if shape == whole:
        assert_array_equal(image, full)
    else:
        small = np.array(Image.fromarray(full).resize(shape[::-1], Image.Resampling.BOX))
        assert np.abs(small.astype(int) - image).mean() < 3


@pytest.mark.parametrize("orientation", TURNS)
def test_a_shrunk_jpeg_stands_upright(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(PHOTO, "JPEG", exif=exif)
    image, whole = read_shrunk(content, (60, 78))
    full = read_image(content)
    assert whole == full.shape[:2]
    assert min(image.shape[0] / 60, image.shape[1] / 78) >= 1
    small = np.array(Image.fromarray(full).resize(image.shape[1::-1], Image.Resampling.BOX))
    assert np.abs(small.astype(int) - image).mean() < 3


@pytest.mark.parametrize("kind", [kind for kind in FILES if "jpg" not in kind])
def test_other_formats_are_read_whole(kind):
    image, whole = read_shrunk(FILES[kind], (2, 2))
    assert_array_equal(image, read_image(FILES[kind]))
    assert whole == image.shape[:2]
