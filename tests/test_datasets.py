"""Inputs and data sets: folders, lists, manifests, IDX, digits; and reading in order."""

import gzip
import io
import json
import os
import threading
import time

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from edgewise import EdgewiseError, ImageError, open_dataset, write_image
from edgewise.images.dataset import natural_key
from edgewise.images.idx import is_idx, read_idx
from edgewise.images.inputs import find_inputs
from edgewise.images.stream import read_in_order


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(["b/2.png", "b/10.png", "a/x.jpg", "a/deep/y.png"]):
        write_image(tmp_path / "set" / name, np.full((4, 5), number, np.uint8))
    (tmp_path / "set" / ".hidden").mkdir()
    (tmp_path / "set" / "a" / "notes.txt").write_text("not a picture")
    return tmp_path / "set"


def names(inputs):
    return [found.relative for found in inputs]


def test_folders_are_searched_in_order(folder):
    assert_array_equal(
        names(find_inputs([str(folder)])), ["a/deep/y.png", "a/x.jpg", "b/10.png", "b/2.png"]
    )


def test_globs_lists_and_files(folder, tmp_path, monkeypatch):
    assert_array_equal(names(find_inputs([f"{folder}/b/*.png"])), ["10.png", "2.png"])
    wild = names(find_inputs([f"{folder}/**/*.png"]))
    assert_array_equal(wild, ["a/deep/y.png", "b/10.png", "b/2.png"])
    assert_array_equal(names(find_inputs([f"{folder}/[ab]/*.png"])), ["b/10.png", "b/2.png"])
    (tmp_path / "list.txt").write_text(f"{folder}/b/2.png\n\n{folder}/a\n")
    expected = ["2.png", "deep/y.png", "x.jpg"]
    assert_array_equal(names(find_inputs([f"@{tmp_path}/list.txt"])), expected)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{folder}/b/2.png\n"))
    assert_array_equal(names(find_inputs(["@-"])), ["2.png"])
    (stdin,) = find_inputs(["-"])
    assert stdin.path is None


def test_names_that_look_like_something_else(tmp_path):
    for name in ("[1].png", "a*.png", "@a.png", "-.png", "ä ö.png", " .png"):
        write_image(tmp_path / name, np.zeros((2, 2), np.uint8))
        (found,) = find_inputs([str(tmp_path / name)])
        assert_array_equal(found.path, tmp_path / name)
    assert_array_equal(len(find_inputs([str(tmp_path)])), 6)


def test_folders_keep_out_what_is_hidden_linked_or_no_picture(folder):
    write_image(folder / ".hidden" / "x.png", np.zeros((2, 2), np.uint8))
    write_image(folder / "a" / ".x.png", np.zeros((2, 2), np.uint8))
    (folder / "a" / "around").symlink_to(folder)
    (folder / "a" / "LOUD.PNG").write_bytes((folder / "b" / "2.png").read_bytes())
    assert_array_equal(
        names(find_inputs([str(folder)])),
        ["a/LOUD.PNG", "a/deep/y.png", "a/x.jpg", "b/10.png", "b/2.png"],
    )


def test_a_missing_file_is_left_for_reading_to_report(tmp_path):
    assert_array_equal(names(find_inputs([str(tmp_path / "none.png")])), ["none.png"])


def test_lists_that_are_none(tmp_path):
    (tmp_path / "empty.txt").write_text("\n\n")
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EdgewiseError, match="the list is empty"):
        find_inputs([f"@{tmp_path}/empty.txt"])
    with pytest.raises(EdgewiseError, match="not a text file"):
        find_inputs([f"@{tmp_path}/binary.txt"])


@pytest.mark.parametrize(
    ("word", "message"),
    [("*.png", "matches no file"), ("@none", "none: no such file"), (".", "holds no pictures")],
)
def test_nothing_found(tmp_path, monkeypatch, word, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EdgewiseError, match=message):
        find_inputs([word])


