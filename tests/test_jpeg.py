"""JPEG pictures: the same pixels, whichever package decodes them."""

import io
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from PIL import Image

from edgewise import ImageError, read_image
from edgewise.images import by_pillow
from edgewise.images.decode import read_shrunk
from edgewise.images.jpeg import read_jpeg
from edgewise.sample_images import photographs

simplejpeg = pytest.importorskip("simplejpeg")

PHOTOS = {path.name: Image.fromarray(read_image(path)) for path in photographs()}
FIRST = PHOTOS["astronaut.png"]
SUBSAMPLINGS = ("444", "422", "420", "440", "411")


def jpeg(picture, **options):
    content = io.BytesIO()
    picture.save(content, "JPEG", **{"quality": 88, **options})
    return content.getvalue()


def both_ways(content, size=None):
    """Return what is read, after comparing it with what Pillow alone reads."""
    found, whole = read_shrunk(content, size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_pillow, "read_jpeg", lambda *_: None)
        expected, whole_then = read_shrunk(content, size)
    assert_array_equal(found, expected)
    assert whole == whole_then
    return found


def is_ours(content):
    with Image.open(io.BytesIO(content)) as picture:
        return read_jpeg(picture, io.BytesIO(content), picture.size) is not None


@pytest.mark.parametrize("path", photographs(), ids=lambda path: path.name)
def test_sample_photographs(path):
    picture = PHOTOS[path.name]
    content = path.read_bytes() if path.suffix == ".jpg" else jpeg(picture.convert("RGB"))
    assert is_ours(content)
    both_ways(content)
    both_ways(content, (picture.height // 3, picture.width // 3))


def turned(content, turn):
    """Return a JPEG file that says how it is turned."""
    exif = Image.Exif()
    exif[0x0112] = turn
    said = exif.tobytes()
    return content[:2] + b"\xff\xe1" + (len(said) + 2).to_bytes(2, "big") + said + content[2:]


@given(
    st.sampled_from(sorted(PHOTOS)), st.integers(1, 70), st.integers(1, 70),
    st.sampled_from(SUBSAMPLINGS), st.sampled_from([None, 2, 4, 8]), st.integers(1, 8),
)  # fmt: skip
@settings(max_examples=150)
def test_odd_sizes_subsamplings_scales_and_turns(name, width, height, subsampling, scale, turn):
    pixels = np.asarray(PHOTOS[name].convert("RGB").resize((width, height)))
    content = turned(simplejpeg.encode_jpeg(pixels, 88, "RGB", subsampling), turn)
    assert is_ours(content)
    both_ways(content, scale and (max(1, height // scale), max(1, width // scale)))


@given(st.integers(1, 70), st.integers(1, 70), st.sampled_from(["L", "RGB"]), st.integers(0, 2))
def test_progressive_and_gray(width, height, mode, subsampling):
    picture = FIRST.convert(mode).resize((width, height))
    both_ways(jpeg(picture, progressive=True, subsampling=subsampling))
    both_ways(jpeg(picture, optimize=True), (1 + height // 3, 1 + width // 3))


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "RGB"])
def test_other_colours(mode):
    picture = FIRST.convert("RGB").resize((61, 47)).convert(mode)
    both_ways(jpeg(picture))
    both_ways(jpeg(picture, keep_rgb=True) if mode == "RGB" else jpeg(picture, quality=30))
    assert is_ours(jpeg(picture)) == (mode != "CMYK")


def test_a_cmyk_file_of_adobe_s_way():
    picture = FIRST.convert("CMYK").resize((30, 20))
    content = jpeg(picture)
    adobe = content.index(b"Adobe")
    # The last byte of the marker: 2 is YCCK.
    both_ways(content[: adobe + 11] + b"\x02" + content[adobe + 12 :])


@given(st.integers(0, 3000), st.integers(1, 255), st.booleans())
@settings(max_examples=150)
def test_damaged_files_fare_alike(place, change, cut):
    content = bytearray(jpeg(FIRST.convert("RGB").resize((64, 48))))
    place %= len(content)
    content[place] ^= change
    damaged = bytes(content[:place] if cut else content)
    try:
        found = read_shrunk(damaged, None)[0]
    except ImageError as error:
        with pytest.raises(ImageError) as then, pytest.MonkeyPatch.context() as patch:
            patch.setattr(by_pillow, "read_jpeg", lambda *_: None)
            read_shrunk(damaged, None)
        assert str(then.value) == str(error)
    else:
        assert_array_equal(found, both_ways(damaged))


def test_without_simplejpeg(monkeypatch):
    content = jpeg(FIRST.convert("RGB"))
    expected = read_shrunk(content, None)[0]
    monkeypatch.setitem(sys.modules, "simplejpeg", None)
    assert not is_ours(content)
    assert_array_equal(read_shrunk(content, None)[0], expected)
    assert expected.dtype == np.uint8
