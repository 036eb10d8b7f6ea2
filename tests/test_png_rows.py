"""PNG files made of pieces that are deflated side by side, and pictures written by rows."""

import io
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from PIL import Image

from edgewise import ImageError, read_image
from edgewise.images import deflate, png
from edgewise.images.encode import Encoding, encode_image, picture_writer

RNG = np.random.default_rng(8)


def stream_of(content: bytes) -> bytes:
    """Return the zlib stream of a PNG file, whose chunks are checked on the way."""
    place, found = 8, b""
    while place < len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        chunk = content[place + 4 : place + 8 + length]
        check = int.from_bytes(content[place + 8 + length : place + 12 + length], "big")
        assert zlib.crc32(chunk) == check
        found += chunk[4:] if chunk[:4] == b"IDAT" else b""
        place += 12 + length
    return found


@pytest.fixture(params=["isal", "zlib"])
def coder(request, monkeypatch):
    """Whichever coder is installed, and the one that always is."""
    if request.param == "zlib":
        monkeypatch.setattr(deflate, "coder", zlib)
    return request.param


@pytest.mark.parametrize("compress", [None, 0, 1, 9])
@pytest.mark.parametrize("shape", [(150, 90), (2, 3000, 3), (1, 7000), (40, 1), (61, 30, 4)])
def test_pieces_are_one_stream_that_every_reader_takes(coder, monkeypatch, shape, compress):
    monkeypatch.setattr(png, "PIECE", 1500)
    image = (RNG.integers(0, 4, shape) * 60).astype(np.uint8)
    content = encode_image(image, "png", encoding=Encoding(compress=compress))
    # zlib compares the checksum of all pieces together.
    assert len(zlib.decompress(stream_of(content))) == image.size + len(image)
    assert_array_equal(np.asarray(Image.open(io.BytesIO(content))), image)


@given(st.lists(st.integers(0, 9), max_size=12), st.sampled_from(["png", "npy", "tif", "bmp"]))
@settings(max_examples=40)
def test_rows_in_any_strips_give_the_same_file(heights, suffix):
    image = RNG.integers(0, 256, (sum(heights) + 1, 7, 3)).astype(np.uint8)
    file, strip = io.BytesIO(), np.empty((10, 7, 3), np.uint8)
    with picture_writer(file, image.shape, image.dtype, format=suffix) as writer:
        start = 0
        for height in [*heights, 1]:
            # The same memory every time, as of who filters strip after strip.
            strip[:height] = image[start : start + height]
            writer.rows(strip[:height])
            start += height
    assert file.getvalue() == encode_image(image, suffix)


@pytest.mark.parametrize("suffix", ["png", "jpg", "npy"])
@pytest.mark.parametrize(("heights", "message"), [((3, 4), "not come"), ((5, 6), "more than")])
def test_a_file_whose_rows_are_too_few_or_too_many_does_not_appear(
    tmp_path, suffix, heights, message
):
    target = tmp_path / f"a.{suffix}"
    with (
        pytest.raises(ValueError, match=message),
        picture_writer(target, (10, 5), np.dtype(np.uint8)) as writer,
    ):
        for height in heights:
            writer.rows(np.zeros((height, 5), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_what_a_format_cannot_hold_is_refused_before_any_row(tmp_path):
    with pytest.raises(ImageError, match="JPEG cannot hold gray of uint16"):
        picture_writer(tmp_path / "a.jpg", (10, 5), np.dtype(np.uint16))


def test_bytes_do_not_depend_on_the_number_of_threads(monkeypatch):
    monkeypatch.setattr(png, "PIECE", 1000)
    image = RNG.integers(0, 9, (80, 300), np.uint16)
    several = encode_image(image, "png")
    monkeypatch.setattr(deflate, "cores", lambda: 1)
    assert encode_image(image, "png") == several
    assert_array_equal(read_image(several), image)


@given(st.binary(max_size=70), st.binary(max_size=70))
def test_checksums_of_pieces_are_joined(first, second):
    joined = deflate.joined_adler(zlib.adler32(first), zlib.adler32(second), len(second))
    assert joined == zlib.adler32(first + second)
