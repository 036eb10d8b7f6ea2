"""Every malformed file that the tests can make, in one folder, through whole commands.

Each is found in the index with its status and reason, the good ones are all
processed, and the exit code is 3.
"""

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image
from test_decode import FILES, RGB, encoded, lying, png_header

from edgewise.cli.main import run
from edgewise.features import FeatureTable, hog, open_features, prepare
from edgewise.features.shards.places import place, read_lines
from edgewise.features.shards.plan_files import read_plan
from edgewise.images import open_dataset, opening, read_image
from edgewise.images.decode import read_shrunk
from edgewise.images.regular import open_regular

SIZE = (24, 16)
HOG = ["--size", "16x24", "--cell", "4", "-q"]
FILE_KINDS = [".npz", ".npy", ".csv", ".svm", ".parquet"]


def good() -> dict[str, bytes]:
    """Return odd pictures that can be read."""
    odd = {f"whole.{kind}": content for kind, content in FILES.items() if kind != "npy"}
    picture = Image.fromarray(RGB)
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        odd[f"mode-{mode.replace(';', '')}.png"] = encoded(
            Image.fromarray(RGB[..., 0].astype(np.uint16)) if mode == "I;16"
            else picture.convert(mode), "PNG",
        )  # fmt: skip
    for mode in ("CMYK", "YCbCr", "LAB", "F"):
        odd[f"mode-{mode}.tif"] = encoded(picture.convert("L" if mode == "F" else mode), "TIFF")
    odd["one-pixel.png"] = encoded(RGB[:1, :1], "PNG")
    # The name says one format, the content another.
    odd["png-inside.jpg"] = FILES["png"]
    odd["jpeg-inside.png"] = FILES["jpg"]
    odd["tiff-inside.gif"] = FILES["tif"]
    return odd


