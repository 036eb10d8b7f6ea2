"""Writing pictures: what each format holds, and what it refuses."""

import io
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import EdgewiseError, ImageError, read_image, write_image
from edgewise.images.formats import OF_SUFFIX

RNG = np.random.default_rng(4)


def picture(channels, dtype=np.uint8):
    shape = (9, 11) if channels == 1 else (9, 11, channels)
    return RNG.integers(0, 256, shape).astype(dtype)


@pytest.mark.parametrize(
    ("suffix", "channels", "dtype"),
    [
        *[("png", c, np.uint8) for c in (1, 2, 3, 4)],
        *[("tif", c, np.uint8) for c in (1, 2, 3, 4)],
        *[("npy", c, d) for c in (1, 2, 3, 4) for d in (np.uint8, np.uint16, np.float32)],
        *[(s, 1, np.uint16) for s in ("png", "tif", "pgm")],
        ("tiff", 1, np.float32),
        ("bmp", 3, np.uint8),
        ("ppm", 3, np.uint8),
        ("pgm", 1, np.uint8),
    ],
)
def test_what_is_written_is_what_is_read(tmp_path, suffix, channels, dtype):
    image = picture(channels, dtype)
    write_image(tmp_path / f"a.{suffix}", image)
    result = read_image(tmp_path / f"a.{suffix}")
    assert_array_equal(result, image)
    assert_array_equal(result.dtype, dtype)


@pytest.mark.parametrize("suffix", ["jpg", "webp", "gif"])
def test_lossy_formats(tmp_path, suffix):
    image = np.full((16, 16, 3), (200, 100, 50), np.uint8)
    write_image(tmp_path / f"a.{suffix}", image)
    assert_allclose(read_image(tmp_path / f"a.{suffix}"), image, atol=6)


@pytest.mark.parametrize(
    ("suffix", "image", "message"),
    [
        ("jpg", picture(4), "JPEG cannot hold RGB with alpha of uint8; PNG, TIFF, WEBP, .npy can"),
        ("png", picture(1, np.float32), "PNG cannot hold gray of float32; TIFF, .npy can"),
        ("ppm", picture(3, np.uint16), r"PPM cannot hold RGB of uint16; PNG, TIFF, \.npy can"),
        ("png", np.zeros((2, 2), bool), "uint8, uint16 or float32, not bool; convert"),
        ("npy", np.zeros((2, 2), bool), "not bool"),
        ("npy", np.zeros((2, 2), object), "not object"),
        ("pgm", picture(3), "PGM cannot hold RGB of uint8; PNG, JPEG"),
        ("png", picture(5), "PNG cannot hold 5 channels of uint8; .npy can"),
        ("", picture(1), 'no picture format ""; there are png'),
        ("png", np.zeros((0, 2), np.uint8), "is no picture"),
        ("xyz", picture(1), 'no picture format "xyz"; there are png'),
    ],
)
def test_what_a_format_cannot_hold(tmp_path, suffix, image, message):
    with pytest.raises(EdgewiseError, match=message):
        write_image(tmp_path / f"a.{suffix}", image)
    assert_array_equal(os.listdir(tmp_path), [])


def test_to_an_open_file():
    content = io.BytesIO()
    write_image(content, picture(3), format="png")
    assert_array_equal(read_image(content.getvalue()).shape, (9, 11, 3))


def test_other_layouts_of_an_array(tmp_path):
    image = RNG.integers(0, 65536, (6, 8), np.uint16)
    for name, same in {
        "turned": np.asfortranarray(image),
        "swapped": image.astype(">u2"),
        "strided": np.repeat(image, 2, axis=1)[:, ::2],
        "one-channel": image[:, :, None],
    }.items():
        write_image(tmp_path / f"{name}.png", same)
        assert_array_equal(read_image(tmp_path / f"{name}.png"), image)


@pytest.mark.parametrize(("suffix", "side"), [("jpg", 65_500), ("webp", 16_383), ("gif", 65_535)])
def test_pictures_longer_than_a_format_holds(tmp_path, suffix, side):
    write_image(tmp_path / f"a.{suffix}", np.zeros((1, side), np.uint8))
    assert_array_equal(read_image(tmp_path / f"a.{suffix}").shape[:2], (1, side))
    with pytest.raises(ImageError, match=f"at most {side:,} pixels a side; PNG"):
        write_image(tmp_path / f"b.{suffix}", np.zeros((side + 1, 1), np.uint8))


@given(
    st.sampled_from(sorted(OF_SUFFIX)),
    st.sampled_from(["bool", "uint8", "int8", "uint16", "int32", "float16", "float32", "float64"]),
    st.lists(st.integers(0, 6), min_size=1, max_size=4),
)
def test_every_array_is_written_exactly_or_refused_in_words(suffix, dtype, shape):
    image = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    content = io.BytesIO()
    try:
        write_image(content, image, format=suffix)
    except ImageError as error:
        assert_array_equal(content.getvalue(), b"")
        assert any(word in str(error) for word in ("cannot hold", "no picture", "not "))
        return
    result = read_image(content.getvalue())
    assert_array_equal(result.shape[:2], image.shape[:2])
    if suffix in ("png", "tif", "npy", "pgm"):
        assert_array_equal(result.squeeze(), image.squeeze())
        assert_array_equal(result.dtype, dtype)
