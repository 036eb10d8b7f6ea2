"""TIFF files of every layout: read to the bit, or refused; never half a picture."""

import io
import subprocess
import sys

import numpy as np
import pytest
from hostile.tiff_files import DEFLATE, LONG, SHORT, Layout, tiff
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from edgewise import ImageError, read_image, write_image
from edgewise.cli.main import run
from edgewise.images.decode import PictureFile, read_header
from edgewise.images.headers import Header

RNG = np.random.default_rng(4)
DTYPES = [np.uint8, np.uint16, np.float32]


def picture(shape, dtype):
    if dtype == np.float32:
        return RNG.normal(size=shape).astype(dtype)
    return RNG.integers(0, np.iinfo(dtype).max + 1, shape).astype(dtype)


@pytest.mark.parametrize("tile", [None, (16, 32)])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_every_layout_is_read_to_the_bit(channels, dtype, order, tile):
    image = picture((37, 45, channels), dtype)
    expected = image[:, :, 0] if channels == 1 else image
    for compression, predictor in [(1, 1), (DEFLATE, 1), (DEFLATE, 2), (DEFLATE, 3)]:
        if predictor == 3 and dtype != np.float32:
            continue
        for planes in {False, channels > 1}:
            layout = Layout(order, compression, predictor, 7, tile, planes)
            result = read_image(tiff(image, layout))
            assert_array_equal(result, expected)
            assert [result.dtype, result.flags.c_contiguous] == [image.dtype, True]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compression", [1, DEFLATE])
def test_32_bit_integers_of_either_order(order, compression):
    image = RNG.integers(-(10**6), 10**6, (9, 8)).astype(np.int32)
    layout = Layout(order, compression, extra={339: (SHORT, [2])})
    assert_array_equal(read_image(tiff(image, layout)), image.astype(np.float32))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("compression", [1, DEFLATE])
@pytest.mark.parametrize("planes", [False, True])
def test_alpha_that_colour_was_multiplied_by_is_divided_out(dtype, compression, planes):
    opaque = 1 if dtype == np.float32 else np.iinfo(dtype).max
    straight = np.full((4, 4, 4), (0.8, 0.4, 0.2, 0.5)) * opaque
    straight[0] = 0
    stored = straight.copy()
    stored[..., :3] *= stored[..., 3:] / opaque
    layout = Layout(compression=compression, planes=planes, extra={338: (SHORT, [1])})
    result = read_image(tiff(stored.astype(dtype), layout))
    assert_allclose(result, straight, atol=1.5e-7 if dtype == np.float32 else 3)
    gray = tiff(stored[..., 2:].astype(dtype), layout)
    assert_allclose(read_image(gray), straight[..., 2:], atol=1e-6 if dtype == np.float32 else 3)


def test_colour_far_above_its_alpha_is_infinite():
    stored = np.array([[[3e38, np.inf, 0, 1e-9], [1, 2, 3, 0]]], np.float32)
    result = read_image(tiff(stored, Layout(extra={338: (SHORT, [1])})))
    assert_array_equal(result, np.array([[[np.inf, np.inf, 0, 1e-9], [1, 2, 3, 0]]], np.float32))


def test_a_channel_that_is_no_alpha_is_left_out():
    for dtype in DTYPES:
        image = picture((5, 6, 4), dtype)
        content = tiff(image, Layout(extra={338: (SHORT, [0])}))
        assert_array_equal(read_image(content), image[..., :3])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tile", [None, (16, 16)])
@pytest.mark.parametrize("compression", [1, DEFLATE])
def test_pixels_that_the_file_does_not_hold(dtype, tile, compression):
    image = picture((40, 20, 3), dtype)
    starts, lengths = (324, 325) if tile else (273, 279)

    def refused(message, **extra):
        tags = {int(tag[1:]): (LONG, numbers) for tag, numbers in extra.items()}
        content = tiff(image, Layout(rows=4, tile=tile, compression=compression, extra=tags))
        with pytest.raises(ImageError, match=message):
            read_image(content)

    refused(r"lists 1 of the (10|6) (strips|tiles)", **{f"_{starts}": [8]})
    refused(r"lists 2 of the (10|6) (strips|tiles)", **{f"_{lengths}": [90, 90]})
    refused("cut short|ZLib", **{f"_{lengths}": [1] * 10})
    refused("leaves out", **{f"_{starts}": [0] * 10})
    refused("cut short", **{f"_{starts}": [10**9] * 10})
    refused("cut short|not say|lists|tiles", _256=[9000], _257=[9000])


@pytest.mark.parametrize("dtype", DTYPES)
def test_other_predictors_are_refused_by_name(dtype):
    image = picture((4, 4, 3), dtype)
    content = tiff(image, Layout(compression=DEFLATE, extra={317: (SHORT, [7])}))
    with pytest.raises(ImageError, match="TIFF predictor 7, which is not known") as found:
        read_image(content)
    assert "horizontal differencing" in found.value.hint
    if dtype != np.float32:
        with pytest.raises(ImageError, match="TIFF predictor 3"):
            read_image(tiff(image, Layout(compression=DEFLATE, extra={317: (SHORT, [3])})))
    # Without compression the tag says nothing.
    assert_array_equal(read_image(tiff(image, Layout(extra={317: (SHORT, [2])}))), image)


def test_what_is_not_read_is_called_by_its_kind():
    wide = tiff(np.zeros((4, 4, 3), np.float64))
    with pytest.raises(ImageError, match="3 channels of 64 float bits, compression 1") as found:
        read_image(wide)
    assert "32 bits a channel" in found.value.hint


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_inspect_knows_float_colour(tmp_path, capsys, channels):
    image = picture((6, 7, channels), np.float32)
    write_image(tmp_path / "a.tif", image)
    assert run(["inspect", str(tmp_path / "a.tif")]) == 0
    shown = capsys.readouterr().out
    assert "float32" in shown
    assert "7x6" in shown
    with PictureFile(tmp_path / "a.tif") as file:
        facts = file.facts
    assert facts.shape == (6, 7, channels)
    assert facts.nbytes == image.nbytes
    assert read_header(tmp_path / "a.tif") == Header("TIFF", "", 1, 1)


TIMES = """
import sys
from edgewise import ImageError, read_image
for name in sys.argv[1:]:
    try:
        read_image(name)
    except ImageError as error:
        print(error)
"""


def test_libtiff_prints_nothing_and_its_reason_is_kept(tmp_path):
    content = io.BytesIO()
    Image.fromarray(picture((64, 64), np.uint8)).save(content, "TIFF", compression="tiff_lzw")
    damaged = bytearray(content.getvalue())
    damaged[100:400] = b"\xff" * 300
    (tmp_path / "a.tif").write_bytes(damaged)
    result = subprocess.run(
        [sys.executable, "-c", TIMES, tmp_path / "a.tif"], capture_output=True, check=True
    )
    assert result.stderr == b""
    assert b"a.tif: damaged" in result.stdout
    assert b"code not yet in table" in result.stdout