def test_a_folder_per_class(folder):
    dataset = open_dataset(folder)
    assert_array_equal(dataset.names, ["a/deep/y.png", "a/x.jpg", "b/10.png", "b/2.png"])
    assert_array_equal(dataset.labels, ["a", "a", "b", "b"])
    assert_array_equal(dataset.classes, ["a", "b"])
    assert_array_equal(dataset.read(0), np.full((4, 5), 3))


def test_an_empty_class(folder):
    (folder / "c").mkdir()
    with pytest.raises(EdgewiseError, match="c holds no pictures"):
        open_dataset(folder)


def test_a_plain_folder_has_no_labels(folder):
    with pytest.raises(EdgewiseError, match="no labels; give a folder with one sub-folder"):
        open_dataset(folder / "b")
    dataset = open_dataset(folder / "b", labelled=False)
    assert dataset.labels is None
    assert_array_equal(len(dataset), 2)


def test_pictures_beside_classes_without_labels(folder):
    assert_array_equal(open_dataset(folder, labelled=False).labels, ["a", "a", "b", "b"])
    write_image(folder / "stray.png", np.zeros((2, 2), np.uint8))
    dataset = open_dataset(folder, labelled=False)
    assert_array_equal([len(dataset), dataset.labels is None], [5, True])


def test_a_linked_class(folder, tmp_path):
    (folder / "b").rename(tmp_path / "elsewhere")
    (folder / "b").symlink_to(tmp_path / "elsewhere")
    assert_array_equal(open_dataset(folder).labels, ["a", "a", "b", "b"])


def test_subsets_of_subsets(folder):
    subset = open_dataset(folder).subset([3, 1, 0]).subset([2, 0])
    assert_array_equal(subset.names, ["a/deep/y.png", "b/2.png"])
    assert_array_equal(subset.labels, ["a", "b"])
    assert_array_equal(subset.read(1), np.zeros((4, 5)))


def test_a_missing_data_set():
    with pytest.raises(EdgewiseError, match="nowhere: no such file or folder"):
        open_dataset("nowhere")


