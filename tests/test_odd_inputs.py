"""Pipes, devices, folders that cannot be searched, and lists of any bytes."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from edgewise import EdgewiseError, open_dataset, read_image, write_image
from edgewise.cli.main import run
from edgewise.images.inputs import find_inputs

PICTURE = np.arange(64, dtype=np.uint8).reshape(8, 8)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_image("in/a.png", PICTURE)
    write_image("in/z/b.png", PICTURE)
    return tmp_path


def test_a_pipe_in_a_folder_is_one_failure(folder, capsys):
    os.mkfifo("in/pipe.png")
    assert run(["filter", "box", "in", "-o", "out"]) == 3
    assert "in/pipe.png: a named pipe, not a regular file" in capsys.readouterr().err
    assert Path("out/a.png").exists()


def test_lists_and_manifests_that_are_no_files(folder):
    os.mkfifo("list.txt")
    for name in ("list.txt", "/dev/zero"):
        with pytest.raises(EdgewiseError, match=f"{name}: a .*, not a regular file"):
            find_inputs([f"@{name}"])
    for name in ("m.csv", "m.jsonl", "x-images-idx3-ubyte"):
        os.mkfifo(name)
        with pytest.raises(EdgewiseError, match=f"{name}: a named pipe, not a regular file"):
            open_dataset(name)


def test_what_a_shell_substitutes_is_read_once(folder):
    words = ["filter", "identity", "<(cat in/a.png)", "@<(echo in/z/b.png)", "-o", "out/"]
    command = " ".join([sys.executable, "-m", "edgewise", *words])
    subprocess.run(["bash", "-c", command], check=True, timeout=120)
    found = list(Path("out").iterdir())
    assert len(found) == 2
    for path in found:
        assert_array_equal(read_image(path), PICTURE)


def test_a_folder_that_may_not_be_searched_is_one_failure(folder, capsys, monkeypatch):
    scandir = os.scandir

    def guarded(path):
        if os.fspath(path).endswith("z"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr("os.scandir", guarded)
    assert [found.name for found in find_inputs(["in"])] == ["in/a.png", "in/z"]
    assert run(["filter", "box", "in", "-o", "out"]) == 3
    assert "in/z: " in capsys.readouterr().err


def test_folders_that_lie_in_each_other_a_thousand_times(folder):
    for depth in range(300, 1201, 300):  # Python makes and removes them by recursion
        os.makedirs("in/" + "d/" * depth)
    deep = "in/" + "d/" * 1200
    Path(f"{deep}c.png").write_bytes(Path("in/a.png").read_bytes())
    try:
        assert len(find_inputs(["in"])) == 3
        assert_array_equal(read_image(find_inputs(["in"])[1].source()), PICTURE)
    finally:
        subprocess.run(["rm", "-rf", "in"], check=True)


def test_names_that_are_no_text(folder):
    name = os.fsdecode(b"in/\xe9.png")
    write_image(name, PICTURE)
    Path("list.txt").write_bytes(b"in/\xe9.png\n")
    Path("m.csv").write_bytes(b"path,label\nin/\xe9.png,x\n")
    assert [found.name for found in find_inputs(["@list.txt"])] == [name]
    assert_array_equal(open_dataset("m.csv").read(0), PICTURE)


def test_an_idx_file_of_four_axes_is_colour_or_refused(folder):
    head = b"\0\0\x08\4" + b"".join(n.to_bytes(4, "big") for n in (2, 5, 4))
    Path("x-idx4-ubyte").write_bytes(head + b"\0\0\0\3" + bytes(120))
    dataset = open_dataset("x-idx4-ubyte", labelled=False)
    assert dataset.array is None
    assert dataset.read(0).shape == (5, 4, 3)
    Path("x-idx4-ubyte").write_bytes(head + b"\0\0\0\7" + bytes(280))
    with pytest.raises(EdgewiseError, match="four axes, 2 x 5 x 4 x 7, are no pictures"):
        open_dataset("x-idx4-ubyte", labelled=False)


def test_a_pipe_that_nobody_writes_to_is_one_failure(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("edgewise.images.regular.PATIENCE", 0.2)
    os.mkfifo("pipe.png")
    write_image("a.png", np.zeros((4, 4), np.uint8))
    assert run(["filter", "box", "pipe.png", "a.png", "-o", "out"]) == 3
    assert "pipe.png: a named pipe that nobody writes to" in capsys.readouterr().err
    assert os.listdir("out") == ["a.png"]


def test_folders_that_are_named_or_behave_oddly_are_failures_of_their_own(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    for name in ("dir.png", "secret"):
        os.mkdir(name)
    write_image("a.png", np.zeros((4, 4), np.uint8))
    scandir = os.scandir

    def refused(path="."):
        if os.path.basename(path) == "secret":
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    assert run(["filter", "box", "secret", "dir.png", "a.png", "-o", "out"]) == 3
    err = capsys.readouterr().err
    assert "secret: " in err
    assert "dir.png: a folder, not a regular file" in err
    assert os.listdir("out") == ["a.png"]


def test_a_picture_is_not_offered_its_own_replacement(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_image("a.png", np.zeros((4, 4), np.uint8))
    assert run(["filter", "box", "a.png", "-o", "a.png"]) == 1
    err = capsys.readouterr().err
    assert "a.png: the result would replace the picture it is made from" in err
    assert "overwrite" not in err


def test_an_empty_word_is_a_mistake(capsys):
    assert run(["filter", "box", "", "-o", "x.png"]) == 2
    assert "an input is empty" in capsys.readouterr().err
