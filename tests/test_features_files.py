"""Feature files: everything comes back, nothing damaged gets in."""

import json
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pyarrow.parquet
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_svmlight_file

from edgewise.features import FeatureTable, HogConfig, load_features, save_features
from edgewise.images.errors import DataError, EdgewiseError

CONFIG = HogConfig.preset("skimage", cell=4, block=(1, 2), bins=5, window_sigma=0.7)
SIZE = (9, 14)

kinds = pytest.mark.parametrize("suffix", [".npz", ".csv", ".npy", ".svm", ".parquet"])


def table(labelled=True, **changes):
    random = np.random.default_rng(0)
    X = random.random((3, CONFIG.length(*SIZE)), np.float32)
    X[0, :4] = 0, 1e-30, np.float32(1) / 3, np.nan
    parts = {
        "X": X,
        "names": ('a,"quoted".png', "b\nc\r.png", "größe \udcff.png"),
        "labels": ("cat", "10", "cat") if labelled else None,
        "classes": ("10", "cat") if labelled else (),
        "config": CONFIG,
        "size": SIZE,
        "channels": 3,
        "failed": (("bad.png", "the file is empty"),),
        "inputs": np.array([[0, 1, 30, 20], [-1, 0, 0, 0], [1, 0, 14, 9], [2, 1, 7, 5]], np.int32),
    }
    if not labelled:
        parts["inputs"][:, 1] = -1
    return FeatureTable(**{**parts, **changes})


def as_stored(wanted, suffix):
    """Return a table as a format can hold it: Parquet's texts are UTF-8."""
    if suffix.lower() != ".parquet":
        return wanted
    names = tuple(name.encode(errors="replace").decode() for name in wanted.names)
    return replace(wanted, names=names)


def assert_same_table(found, wanted):
    assert_array_equal(found.X, wanted.X)
    assert found.X.dtype == np.float32
    for name in ("names", "labels", "classes", "config", "size", "channels", "failed"):
        assert getattr(found, name) == getattr(wanted, name)
    assert found.index == wanted.index


@kinds
@pytest.mark.parametrize("labelled", [True, False])
def test_everything_comes_back(tmp_path, suffix, labelled):
    wanted = table(labelled)
    save_features(tmp_path / f"f{suffix}", wanted)
    assert_same_table(load_features(tmp_path / f"f{suffix}"), as_stored(wanted, suffix))


@kinds
def test_the_index_has_a_row_for_every_input(tmp_path, suffix):
    save_features(tmp_path / f"f{suffix}", table(names=("a", "b", "c")))
    keys = ("name", "label", "width", "height", "status", "reason")
    assert [
        tuple(row[key] for key in keys) for row in load_features(tmp_path / f"f{suffix}").index
    ] == [
        ("a", "cat", 30, 20, "ok", None),
        ("bad.png", "10", None, None, "failed", "the file is empty"),
        ("b", "10", 14, 9, "ok", None),
        ("c", "cat", 7, 5, "ok", None),
    ]


@kinds
def test_files_without_an_index_are_read(tmp_path, suffix):
    save_features(tmp_path / f"f{suffix}", table(inputs=None))
    assert load_features(tmp_path / f"f{suffix}").index == []


@kinds
def test_no_failures_and_capitals_in_the_name(tmp_path, suffix):
    wanted = table(failed=(), inputs=None)
    save_features(tmp_path / f"F{suffix.upper()}", wanted)
    found = load_features(tmp_path / f"F{suffix.upper()}")
    assert_same_table(found, as_stored(wanted, suffix))


@kinds
def test_the_same_table_gives_the_same_bytes(tmp_path, suffix):
    for name in "ab":
        save_features(tmp_path / f"{name}{suffix}", table())
    first, second = ((tmp_path / f"{name}{suffix}").read_bytes() for name in "ab")
    assert first == second


