"""Depth, range, colour profiles, resolution and alpha, through files and back."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image, ImageCms

from edgewise import EdgewiseError, ImageError, apply, read_image, write_image
from edgewise.cli.main import run
from edgewise.filters.ranges import Fitting
from edgewise.images.decode import PictureFile
from edgewise.images.encode import Encoding, encode_image
from edgewise.images.metadata import Metadata
from edgewise.images.png_reading import read_png

RNG = np.random.default_rng(8)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
DTYPES = {"uint8": np.uint8, "uint16": np.uint16, "float32": np.float32}


def picture(shape, dtype):
    if dtype == np.float32:
        return RNG.normal(size=shape).astype(dtype)
    return RNG.integers(0, np.iinfo(dtype).max + 1, shape).astype(dtype)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("suffix", "dtype"),
    [("png", "uint8"), ("png", "uint16"), *[("tif", dtype) for dtype in DTYPES]],
)
@pytest.mark.parametrize("compress", [None, 0, 9])
def test_every_depth_and_channel_comes_back(tmp_path, channels, suffix, dtype, compress):
    shape = (37, 23) if channels == 1 else (37, 23, channels)
    image = picture(shape, DTYPES[dtype])
    write_image(tmp_path / f"a.{suffix}", image, encoding=Encoding(compress=compress))
    result = read_image(tmp_path / f"a.{suffix}")
    assert_array_equal(result, image)
    assert_array_equal(result.dtype, image.dtype)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("suffix", "dtype"), [("png", "uint16"), ("tif", "uint16"), ("tif", "float32")]
)
def test_opencv_reads_what_is_written_and_the_other_way_round(tmp_path, channels, suffix, dtype):
    shape = (40, 51) if channels == 1 else (40, 51, 3)
    image = picture(shape, DTYPES[dtype])
    write_image(tmp_path / f"a.{suffix}", image)
    theirs = cv2.imread(str(tmp_path / f"a.{suffix}"), cv2.IMREAD_UNCHANGED)
    assert_array_equal(theirs if channels == 1 else theirs[:, :, ::-1], image)
    cv2.imwrite(str(tmp_path / f"b.{suffix}"), image, [cv2.IMWRITE_TIFF_COMPRESSION, 1])
    result = read_image(tmp_path / f"b.{suffix}")
    assert_array_equal(result if channels == 1 else result[:, :, ::-1], image)


@given(st.lists(st.integers(0, 4), min_size=5, max_size=5), st.sampled_from([2, 3, 4]))
def test_every_row_filter_of_png(kinds, channels):
    colour = {2: 4, 3: 2, 4: 6}[channels]
    image = np.random.default_rng(sum(kinds)).integers(0, 65536, (5, 4, channels), np.uint16)
    raw = image.astype(">u2").reshape(5, -1).view(np.uint8).astype(int)
    stream = b"".join(
        bytes([kind]) + _filtered(raw, i, kind, 2 * channels) for i, kind in enumerate(kinds)
    )
    head = struct.pack(">IIBBBBB", 4, 5, 16, colour, 0, 0, 0)
    file = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head)
    file += _chunk(b"IDAT", zlib.compress(stream)) + _chunk(b"IEND", b"")
    assert_array_equal(read_image(file), image)


def _chunk(kind, content):
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def _filtered(rows, i, kind, step):
    """Filter one row by the definition in PNG's specification."""
    out = []
    for j, value in enumerate(rows[i]):
        left = rows[i, j - step] if j >= step else 0
        above = rows[i - 1, j] if i else 0
        corner = rows[i - 1, j - step] if i and j >= step else 0
        guess = left + above - corner
        paeth = min((left, above, corner), key=lambda v: abs(guess - v))
        out.append((value - [0, left, above, (left + above) // 2, paeth][kind]) % 256)
    return bytes(out)


def test_damaged_deep_pictures(tmp_path):
    image = picture((30, 20, 3), np.uint16)
    content = encode_image(image, "png")
    with pytest.raises(ImageError, match="broken"):
        read_image(content[: len(content) // 2], name="broken")
    start = content.index(b"IDAT") - 4
    empty = content[:start] + _chunk(b"IDAT", zlib.compress(b"\0" * 10)) + _chunk(b"IEND", b"")
    with pytest.raises(ImageError, match="pixels end early; copy it again"):
        read_image(empty)
    wrong = zlib.compress((b"\x07" + b"\0" * 120) * 30)
    with pytest.raises(ImageError, match="row filter that does not exist"):
        read_image(content[:start] + _chunk(b"IDAT", wrong) + _chunk(b"IEND", b""))
    tiff = encode_image(picture((30, 20, 3), np.float32), "tif")
    with pytest.raises(ImageError):
        read_image(tiff[:4000] + tiff[6000:])
    assert read_png(io.BytesIO(b"\x89PNG\r\n\x1a\n"), "x") is None


def test_a_limit_holds_for_deep_pictures_too():
    for suffix, dtype in (("png", np.uint16), ("tif", np.float32)):
        content = encode_image(picture((40, 40, 3), dtype), suffix)
        with pytest.raises(ImageError, match="more than the limit"):
            read_image(content, max_pixels=1000)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_16_bits_stay_16_bits_through_a_filter(tmp_path, dtype):
    image = picture((20, 21, 3), DTYPES[dtype])
    write_image(tmp_path / "a.png", image)
    assert_array_equal(
        run(["filter", "sobel-x", str(tmp_path / "a.png"), "-o", str(tmp_path / "b.tif")]), 0
    )
    expected = apply("sobel-x", image, dtype=DTYPES[dtype])
    assert_array_equal(read_image(tmp_path / "b.tif"), expected)
    assert expected.max() > np.iinfo(DTYPES[dtype]).max // 2


def test_another_depth_is_written_where_it_is_asked_for(tmp_path, capsys):
    deep, floats = tmp_path / "deep.png", tmp_path / "floats.tif"
    image = (np.arange(64).reshape(8, 8) * 1028).astype(np.uint16)
    write_image(deep, image)
    write_image(floats, image.astype(np.float32) / 65535)
    filtered = ["filter", "identity"]
    assert_array_equal(run([*filtered, str(deep), "-o", str(tmp_path / "a.bmp")]), 3)
    assert "or give --depth 8" in capsys.readouterr().err
    assert_array_equal(run([*filtered, str(deep), "-o", f"{tmp_path}/a.bmp", "--depth", "8"]), 0)
    assert_array_equal(read_image(tmp_path / "a.bmp"), image // 257)
    words = ["-o", f"{tmp_path}/b.png", "--range", "rescale", "--depth", "8"]
    assert_array_equal(run([*filtered, str(floats), *words]), 0)
    assert_array_equal(read_image(tmp_path / "b.png"), np.rint(image * (255 / image.max())))
    words[2:] = ["--range", "float", "--depth", "8"]
    assert_array_equal(run([*filtered, str(floats), *words, "--overwrite"]), 2)
    assert "leave --depth out" in capsys.readouterr().err


def test_alpha_of_a_float_file_is_read_again_as_it_was_meant(tmp_path):
    image = np.full((6, 6, 4), (10, 20, 30, 255), np.uint8)
    image[2:4, 2:4, 3] = 51
    write_image(tmp_path / "a.png", image)
    a, b, c = (str(tmp_path / name) for name in ("a.png", "b.tif", "c.png"))
    assert_array_equal(run(["filter", "identity", a, "-o", b, "--range", "float"]), 0)
    assert_allclose(read_image(b)[2, 2], [10, 20, 30, 0.2], rtol=1e-6)
    assert_array_equal(run(["filter", "identity", b, "-o", c, "--depth", "8"]), 0)
    assert_array_equal(read_image(c), image)


def test_float_pictures_keep_negative_values(tmp_path):
    image = picture((20, 21, 3), np.uint8)
    write_image(tmp_path / "a.png", image)
    words = ["filter", "laplacian", str(tmp_path / "a.png"), "-o", str(tmp_path / "b.tif")]
    assert_array_equal(run([*words, "--range", "float"]), 0)
    assert_array_equal(read_image(tmp_path / "b.tif"), apply("laplacian", image))


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp"])
def test_profile_and_resolution_are_kept(tmp_path, suffix):
    source, target = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    Image.fromarray(picture((16, 20, 3), np.uint8)).save(source, icc_profile=SRGB, dpi=(300, 150))
    assert_array_equal(run(["filter", "gaussian", str(source), "-o", str(target)]), 0)
    with Image.open(target) as found:
        assert_array_equal(found.info["icc_profile"] == SRGB, True)
        if suffix != "webp":  # it holds no resolution
            assert_allclose([float(v) for v in found.info["dpi"]], (300, 150), rtol=1e-3)


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_deep_tiff_keeps_them_too(tmp_path, dtype):
    image = picture((6, 7, 3), DTYPES[dtype])
    encoding = Encoding(metadata=Metadata(SRGB, (300.0, 72.5)))
    write_image(tmp_path / "a.tif", image, encoding=encoding)
    content = (tmp_path / "a.tif").read_bytes()
    assert SRGB in content
    assert_array_equal(read_image(tmp_path / "a.tif"), image)


def test_a_profile_of_other_channels_is_left_out(tmp_path):
    source = tmp_path / "a.png"
    Image.fromarray(picture((16, 20, 3), np.uint8)).save(source, icc_profile=SRGB)
    words = ["filter", "gaussian", str(source), "-o", str(tmp_path / "b.png"), "--gray"]
    assert_array_equal(run(words), 0)
    with Image.open(tmp_path / "b.png") as found:
        assert "icc_profile" not in found.info


def test_orientation_is_applied_once(tmp_path):
    image = picture((16, 20, 3), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(image).save(tmp_path / "a.png", exif=exif, dpi=(300, 100))
    words = ["filter", "identity", str(tmp_path / "a.png"), "-o", str(tmp_path / "b.png")]
    assert_array_equal(run(words), 0)
    upright = image.swapaxes(0, 1)[:, ::-1]
    assert_array_equal(read_image(tmp_path / "b.png"), upright)
    with Image.open(tmp_path / "b.png") as found:
        assert_array_equal(found.getexif().get(0x0112, 1), 1)
        assert_allclose(found.info["dpi"], (100, 300), rtol=1e-3)


@pytest.mark.parametrize("dpi", [(0, 0), (float("nan"), 1), (-3, 5)])
def test_a_senseless_resolution_is_left_out(dpi):
    content = io.BytesIO()
    tags = {282: dpi[0], 283: dpi[1], 296: 2}
    try:
        Image.fromarray(picture((4, 4), np.uint8)).save(content, "TIFF", tiffinfo=tags)
    except (ValueError, struct.error):
        return
    with PictureFile(content.getvalue()) as file:
        assert file.facts.metadata.dpi is None


def test_how_much_memory_a_picture_takes():
    with PictureFile(encode_image(picture((5, 6, 3), np.uint8), "png")) as file:
        assert file.facts.nbytes == 90


def test_quality_and_compression(tmp_path):
    image = cv2.GaussianBlur(picture((200, 200, 3), np.uint8), (0, 0), 3)
    sizes = [len(encode_image(image, "jpg", encoding=Encoding(quality=q))) for q in (20, 60, 95)]
    assert sizes[0] < sizes[1] < sizes[2]
    sizes = [len(encode_image(image, "png", encoding=Encoding(compress=c))) for c in (0, 1, 9)]
    assert sizes[0] > sizes[1] > sizes[2]
    fast = len(encode_image(image, "png"))
    assert fast < 0.9 * sizes[0]
    for wrong in ({"quality": 0}, {"quality": 101}, {"compress": -1}, {"compress": 10}):
        with pytest.raises(EdgewiseError, match="is not from"):
            Encoding(**wrong)


def test_the_clipped_share_and_nan_are_counted():
    values = np.float32([[-100, 0, 300, np.nan, 10]])
    fitting = Fitting("clip", np.uint8)
    assert_array_equal(fitting.fit(values), [[0, 0, 255, 0, 10]])
    assert_array_equal(str(fitting.clipped), "40.00% of the values clipped, 1 NaN became 0")


def test_rescale_leaves_infinity_and_nan_out():
    values = np.float32([[-np.inf, 0, 50, np.nan, 100, np.inf]])
    fitting = Fitting("rescale", np.uint8)
    fitting.look(values)
    assert_array_equal(fitting.fit(values), [[0, 0, 128, 0, 255, 255]])


def test_nan_stays_nan_in_float_files(tmp_path):
    image = np.zeros((9, 9), np.float32)
    image[4, 4] = np.nan
    write_image(tmp_path / "a.tif", image)
    assert_array_equal(
        run(["filter", "box:3", str(tmp_path / "a.tif"), "-o", str(tmp_path / "b.npy")]), 0
    )
    expected = np.zeros((9, 9), bool)
    expected[3:6, 3:6] = True
    assert_array_equal(np.isnan(read_image(tmp_path / "b.npy")), expected)


def test_point_filters_see_colours_as_they_are():
    image = np.full((4, 4, 2), (200, 100), np.uint8)
    result = apply("threshold:150", image)
    assert_allclose(result[..., 0], 255)
    assert_allclose(result[..., 1], 100)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("chain", ["gaussian:1.5", "box:5:stride=2", "median:3"])
def test_a_flat_opaque_picture_stays_flat(chain, dtype):
    image = np.ones((12, 12, 4), DTYPES[dtype]) * DTYPES[dtype](100)
    opaque = 1 if dtype == "float32" else np.iinfo(DTYPES[dtype]).max
    image[..., 3] = opaque
    result = apply(chain, image)
    assert_allclose(result[..., :3], 100, rtol=1e-5)
    assert_allclose(result[..., 3], opaque, rtol=1e-5)
