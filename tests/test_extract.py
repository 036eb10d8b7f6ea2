"""HoG of whole data sets: order, failures, sizes, memory."""

import gzip
import json
import tracemalloc
from functools import partial
from importlib import import_module

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

import edgewise.features
from edgewise.cli.main import run
from edgewise.features import (
    FeatureTable,
    HogConfig,
    extract,
    hog,
    hog_batch,
    open_features,
    prepare,
)
from edgewise.images import open_dataset, read_image, write_image
from edgewise.images.dataset import Dataset
from edgewise.images.errors import DataError, EdgewiseError, ImageError
from edgewise.models.linear import LinearModel
from edgewise.models.prediction import judge_pictures

CONFIG = HogConfig(cell=4, bins=6)


def dataset(images, labels=None, array=None):
    """Return a data set of arrays; an exception in the list is raised."""

    def read(i):
        if isinstance(images[i], Exception):
            raise images[i]
        return images[i]

    names = tuple(f"{i}.png" for i in range(len(images)))
    return Dataset(names, labels, read, array=array, source="memory")


def pictures(count, shape=(12, 17), dtype=np.uint8):
    random = np.random.default_rng(0)
    return [random.integers(0, 256, shape).astype(dtype) for _ in range(count)]


def test_rows_are_the_pictures_in_order():
    images = pictures(30)
    labels = tuple(["10", "9", "a"] * 10)
    table = extract(dataset(images, labels), CONFIG, jobs=3)
    assert_array_equal(table.X, hog_batch(np.stack(images), CONFIG))
    assert table.names[:2] == ("0.png", "1.png")
    assert table.labels == labels
    assert table.classes == ("9", "10", "a")
    assert (table.size, table.channels, table.failed) == ((12, 17), 1, ())
    assert len(table) == 30


def test_failures_have_no_row_but_are_named():
    images = pictures(6)
    images[0] = ImageError("0.png", "it is broken")
    images[4] = EdgewiseError("it is odd")
    said, steps = [], []
    table = extract(
        dataset(images, tuple("abcdef")), CONFIG,
        failed=lambda *words: said.append(words), progress=steps.append,
    )  # fmt: skip
    assert said == [("0.png", "it is broken"), ("4.png", "it is odd")]
    assert table.failed == tuple(said)
    assert table.names == ("1.png", "2.png", "3.png", "5.png")
    assert table.labels == table.classes == tuple("bcdf")
    assert_array_equal(table.X[3], hog(images[5], CONFIG))
    assert steps[-1] == 6


def test_nothing_to_read():
    broken = [ImageError("0.png", "it is broken"), ImageError("1.png", "so is it")]
    with pytest.raises(EdgewiseError, match="could be read; the first, 0.png: it is broken"):
        extract(dataset(broken), CONFIG)
    with pytest.raises(EdgewiseError, match="no picture could be used"):
        extract(dataset(broken), CONFIG, size=(20, 20), failed=lambda *_: None)
    with pytest.raises(EdgewiseError, match="memory: there are no pictures"):
        extract(dataset([]), CONFIG)


def test_sizes_that_differ_get_a_suggestion():
    images = [np.zeros((20, 30), np.uint8), *pictures(5, (40, 50))]
    with pytest.raises(EdgewiseError) as caught:
        extract(dataset(images), CONFIG)
    assert str(caught.value) == (
        "the pictures differ in size (0.png is 30x20 and 1.png is 50x40); give one size for all, "
        "such as --size 50x40, the most common of those seen"
    )


def test_a_size_is_for_all():
    images = [*pictures(2, (40, 50)), *pictures(2, (30, 20))]
    table = extract(dataset(images), CONFIG, size=(16, 24))
    assert table.size == (16, 24)
    for row, image in zip(table.X, images, strict=True):
        assert_array_equal(row, hog(prepare(image, size=(16, 24)), CONFIG))


def test_a_size_that_is_too_small_is_refused_before_reading():
    broken = [ImageError("0.png", "it is broken")]
    with pytest.raises(EdgewiseError, match="7x8 pixels is too small"):
        extract(dataset(broken), CONFIG, size=(8, 7))


def test_gray_colour_alpha_and_depths_go_together():
    gray, colour = pictures(1)[0], pictures(1, (12, 17, 3))[0]
    images = [
        gray,
        colour,
        np.dstack([colour, pictures(1)[0]]),
        np.dstack([gray, pictures(1)[0]]),
        gray.astype(np.uint16) * 200,
        colour.astype(np.float32),
        gray[:, :, None],
    ]
    table = extract(dataset(images), CONFIG)
    assert table.channels == 3
    for i, same in ((2, colour), (3, gray), (5, colour.astype(np.float32)), (6, gray)):
        assert_array_equal(table.X[i], hog(same, CONFIG))
    made_gray = extract(dataset(images), CONFIG, gray=True)
    assert made_gray.channels == 1
    assert_array_equal(made_gray.X[1], hog(prepare(colour, channels=1), CONFIG))
    assert prepare(colour, channels=1).shape == (12, 17)
    assert (made_gray.X[1] != table.X[1]).any()