@kinds
def test_files_are_not_overwritten(tmp_path, suffix):
    path = tmp_path / f"f{suffix}"
    path.write_text("mine")
    with pytest.raises(EdgewiseError, match="use --overwrite"):
        save_features(path, table())
    assert path.read_text() == "mine"
    save_features(path, table(), overwrite=True)
    assert_same_table(load_features(path), as_stored(table(), suffix))
    beside = {".npy", ".svm", ".csv"} & {suffix}
    wanted = [path.name, *(f"{path.name}.json" for _ in beside)]
    assert sorted(p.name for p in tmp_path.iterdir()) == wanted


def test_other_suffixes_are_refused():
    message = r"f.txt: the name of a feature file ends in .npz, .npy, .csv, .svm or .parquet"
    with pytest.raises(EdgewiseError, match=message):
        save_features("f.txt", table())
    with pytest.raises(EdgewiseError, match="ends in .npz"):
        load_features("f.arff")


@pytest.mark.parametrize("suffix", [".npy", ".svm"])
def test_vectors_without_what_says_what_they_are(tmp_path, suffix):
    path = tmp_path / f"f{suffix}"
    save_features(path, table())
    with path.open("ab") as file:
        file.write(b" ")
    with pytest.raises(DataError, match=r"cut short, or not the one that f\.\w+\.json speaks of"):
        load_features(path)
    (tmp_path / f"f{suffix}.json").unlink()
    with pytest.raises(
        DataError, match=r"f\.\w+\.json, which says what the rows are, is not beside"
    ):
        load_features(path)


def test_npy_is_mapped(tmp_path):
    save_features(tmp_path / "f.npy", table())
    assert isinstance(load_features(tmp_path / "f.npy").X, np.memmap)
    assert_array_equal(np.load(tmp_path / "f.npy"), table().X)


def test_liblinear_and_scikit_learn_read_svm(tmp_path):
    save_features(tmp_path / "f.svm", table())
    X, y = load_svmlight_file(str(tmp_path / "f.svm"), n_features=table().X.shape[1])
    assert_array_equal(X.toarray().astype(np.float32), table().X)
    assert_array_equal(y, [1, 0, 1])
    assert (tmp_path / "f.svm").read_text().startswith("1 2:")


def test_data_frames_read_parquet(tmp_path):
    save_features(tmp_path / "f.parquet", table(names=("a", "b", "c")))
    found = pyarrow.parquet.read_table(tmp_path / "f.parquet")
    assert found.column_names == ["name", "label", "features"]
    assert found["label"].to_pylist() == ["cat", "10", "cat"]
    assert_array_equal(np.array(found["features"].to_pylist(), np.float32), table().X)


def test_parquet_of_another_program_is_refused(tmp_path):
    pyarrow.parquet.write_table(pyarrow.table({"name": ["a"]}), tmp_path / "f.parquet")
    with pytest.raises(DataError, match="not one of edgewise hog"):
        load_features(tmp_path / "f.parquet")


def test_parquet_needs_its_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(EdgewiseError, match="pip install pyarrow"):
        save_features(tmp_path / "f.parquet", table())
    assert list(tmp_path.iterdir()) == []


def test_other_programs_can_read_them(tmp_path):
    save_features(tmp_path / "f.npz", table())
    with np.load(tmp_path / "f.npz") as arrays:
        assert arrays["labels"].tolist() == ["cat", "10", "cat"]
        assert json.loads(arrays["config"].item())["bins"] == 5
    save_features(tmp_path / "f.csv", table(names=("a", "b", "c")))
    values = np.genfromtxt(tmp_path / "f.csv", delimiter=",", skip_header=1)
    assert_array_equal(values[:, 2:].astype(np.float32), table().X)


@kinds
@pytest.mark.parametrize("cut", [0, 1, 30, 400, 700, -3, -300])
def test_truncated_files(tmp_path, suffix, cut):
    path = tmp_path / f"f{suffix}"
    save_features(path, table(names=("a", "b", "c")))
    content = path.read_bytes()
    cut = cut if cut < len(content) else -50
    # A cut inside the last number of a .csv cannot be seen; this one is wider.
    path.write_bytes(content[: cut if cut != -3 or suffix == ".npz" else -30])
    with pytest.raises(DataError, match=f"f{suffix}: "):
        load_features(path)