def test_manifests(folder):
    rows = [("b/2.png", "two", "train", "g1"), ("a/x.jpg", "x", "test", "g2")]
    (folder / "m.csv").write_text(
        "path,label,split,group\n" + "".join(",".join(row) + "\n" for row in rows)
    )
    (folder / "m.tsv").write_text(
        "path\tlabel\tsplit\tgroup\n" + "".join("\t".join(row) + "\n" for row in rows)
    )
    keys = ("path", "label", "split", "group")
    lines = [json.dumps(dict(zip(keys, row, strict=True))) for row in rows]
    (folder / "m.jsonl").write_text("\n".join(lines) + "\n")
    for name in ("m.csv", "m.tsv", "m.jsonl"):
        dataset = open_dataset(folder / name)
        assert_array_equal(dataset.labels, ["two", "x"])
        assert_array_equal(dataset.groups, ["g1", "g2"])
        assert_array_equal(dataset.read(0), np.zeros((4, 5)))
        assert_array_equal(dataset.split("test").labels, ["x"])
        with pytest.raises(EdgewiseError, match='no split "dev"; it has test, train'):
            dataset.split("dev")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("m.csv", "file,label\na,b\n", 'no column "path"'),
        ("m.csv", "path,label\n", "lists no pictures"),
        ("m.csv", "path,label\na.png,x\nb.png,\n", "line 3: no label, though"),
        ("m.csv", "path,label\n,x\n", "line 2: no path"),
        ("m.csv", "path\na.png\n", 'no column "label"'),
        ("m.csv", "", 'no column "path"; make it path,label'),
        ("m.csv", b"path,label\na.png,\xe9\n", "line 2: a label that is not UTF-8 text; save"),
        ("m.csv", "path,label\na.png,x\n".encode("utf-16"), "not UTF-8 text; save it as UTF-8"),
        ("m.csv", "path,label\n" + "x" * 200_000, "field larger than"),
        ("m.tsv", "path,label\na.png,x\n", 'no column "path"'),
        ("m.jsonl", "", "lists no pictures"),
        ("m.jsonl", '{"label": "x"}', "line 1: no path"),
        ("m.jsonl", "[1]\n", "line 1: not a JSON object"),
        ("m.jsonl", "{", r"line 1: not JSON \(Expecting"),
        ("m.jsonl", '{"path": ' + "[" * 100_000, "line 1: its JSON is nested too deeply"),
        ("m.jsonl", '{"path": "a.png", "label": "\\ud800"}', "half a character"),
        ("m.jsonl", '{"path": ' + "9" * 5000 + "}", "a number of too many digits"),
    ],
)
def test_bad_manifests(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(EdgewiseError, match=message):
        open_dataset(tmp_path / name)


def test_a_manifest_as_people_write_them(folder):
    (folder / "m.CSV").write_text("\ufeffPath, Label , note\r\nb/2.png, two words\r\n\r\n")
    dataset = open_dataset(folder / "m.CSV")
    assert_array_equal(dataset.labels, ["two words"])
    assert_array_equal(dataset.read(0).shape, (4, 5))


@pytest.mark.parametrize("name", ["m.csv", "m.jsonl"])
def test_a_path_in_a_manifest_need_not_be_text(folder, name):
    os.rename(folder / "b" / "2.png", os.fsencode(folder) + b"/\xff.png")
    content = {"m.csv": b"path,label\n\xff.png,x\n", "m.jsonl": b'{"path": "\xff.png"}\n'}
    (folder / name).write_bytes(content[name])
    assert_array_equal(open_dataset(folder / name, labelled=False).read(0).shape, (4, 5))


def test_a_manifest_may_name_what_is_not_there(folder):
    (folder / "m.jsonl").write_text('{"path": "none.png"}\n{"path": "a\\u0000b"}\n{"path": 7}\n')
    dataset = open_dataset(folder / "m.jsonl", labelled=False)
    reasons = [str(error) for _, error in dataset.images()]
    assert "none.png: no such file" in reasons[0]
    assert "zero byte" in reasons[1]
    assert "7: no such file" in reasons[2]


def idx(array):
    shape = b"".join(length.to_bytes(4, "big") for length in array.shape)
    return b"\0\0\x08" + bytes([array.ndim]) + shape + array.tobytes()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_idx(tmp_path, pack):
    images = np.arange(60, dtype=np.uint8).reshape(3, 4, 5)
    suffix = ".gz" if pack is gzip.compress else ""
    path = tmp_path / f"t-images-idx3-ubyte{suffix}"
    path.write_bytes(pack(idx(images)))
    with pytest.raises(EdgewiseError, match=r"put t-labels-idx1-ubyte or .* beside it"):
        open_dataset(path)
    (tmp_path / f"t-labels-idx1-ubyte{suffix}").write_bytes(pack(idx(np.uint8([7, 10, 2]))))
    dataset = open_dataset(path)
    assert_array_equal(dataset.array, images)
    assert_array_equal(dataset.labels, ["7", "10", "2"])
    assert_array_equal(dataset.classes, ["2", "7", "10"])
    assert_array_equal(dataset.names[1], "t-images-idx3-ubyte[1]")
    assert_array_equal(dataset.subset([2, 0]).array, images[[2, 0]])
    assert_array_equal(dataset.subset([2, 0]).read(0), images[2])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an IDX file"),
        (b"\0\0\x0d\x01\0\0\0\0", "not an IDX file of unsigned bytes"),
        (b"\0\0\x08\x03\0\0\0\x01", "header is cut short"),
        (b"\0\0\x08" + bytes([70]) + b"\0\0\0\1" * 70 + b"\0", "70 axes"),
        (b"\0\0\x08\0", "0 axes"),
        (b"\0\0\x08\x03" + b"\xff" * 12 + bytes(99), "there are 99; copy"),
        (idx(np.zeros((9, 9), np.uint8)) + b"more", "there are more"),
        (gzip.compress(idx(np.zeros((9, 9), np.uint8)) + bytes(10**6)), "there are more"),
        (idx(np.zeros((9, 9), np.uint8))[:-1], "promises 81 bytes, there are 80"),
        (b"\x1f\x8b\x08\0rubbish", "gzip file is damaged"),
        (gzip.compress(idx(np.zeros((9, 9), np.uint8)))[:-9], "gzip file is damaged"),
    ],
    # Not by content: gzip writes the time into it.
    ids=range(11),
)
def test_bad_idx(tmp_path, content, message):
    (tmp_path / "x-idx3-ubyte").write_bytes(content)
    with pytest.raises(EdgewiseError, match=message):
        read_idx(tmp_path / "x-idx3-ubyte")