def test_one_channel_means_gray_and_three_means_colour_is_kept():
    gray, colour = pictures(1)[0], pictures(1, (12, 17, 3))[0]
    assert prepare(gray) is gray
    assert prepare(colour).shape == (12, 17, 3)
    assert prepare(colour, size=(5, 6), channels=1).shape == (5, 6)
    assert prepare(np.dstack([gray, gray]), channels=3).shape == (12, 17)


def test_idx_goes_straight_to_the_loops(tmp_path):
    images = np.stack(pictures(40, (28, 28)))
    header = bytes([0, 0, 8, 3]) + b"".join(n.to_bytes(4, "big") for n in images.shape)
    with gzip.open(tmp_path / "some-images-idx3-ubyte.gz", "wb") as file:
        file.write(header + images.tobytes())
    found = open_dataset(tmp_path / "some-images-idx3-ubyte.gz", labelled=False)
    table = extract(found, CONFIG)
    assert_array_equal(table.X, hog_batch(images, CONFIG))
    assert table.names[17] == "some-images-idx3-ubyte[17]"
    resized = extract(found, CONFIG, size=(14, 14))
    small = np.stack([prepare(image, size=(14, 14)) for image in images])
    assert_array_equal(resized.X, hog_batch(small, CONFIG))


def test_files_of_a_folder_per_class(tmp_path):
    for name, image in zip(("cat/1.png", "cat/2.png", "dog/1.png"), pictures(3), strict=True):
        write_image(tmp_path / name, image)
    (tmp_path / "dog" / "9.png").write_text("not a picture")
    table = extract(open_dataset(tmp_path), CONFIG)
    assert table.labels == ("cat", "cat", "dog")
    assert [name for name, _ in table.failed] == ["dog/9.png"]
    assert_array_equal(table.X[2], hog(pictures(3)[2], CONFIG))


def test_progress_moves_during_a_large_array(monkeypatch):
    module = import_module("edgewise.features.reading")
    monkeypatch.setattr(module, "CHUNK_PIXELS", 12 * 17 * 7)
    images = pictures(30)
    steps = []
    array = np.stack(images)
    table = extract(dataset(images, array=array), CONFIG, progress=steps.append)
    assert steps == [7, 14, 21, 28, 30]
    streamed = extract(dataset(images), CONFIG, progress=steps.append)
    assert steps[5:] == [7, 14, 21, 28, 30]
    assert_array_equal(streamed.X, table.X)