@pytest.mark.parametrize("at", range(0, 1200, 37))
def test_flipped_bytes_of_an_npz(tmp_path, at):
    path = tmp_path / "f.npz"
    save_features(path, table())
    content = bytearray(path.read_bytes())
    content[at] ^= 0x5A
    path.write_bytes(content)
    try:
        found = load_features(path)
    except DataError as error:
        assert str(error).startswith(str(path))
    else:
        # Some bytes mean nothing, such as a date.
        assert_same_table(found, table())


def rewritten(path, **changes):
    """Save a table with some arrays replaced, or left out where None."""
    save_features(path, table())
    with np.load(path) as arrays:
        kept = {**arrays, **changes}
    np.savez(path, **{name: value for name, value in kept.items() if value is not None})
    return path


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"X": np.zeros((3, 7), np.float32)}, "have 40 values each, but the table's shape is"),
        ({"X": np.zeros((3, 40))}, "X is 2-dimensional float64"),
        ({"X": np.zeros(40, np.float32)}, "X is 1-dimensional"),
        ({"X": None}, "no feature file"),
        ({"names": np.array(["a", "b"])}, "2 pictures"),
        ({"labels": np.array(["cat"])}, "1 labels for 3 pictures"),
        ({"labels": np.array(["dog"] * 3)}, 'the label "dog" is none of the classes'),
        ({"config": np.array("{")}, "no feature file"),
        ({"config": np.array('{"bin": 3}')}, 'no HoG setting "bin"'),
        ({"config": np.array('{"bins": "many"}')}, "bins is a whole number"),
        ({"size": np.array([3, 3])}, "too small"),
        ({"size": np.array([9])}, "no feature file"),
        ({"schema": np.array("edgewise.features/9")}, "written as edgewise.features/9"),
        ({"failed": np.array(["a"])}, "no feature file"),
    ],
)
def test_lying_files(tmp_path, changes, text):
    path = rewritten(tmp_path / "f.npz", **changes)
    with pytest.raises(DataError, match=text) as caught:
        load_features(path)
    assert str(caught.value).startswith(str(path))


def test_pickles_are_not_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    path = rewritten(tmp_path / "f.npz", names=np.array([Trap()] * 3, object))
    with pytest.raises(DataError):
        load_features(path)
    assert not (tmp_path / "sprung").exists()


def test_other_files(tmp_path):
    other = tmp_path / "photos.csv"
    other.write_text("path,label\na.png,cat\n")
    with pytest.raises(
        DataError, match=r"photos.csv: no feature file, as it does not begin with the column name"
    ):
        load_features(other)
    with zipfile.ZipFile(tmp_path / "some.npz", "w") as archive:
        archive.writestr("notes.txt", "hello")
    with pytest.raises(DataError, match="no feature file"):
        load_features(tmp_path / "some.npz")
    with pytest.raises(FileNotFoundError):
        load_features(tmp_path / "missing.npz")


@pytest.mark.parametrize(
    ("row", "text"),
    [("x,cat,1,2", "row 4 holds 2 values"), ("x,cat," + ",".join(["?"] * 40), "no feature file")],
)
def test_wrong_rows_of_a_csv(tmp_path, row, text):
    path = tmp_path / "f.csv"
    save_features(path, table())
    path.write_bytes(path.read_bytes() + row.encode() + b"\n")
    with pytest.raises(DataError, match=text):
        load_features(path)


def test_rows_of_a_csv_may_be_removed(tmp_path):
    path = tmp_path / "f.csv"
    save_features(path, table(names=("a", "b", "c")))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2] + lines[3:]))
    found = load_features(path)
    assert found.names == ("a", "c")
    assert found.index == []


def test_parquet_refuses_a_class_that_is_no_text(tmp_path):
    odd = table(labels=("\udcff", "cat", "cat"), classes=("\udcff", "cat"))
    with pytest.raises(EdgewiseError, match=r"the class \\xff is no text") as found:
        save_features(tmp_path / "f.parquet", odd)
    assert ".npz" in found.value.hint
    assert not list(tmp_path.iterdir())