@pytest.mark.parametrize("name", ["t10k-images-idx3-ubyte.gz", "train-images.idx3-ubyte", "a.idx"])
def test_names_of_idx_files(name):
    assert is_idx(f"some/{name}")
    assert not is_idx("my-idx3-photo.png")


def test_idx_without_pictures_or_with_broken_labels(tmp_path):
    path = tmp_path / "images-idx3-ubyte"
    path.write_bytes(idx(np.zeros((0, 2, 2), np.uint8)))
    with pytest.raises(EdgewiseError, match="holds no pictures"):
        open_dataset(path)
    path.write_bytes(idx(np.zeros((3, 2, 2), np.uint8)))
    assert open_dataset(path, labelled=False).labels is None
    (tmp_path / "labels-idx1-ubyte").write_bytes(b"rubbish")
    with pytest.raises(EdgewiseError, match="labels-idx1-ubyte: not an IDX file"):
        open_dataset(path, labelled=False)
    with pytest.raises(EdgewiseError, match="holds 1 axes"):
        path.write_bytes(idx(np.zeros(3, np.uint8)))
        open_dataset(path)


def test_labels_of_another_length(tmp_path):
    (tmp_path / "images-idx3-ubyte").write_bytes(idx(np.zeros((3, 2, 2), np.uint8)))
    (tmp_path / "labels-idx1-ubyte").write_bytes(idx(np.zeros(2, np.uint8)))
    with pytest.raises(EdgewiseError, match="holds 3 pictures, but .* 2 labels; put"):
        open_dataset(tmp_path / "images-idx3-ubyte")


def test_digits():
    dataset = open_dataset("digits")
    assert_array_equal(dataset.array.shape, (1797, 8, 8))
    assert_array_equal([dataset.array.min(), dataset.array.max()], [0, 240])
    assert_array_equal(len(dataset.classes), 10)


def test_natural_order():
    expected = ["2", "10", "a2b", "a10b", "b"]
    assert_array_equal(sorted(["b", "10", "a10b", "2", "a2b"], key=natural_key), expected)


def test_reading_keeps_order_and_reports_errors():
    def read(number):
        time.sleep(0.002 * (number % 3))
        if number == 5:
            raise ImageError("five", "broken")
        return number * number

    results = dict(read_in_order(range(20), read, jobs=4))
    assert_array_equal(list(results), range(20))
    assert_array_equal(str(results[5]), "five: broken")
    assert_array_equal(results[19], 361)


def test_reading_holds_a_bounded_number():
    lock, started, most = threading.Lock(), [0], [0]

    def read(number):
        with lock:
            started[0] += 1
        return number

    for taken, _ in enumerate(read_in_order(range(200), read, jobs=2)):
        most[0] = max(most[0], started[0] - taken)
    assert most[0] <= 5


def test_leaving_early_stops_the_workers():
    started = []
    for number, _ in read_in_order(range(10_000), started.append, jobs=2):
        if number == 3:
            break
    assert len(started) < 50


def test_leaving_through_an_error_stops_the_workers():
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        for number, _ in read_in_order(range(10_000), lambda number: number, jobs=3):
            if number == 5:
                raise KeyboardInterrupt
    assert_array_equal(threading.active_count(), before)


def test_errors_that_are_not_about_a_picture_are_raised():
    def read(number):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(read_in_order(range(3), read))


def test_an_empty_folder_is_called_so(tmp_path):
    with pytest.raises(EdgewiseError, match="the folder is empty; put each class"):
        open_dataset(tmp_path)
    write_image(tmp_path / "a.png", np.zeros((4, 4), np.uint8))
    with pytest.raises(EdgewiseError, match="no labels; give a folder with one"):
        open_dataset(tmp_path)