def test_memory_is_the_vectors_and_little_more():
    # One picture, read again and again: what is held shows in the peak.
    image = pictures(1, (400, 500))[0]
    found = Dataset(tuple(map(str, range(300))), None, lambda i: image.copy())
    config = HogConfig.preset("skimage", cell=100, block=1)
    extract(found.subset(range(3)), config)
    tracemalloc.start()
    extract(found, config, jobs=2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # 300 pictures are 60 MB; a chunk of them is 4 MB, twice when stacked.
    assert peak < 20e6


def test_tables_fit_together():
    parts = {"labels": None, "classes": (), "config": CONFIG, "size": (12, 17)}
    X = np.zeros((2, CONFIG.length(12, 17)), np.float32)
    assert len(FeatureTable(X=X, names=("a", "b"), **parts)) == 2
    with pytest.raises(DataError, match="1 pictures with these HoG settings"):
        FeatureTable(X=X, names=("a",), **parts)
    with pytest.raises(DataError, match="1 labels for 2 pictures"):
        FeatureTable(X=X, names=("a", "b"), **{**parts, "labels": ("x",), "classes": ("x",)})


def test_the_package_offers_functions_not_their_modules():
    for name in ("hog", "extract"):
        import_module(f"edgewise.features.{name}")
        assert callable(getattr(edgewise.features, name))


@pytest.fixture
def jpegs(tmp_path):
    """Three large JPEGs, one of them turned by its EXIF block."""
    (tmp_path / "p").mkdir()
    smooth = np.add.outer(np.arange(200), np.arange(150) // 2).astype(np.uint8)
    for name in ("a", "b", "c"):
        exif = Image.Exif()
        exif[0x0112] = 6 if name == "b" else 1
        picture = Image.fromarray(np.roll(smooth, 9 * ord(name), axis=0))
        picture.save(tmp_path / "p" / f"{name}.jpg", quality=95, exif=exif)
    return tmp_path / "p"


def test_jpegs_are_shrunk_where_the_size_allows_it_and_not_if_they_must_not_be(jpegs):
    data = open_dataset(str(jpegs), labelled=False)
    shrunk = [extract(data, CONFIG, size=(40, 32), jobs=jobs).X for jobs in (1, 3)]
    exact = extract(data.exactly(), CONFIG, size=(40, 32)).X
    assert_array_equal(*shrunk)
    whole = [prepare(read_image(path), size=(40, 32)) for path in data.paths or ()]
    assert_array_equal(exact, hog_batch(np.stack(whole), CONFIG))
    assert not np.array_equal(shrunk[0], exact)
    for one, other in zip(shrunk[0], exact, strict=True):
        assert one @ other / np.linalg.norm(one) / np.linalg.norm(other) > 0.95
    part = data.subset([2, 0])
    assert_array_equal(extract(part, CONFIG, size=(40, 32)).X, shrunk[0][[2, 0]])
    # Larger than half of the file: there is nothing to shrink.
    large = [extract(one, CONFIG, size=(120, 120)).X for one in (data, data.exactly())]
    assert_array_equal(*large)


@pytest.mark.parametrize("exact", [False, True])
def test_files_and_shards_and_predictions_see_the_same(jpegs, tmp_path, exact):
    words = ["hog", str(jpegs), "--size", "32x40", "--cell", "4", "-q"]
    words += ["--exact"] if exact else []
    assert run([*words, "-o", str(tmp_path / "f.npz")]) == 0
    assert run([*words, "-o", f"{tmp_path}/s/"]) == 0
    tables = [open_features(tmp_path / name) for name in ("f.npz", "s")]
    assert_array_equal(tables[0].X, np.asarray(tables[1].X))
    line = (tmp_path / "s" / "index" / "00000.jsonl").read_text().splitlines()[0]
    assert (json.loads(line)["width"], json.loads(line)["height"]) == (150, 200)
    if not exact:
        weights = np.random.default_rng(0).normal(size=(2, tables[0].X.shape[1]))
        model = LinearModel(
            weights.astype(np.float32), np.zeros(2, np.float32), "svm", ("a", "b"),
            tables[0].config, (40, 32), 3,
        )  # fmt: skip
        data = open_dataset([str(jpegs)], labelled=False)
        found = [judged for _, judged in judge_pictures(model, data)]
        np.testing.assert_allclose(found, model.judge(tables[0].X), atol=1e-4)


@pytest.mark.parametrize("suffix", [".npz", ".npy", ".csv", ".svm", ".parquet"])
def test_very_many_vectors_gather_on_disk_to_the_same_bytes(jpegs, tmp_path, monkeypatch, suffix):
    (jpegs / "bad.jpg").write_text("words")
    words = ["hog", str(jpegs), "--size", "32x40", "--cell", "4", "-q", "-o"]
    (tmp_path / "memory").mkdir()
    assert run([*words, str(tmp_path / "memory" / f"f{suffix}")]) == 3
    monkeypatch.setattr("edgewise.features.rows.MOST_BYTES", 100)
    monkeypatch.setattr(import_module("edgewise.features.reading"), "CHUNK_PIXELS", 40 * 32)
    assert run([*words, str(tmp_path / "disk" / f"f{suffix}")]) == 3
    files = [sorted((tmp_path / name).iterdir()) for name in ("memory", "disk")]
    assert [path.name for path in files[0]] == [path.name for path in files[1]]
    for one, other in zip(*files, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_a_full_disk_is_said_while_vectors_gather(jpegs, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("edgewise.features.rows.MOST_BYTES", 0)
    opened = partial(open, "/dev/full", "wb", buffering=0)
    monkeypatch.setattr("tempfile.TemporaryFile", lambda dir: opened())
    out = tmp_path / "f.npz"
    assert run(["hog", str(jpegs), "--size", "32x40", "-q", "-o", str(out)]) == 1
    assert "no space left on device; make room" in capsys.readouterr().err
    assert not out.exists()


def test_memory_does_not_grow_with_the_vectors(tmp_path):
    images = np.zeros((3000, 12, 17), np.uint8)
    data = dataset(images, array=images)
    tracemalloc.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("edgewise.features.rows.MOST_BYTES", 0)
        patch.setattr(import_module("edgewise.features.reading"), "CHUNK_PIXELS", 20_000)
        table = extract(data, CONFIG, scratch=tmp_path / "none" / "yet")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert table.X.shape == (3000, CONFIG.length(12, 17))
    assert peak < table.X.nbytes / 2
    assert list(tmp_path.iterdir()) == []