def bad() -> dict[str, tuple[bytes, str]]:
    """Return malformed files, and a word of each one's reason."""
    odd = {
        "empty.png": (b"", "empty"), "empty.jpg": (b"", "empty"),
        "text.png": (b"words", "not a picture"), "zeros.jpg": (bytes(999), "not a picture"),
        "page.jpg": (b"<!DOCTYPE html><p>404", "web page"), "zip.png": (b"PK\3\4", "zip"),
        "vector.png": (b"<svg xmlns=''/>", "SVG"), "paper.tif": (b"%PDF-1.7", "PDF"),
        "head-only.png": (FILES["png"][:8], "damaged PNG"),
        "bomb.png": (png_header(50_000, 50_000), "more than the limit"),
        "no-width.png": (png_header(0, 5), ""), "no-height.png": (png_header(5, 0), ""),
    }  # fmt: skip
    for kind in ("jpg", "gif", "bmp", "tif", "ppm"):
        odd[f"huge.{kind}"] = (lying(kind), "more than the limit")
    for kind, content in FILES.items():
        if kind != "npy":
            for share in (0.05, 0.3, 0.6):
                odd[f"cut-{share}.{kind}"] = (content[: max(4, int(share * len(content)))], "")
    flipped = bytearray(FILES["png"])
    flipped[len(flipped) // 2] ^= 255
    odd["flipped.png"] = (bytes(flipped), "checksum")
    return odd


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of good and bad pictures; one of the latter may not be read."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for name, content in good().items():
        Path("in", name).write_bytes(content)
    for name, (content, _) in bad().items():
        Path("in", name).write_bytes(content)
    Path("in", "secret.png").write_bytes(FILES["png"])
    Path("in", "secret.png").chmod(0)
    # A folder is not a picture, whatever its name; what lies in it is searched.
    Path("in", "folder.png").mkdir()
    Path("in", "full.jpg").mkdir()
    Path("in", "full.jpg", "inner.png").write_bytes(FILES["png"])
    os.symlink("folder.png", "in/link.png")
    os.symlink("nowhere.png", "in/dangling.png")
    os.symlink("loop.png", "in/loop.png")

    def guarded(name):
        # Whoever may do everything could read it.
        if os.fspath(name).endswith("secret.png"):
            raise PermissionError(errno.EACCES, "Permission denied", name)
        return open_regular(name)

    monkeypatch.setattr(opening, "open_regular", guarded)
    return tmp_path


REASONS = {name: reason for name, (_, reason) in bad().items()} | {
    "secret.png": "permission denied",
    "link.png": "a folder, not a regular file",
    "dangling.png": "no such file",
    "loop.png": "symbolic links",
}


def expected() -> tuple[list[str], list[str]]:
    """Return the names of the pictures that can be read, and of the others, in order."""
    ordered = sorted([*good(), *REASONS, "full.jpg"])
    readable, others = [], []
    for name in ordered:
        if name == "full.jpg":
            readable.append("in/full.jpg/inner.png")
        elif name in REASONS and not (name.startswith("cut-") and _reads(f"in/{name}")):
            others.append(f"in/{name}")
        else:
            readable.append(f"in/{name}")
    return readable, others


def _reads(name: str) -> bool:
    # The last bytes of some formats hold no pixels.
    try:
        read_image(name)
    except ValueError:
        return False
    return True


def check(found: dict[str, str]) -> None:
    for name, reason in found.items():
        assert REASONS[name.removeprefix("in/")] in reason
        assert len(reason) > 5
        assert "\n" not in reason


def check_index(table: FeatureTable, readable: list[str], others: list[str]) -> None:
    rows = {row["name"]: row for row in table.index}
    assert sorted(rows) == sorted(readable + others)
    assert list(rows) == list(open_dataset(["in"], labelled=False).names)
    for name in readable:
        with Image.open(name) as file:
            size = file.size
        assert (rows[name]["width"], rows[name]["height"], rows[name]["status"]) == (*size, "ok")
    for name, reason in table.failed:
        found = rows[name]
        assert (found["width"], found["height"]) == (None, None)
        assert (found["status"], found["reason"]) == ("failed", reason)


def test_most_of_what_is_cut_short_is_refused(folder):
    _, others = expected()
    assert len([name for name in others if "cut-" in name]) > 40


@pytest.mark.parametrize("suffix", FILE_KINDS)
def test_a_single_file(folder, capsys, suffix):
    readable, others = expected()
    assert_array_equal(run(["hog", "in", "-o", f"f{suffix}", *HOG, "-j", "2"]), 3)
    table = open_features(f"f{suffix}")
    assert list(table.names) == readable
    assert [name for name, _ in table.failed] == others
    check(dict(table.failed))
    check_index(table, readable, others)
    for name, row in zip(table.names, table.X, strict=True):
        image = prepare(read_shrunk(name, SIZE)[0], size=SIZE)
        np.testing.assert_allclose(row, hog(image, cell=4), atol=1e-5)
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[0] for line in told] == others


def test_shards(folder, capsys):
    readable, others = expected()
    words = ["hog", "in", "-o", "out/", *HOG, "--shard-size", "25"]
    for _ in range(2):  # the second time nothing is left to do
        assert_array_equal(run(words), 3)
        shards = range(read_plan(Path("out")).shards)
        rows = [row for n in shards for row in read_lines(place(Path("out"), "index", n), bool)]
        ok = [row["name"] for row in rows if row["status"] == "ok"]
        failed = {row["name"]: row["reason"] for row in rows if row["status"] == "failed"}
        assert (ok, list(failed)) == (readable, others)
        check(failed)
    table = open_features("out")
    assert_array_equal(table.names, readable)
    check_index(table, readable, others)


def test_nothing_but_bad_pictures(folder, capsys):
    names = [f"in/{name}" for name in REASONS if not name.startswith(("cut-", "link"))]
    assert_array_equal(run(["hog", *names, "-o", "f.npz", *HOG]), 1)
    assert capsys.readouterr().err.endswith("no picture could be used, so there are no features\n")
    assert not Path("f.npz").exists()
