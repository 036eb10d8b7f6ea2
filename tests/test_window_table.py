"""HoG of all windows of many pictures, as a table and as a file."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from edgewise.cli.main import run
from edgewise.features import HogConfig, extract, hog_windows, load_features
from edgewise.features.window_table import extract_windows
from edgewise.images.dataset import open_dataset
from edgewise.images.errors import EdgewiseError

random = np.random.default_rng(11)
CONFIG = HogConfig(cell=4)


@pytest.fixture
def photos(tmp_path):
    """A gray, a coloured, a small and a broken picture, in two classes."""
    for name, shape in [("cat/a", (30, 44)), ("dog/b", (26, 33, 3)), ("dog/c", (12, 40))]:
        path = tmp_path / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(random.integers(0, 256, shape, np.uint8)).save(path)
    (tmp_path / "dog" / "d.png").write_bytes(b"no picture")
    return tmp_path


def test_rows_are_the_windows_of_each_picture(photos):
    table = extract_windows(open_dataset(str(photos)), CONFIG, (16, 16), (8, 4))
    pictures = [np.array(Image.open(photos / name)) for name in ("cat/a.png", "dog/b.png")]
    windows = [
        np.concatenate([vectors for _, vectors in hog_windows(image, (16, 16), (8, 4), CONFIG)])
        for image in pictures
    ]
    assert_array_equal(table.X, np.concatenate(windows))
    assert_array_equal(table.names[:2], ["cat/a.png[16x16+0+0]", "cat/a.png[16x16+4+0]"])
    assert_array_equal(table.names[-1], "dog/b.png[16x16+16+8]")
    assert_array_equal(table.labels, ["cat"] * len(windows[0]) + ["dog"] * len(windows[1]))
    assert_array_equal([name for name, _ in table.failed], ["dog/c.png", "dog/d.png"])
    assert_array_equal([table.channels, *table.size], [3, 16, 16])


def test_a_window_as_large_as_the_picture_is_the_picture(photos):
    names = [str(photos / "cat" / "a.png")]
    dataset = open_dataset(names, labelled=False)
    table = extract_windows(dataset, CONFIG, (28, 44), (4, 4), size=(28, 44))
    assert_allclose(table.X, extract(dataset, CONFIG, size=(28, 44)).X, atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "window", "stride", "text"),
    [
        ({"layout": "vlfeat", "interpolation_scope": "grid", "window_sigma": None}, (16, 16),
         (4, 4), "windows are for settings with blocks"),
        ({}, (4, 16), (4, 4), "a picture of 16x4 pixels is too small for one block"),
        ({}, (16, 16), (0, 4), "a stride is at least 1 pixel, not 0"),
        ({}, (99, 99), (4, 4), "no picture could be read; the first, cat/a.png: a picture"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(photos, changes, window, stride, text):
    with pytest.raises(EdgewiseError, match=text):
        extract_windows(open_dataset(str(photos)), CONFIG.replace(**changes), window, stride)


def test_command_writes_windows_and_names_failures(photos, capsys):
    output = photos / "w.npz"
    words = ["hog", str(photos), "-o", str(output), "--window", "16x24", "--cell", "4"]
    assert_array_equal(run(words), 3)
    table = load_features(output)
    assert_array_equal(table.size, (24, 16))
    assert_array_equal(table.names[1], "cat/a.png[16x24+4+0]")
    said = capsys.readouterr().err
    assert f"{len(table)} windows of 16x24" in said
    assert "2 pictures done, 2 failed" in said


def test_dry_run_counts_windows(photos, capsys):
    words = ["hog", str(photos / "cat"), "--window", "16x16", "--window-stride", "8x4"]
    words += ["--cell", "4", "-n"]
    run([*words, "--json"])
    facts = json.loads(capsys.readouterr().out)
    assert_array_equal(facts["windows_a_picture"], 4 * 4)
    assert_array_equal(facts["bytes"], 16 * facts["length"] * 4)
    run(words)
    assert "16 windows in a picture of 44x30, 8x4 pixels apart" in capsys.readouterr().out


def test_dry_run_names_sizes_that_are_filled(photos, capsys):
    run(["hog", str(photos / "cat"), "-n", "--size", "45x30"])
    assert "40x24 and 48x32 leave none over" in capsys.readouterr().out
    run(["hog", str(photos / "cat"), "-n", "--size", "48x32"])
    assert "over" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["-o", "f.npz", "--window-stride", "8x8"], "--window-stride goes with a --window"),
        (["-o", "shards/", "--window", "16x16"], "not a folder of shards"),
        (["--picture", "p.png", "--window", "16x16"], "or a --picture"),
        (["-o", "f.npz", "--fit", "crop"], "--fit says how pictures come to a size"),
    ],
)
def test_options_at_odds_are_usage_errors(photos, words, text, capsys):
    assert_array_equal(run(["hog", str(photos / "cat" / "a.png"), *words]), 2)
    assert text in capsys.readouterr().err
