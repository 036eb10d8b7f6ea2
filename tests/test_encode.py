"""Writing pictures, and files that appear whole or not at all."""

import errno
import io
import os

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import EdgewiseError, ImageError, read_image, write_image
from edgewise.images.atomic import atomic_file

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
        ("png", picture(3, np.uint16), r"PNG cannot hold RGB of uint16; \.npy can"),
        ("png", np.zeros((2, 2), bool), "PNG cannot hold gray of bool"),
        ("png", np.zeros((0, 2), np.uint8), "is no picture"),
        ("xyz", picture(1), 'no picture format "xyz"; there are png'),
    ],
)
def test_what_a_format_cannot_hold(tmp_path, suffix, image, message):
    with pytest.raises(ImageError, match=message):
        write_image(tmp_path / f"a.{suffix}", image)
    assert_array_equal(os.listdir(tmp_path), [])


def test_to_an_open_file():
    content = io.BytesIO()
    write_image(content, picture(3), format="png")
    assert_array_equal(read_image(content.getvalue()).shape, (9, 11, 3))


def test_nothing_is_overwritten_unless_asked(tmp_path):
    target = tmp_path / "a.png"
    target.write_bytes(b"old")
    with pytest.raises(EdgewiseError, match=r"a\.png exists already; use --overwrite"):
        write_image(target, picture(1))
    assert_array_equal(target.read_bytes(), b"old")
    write_image(target, picture(1), overwrite=True)
    assert_array_equal(read_image(target).shape, (9, 11))


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(EdgewiseError, match="is a folder"), atomic_file(tmp_path, overwrite=True):
        pass


def test_missing_folders_are_made(tmp_path):
    write_image(tmp_path / "new" / "deep" / "a.png", picture(1))
    assert_array_equal(os.listdir(tmp_path / "new" / "deep"), ["a.png"])


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt, OSError(errno.ENOSPC, "disk full"), ValueError]
)
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path, error):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    kind = error if isinstance(error, type) else type(error)
    with pytest.raises(kind), atomic_file(target, overwrite=True) as file:
        file.write(b"half")
        raise error
    assert_array_equal(os.listdir(tmp_path), ["a.bin"])
    assert_array_equal(target.read_bytes(), b"old")


def test_a_full_disk_found_at_the_last_moment(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_image(tmp_path / "a.png", picture(1))
    assert_array_equal(os.listdir(tmp_path), [])


def test_a_file_that_appears_meanwhile_is_kept(tmp_path):
    target = tmp_path / "a.bin"
    with pytest.raises(EdgewiseError, match="exists"), atomic_file(target) as file:
        file.write(b"ours")
        target.write_bytes(b"theirs")
    assert_array_equal(target.read_bytes(), b"theirs")
    assert_array_equal(os.listdir(tmp_path), ["a.bin"])


def test_permissions(tmp_path):
    before = os.umask(0o027)
    try:
        write_image(tmp_path / "new.png", picture(1))
        (tmp_path / "old.png").touch(0o600)
        write_image(tmp_path / "old.png", picture(1), overwrite=True)
    finally:
        os.umask(before)
    assert_array_equal((tmp_path / "new.png").stat().st_mode & 0o777, 0o640)
    assert_array_equal((tmp_path / "old.png").stat().st_mode & 0o777, 0o600)


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.png").touch()
    (tmp_path / "link.png").symlink_to(tmp_path / "real.png")
    write_image(tmp_path / "link.png", picture(1), overwrite=True)
    assert (tmp_path / "link.png").is_symlink()
    assert_array_equal(read_image(tmp_path / "real.png").shape, (9, 11))
