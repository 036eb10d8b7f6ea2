"""Results that go into a folder of inputs are no inputs of the next run; copies by two at once."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edgewise import EdgewiseError, open_dataset, write_image
from edgewise.cli.main import run
from edgewise.images import sorting
from edgewise.images.leaving_out import outside
from edgewise.images.sorting import Sorter


@pytest.fixture
def here(tmp_path, monkeypatch, rng):
    monkeypatch.chdir(tmp_path)
    for name in ("1.png", "2.png", "deep/1.png"):
        write_image(f"d/{name}", rng.integers(0, 256, (9, 9), np.uint8))
    return tmp_path


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in Path(folder).rglob("*") if p.is_file())


@pytest.mark.parametrize("words", [["d"], ["d/"], ["d/**/*.png"], ["d/../d"]])
@pytest.mark.parametrize("output", ["d/out", "d/deep/out"])
def test_filter_leaves_its_own_results_out(here, capsys, words, output):
    command = ["filter", "sobel", *words, "-o", output, "--overwrite"]
    assert run(command) == 0
    first = files("d")
    assert len(first) == 6
    assert capsys.readouterr().err == ""
    assert run(command) == 0
    assert files("d") == first
    said = capsys.readouterr().err
    assert ("lies in" in said) == (words != ["d/**/*.png"])
    (here / "link").symlink_to("d")
    assert run(["filter", "sobel", "link", *command[3:]]) == 0
    assert files("d") == first


def test_what_is_named_itself_is_taken(here):
    assert run(["filter", "sobel", "d", "-o", "d/out"]) == 0
    assert run(["filter", "sobel", "d/out", "-o", "d/out", "--overwrite"]) == 0
    assert run(["filter", "sobel", "d/out/1.png", "-o", "d/out/3.png"]) == 0
    assert run(["filter", "sobel", "d/*.png", "-o", "d", "--overwrite"]) == 0
    assert len(files("d")) == 7
    named = open_dataset(["d/out/1.png", "d/out"], labelled=False, without="d/out")
    assert len(named) == 5
    with pytest.raises(EdgewiseError, match="d: all pictures are in d/only, where results go"):
        outside(["d"], ["d/only/1.png"], "d/only")


def test_a_folder_of_results_is_no_class(here):
    for label in ("a", "b"):
        write_image(f"c/{label}/1.png", np.zeros((16, 16), np.uint8))
    words = ["hog", "c", "-o", "c/shards/"]
    assert run(words) == 0
    write_image("c/shards/drawn.png", np.zeros((16, 16), np.uint8))
    before = (here / "c/shards/plan.json").read_bytes()
    assert run(words) == 0
    assert (here / "c/shards/plan.json").read_bytes() == before
    dataset = open_dataset("c", without="c/shards")
    assert dataset.classes == ("a", "b")


WORKER = """
import os, sys, time
from edgewise.images.sorting import Sorter
sorter = Sorter("s", ["cat"])
names = sorted(os.path.join(top, name) for top, _, names in os.walk("in") for name in names)
print("ready", flush=True)
sys.stdin.readline()
for name in names:
    sorter.put(name, "cat")
"""


def test_two_processes_copy_each_picture_once(here, rng):
    expected = []
    for i in range(48):
        # Four folders share twelve names.
        place = Path("in", str(i % 4), f"{i // 4}.png")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(rng.bytes(4000))
        expected.append(place.read_bytes())
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate(timeout=120)
        assert worker.returncode == 0
    copies = sorted(path.read_bytes() for path in Path("s/cat").iterdir())
    assert copies == sorted(expected)
    stems = {f"{i}{number}.png" for i in range(12) for number in ("", "-2", "-3", "-4")}
    assert set(os.listdir("s/cat")) == stems


@pytest.mark.parametrize("same", [True, False])
def test_a_faster_process_is_looked_at(here, monkeypatch, same):
    """The other one puts its file between the look and the copy."""
    whole = sorting._copy
    source = Path("d/1.png" if same else "d/2.png")

    def beaten(file, facts, place):
        if place.name == "1.png":
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(source.read_bytes())
        return whole(file, facts, place)

    monkeypatch.setattr(sorting, "_copy", beaten)
    sorter = Sorter("s", ["cat"])
    place = sorter.put("d/1.png", "cat")
    assert place == Path("s/cat/1.png" if same else "s/cat/1-2.png")
    assert place.read_bytes() == Path("d/1.png").read_bytes()
    assert [sorter.there, sorter.copied] == [int(same), int(not same)]


def test_a_picture_that_is_gone_is_its_own_failure(here):
    Sorter("s", ["cat"]).put("d/1.png", "cat")
    os.unlink("d/1.png")
    with pytest.raises(sorting.ImageError, match=r"d/1\.png: no such file"):
        Sorter("s", ["cat"]).put("d/1.png", "cat")
