"""`edgewise predict`: order, streams, thresholds, and copies in folders of their classes."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from edgewise import HogConfig
from edgewise.cli.main import run
from edgewise.images import open_dataset, write_image
from edgewise.images.arrivals import read_as_they_come
from edgewise.images.errors import EdgewiseError
from edgewise.images.sorting import Sorter
from edgewise.images.stream import read_in_order
from edgewise.models.cnn import CnnModel, Network, Normalization
from edgewise.models.files import save_model
from edgewise.models.linear import LinearModel
from edgewise.models.prediction import judge_pictures


def cnn(weight: float = 3, classes=("bright", "dark")) -> CnnModel:
    network = Network.from_spec("globalpool,dense:2", (1, 6, 6))
    network.parameters["dense1.weight"][:] = [[weight], [-weight]]
    normal = Normalization(np.array([128], np.float32), np.array([64], np.float32))
    return CnnModel(network, classes, normal)


def linear() -> LinearModel:
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(3, 12)).astype(np.float32)
    config = HogConfig(cell=4, bins=3)
    return LinearModel(weights, np.zeros(3, np.float32), "logistic", tuple("abc"), config, (8, 8))


def model_of(path, weight: float, **more) -> str:
    save_model(path, cnn(weight, **more))
    return str(path)


def test_numbers_beyond_all_bounds_are_failures_of_their_pictures(here, capsys):
    model = linear()
    model.weights[:2] = 3e38
    save_model("large.safetensors", model)
    shade = np.zeros((8, 8), np.uint8)
    shade[:, 4:] = 255
    write_image("q/a/edge.png", shade)
    write_image("q/b/flat.png", np.full((8, 8), 9, np.uint8))
    assert run(["predict", "large.safetensors", "q"]) == 3
    out, err = capsys.readouterr()
    assert "flat.png" in out
    assert "edge.png: the model gives no finite number for it" in err
    assert "Warning" not in err
    assert run(["evaluate", "large.safetensors", "q", "--report", "r"]) == 3
    out, err = capsys.readouterr()
    assert "edge.png: the model gives no finite number" in err
    assert "1 picture" in out


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a model and two bright pictures, two dark ones and one between."""
    monkeypatch.chdir(tmp_path)
    model_of("m.safetensors", 3)
    shades = {"a/1": 250, "b/1": 240, "a/2": 5, "b/2": 10, "c/3": 130}
    for name, shade in shades.items():
        write_image(f"p/{name}.png", np.full((6, 6), shade, np.uint8))
    return tmp_path


def files(folder) -> list[str]:
    return sorted(os.path.relpath(p, folder) for p in Path(folder).rglob("*") if p.is_file())


def test_the_first_of_equals_and_the_threshold(tmp_path, capsys):
    for name, shade in (("a", 250), ("b", 130)):
        write_image(tmp_path / "p" / f"{name}.png", np.full((6, 6), shade, np.uint8))
    equal, model = model_of(tmp_path / "e.safetensors", 0), model_of(tmp_path / "m.safetensors", 3)
    assert run(["predict", equal, str(tmp_path / "p")]) == 0
    labels = [line.split("\t")[1] for line in capsys.readouterr().out.splitlines()]
    assert labels == ["bright", "bright"]
    assert run(["predict", model, str(tmp_path / "p"), "--threshold", "0.9"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "a.png\tbright\t" in line


@pytest.mark.parametrize("model", [cnn(), linear()], ids=["cnn", "linear"])
def test_many_pictures_are_judged_as_each_alone_and_in_order(tmp_path, rng, model):
    images = rng.integers(0, 256, (150, *model.size), np.uint8)
    for i, image in enumerate(images):
        coloured = np.stack([image] * 3, axis=2) if i % 3 == 0 else image
        write_image(tmp_path / f"{i:03}.png", coloured)
    (tmp_path / "040.png").write_bytes(b"no picture")
    found = list(judge_pictures(model, open_dataset([str(tmp_path)], labelled=False)))
    assert_array_equal([i for i, _ in found], np.arange(150))
    assert "not a picture" in str(found[40][1])
    for i, answer in found:
        if i != 40:
            alone = model.judge_images(model.prepare(images[i])[None])[0]
            np.testing.assert_allclose(answer, alone, atol=1e-5)


@pytest.mark.parametrize("model", [cnn(), linear()], ids=["cnn", "linear"])
def test_an_array_is_judged_like_its_pictures(rng, model, tmp_path):
    images = rng.integers(0, 256, (70, *model.size), np.uint8)
    head = b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in images.shape)
    (tmp_path / "some-images-idx3-ubyte").write_bytes(head + images.tobytes())
    dataset = open_dataset([str(tmp_path / "some-images-idx3-ubyte")], labelled=False)
    found = list(judge_pictures(model, dataset))
    assert_array_equal([i for i, _ in found], np.arange(70))
    one_by_one = np.stack([model.judge_images(model.prepare(image)[None])[0] for image in images])
    np.testing.assert_allclose([answer for _, answer in found], one_by_one, atol=1e-5)


def test_csv_and_json_name_the_same(here, capsys):
    (here / "p" / "a" / "0.png").write_text("not one")
    words = ["predict", "m.safetensors", "p", "--top", "2"]
    assert run([*words, "--json"]) == 3
    found = json.loads(capsys.readouterr().out)["predictions"]
    assert run([*words, "--csv"]) == 3
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["name"] for row in rows] == [one["name"] for one in found]
    assert [row["label1"] for row in rows] == [one["label"] for one in found]
    assert [row["label2"] for row in rows] == [one["top"][1]["label"] for one in found]


def test_nothing_left_is_still_one_json_object(here, capsys):
    assert run(["predict", "m.safetensors", "p", "--json", "--threshold", "2"]) == 0
    assert json.loads(capsys.readouterr().out)["predictions"] == []


def test_names_that_are_no_text(here):
    os.rename("p/a/1.png", b"p/a/\xff.png")
    code = "from edgewise.cli.main import run; import sys; sys.exit(run())"
    words = ["predict", "m.safetensors", "p/a"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, check=True)
    assert b"p/a/\xff.png\tbright\t" in done.stdout


def test_a_stream_is_answered_while_it_goes_on(here):
    code = "from edgewise.cli.main import run; import sys; sys.exit(run())"
    words = [sys.executable, "-c", code, "predict", "m.safetensors", "@-"]
    with subprocess.Popen(words, stdin=-1, stdout=-1, stderr=-1, text=True, bufsize=1) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        for name, label in (("p/a/1.png", "bright"), ("p/b/2.png", "dark")):
            process.stdin.write(f"{name}\n")
            # Without an answer before the end of stdin this would wait for ever.
            assert process.stdout.readline().startswith(f"{name}\t{label}\t")
        process.stdin.write("none.png\n\np/c\n@odd\nm.safetensors/\n")
        process.stdin.close()
        assert process.stdout.read().startswith("p/c/3.png\t")
        errors = process.stderr.read()
    assert process.returncode == 3
    for part in ("none.png: no such file", "@odd: no such file", "1 failed"):
        assert (part in errors) == (part != "1 failed")


def test_a_reader_that_has_enough_ends_the_run(here):
    many = "p/a/1.png\n" * 5000
    code = "from edgewise.cli.main import run; import sys; sys.exit(run())"
    words = f"'{sys.executable}' -c '{code}' predict m.safetensors @- | head -n 2"
    done = subprocess.run(words, shell=True, input=many, capture_output=True, text=True)
    assert done.stdout.count("bright") == 2
    assert done.stderr == ""


def test_copies_go_to_their_classes(here, capsys):
    os.utime("p/a/1.png", (10**9, 10**9))
    words = ["predict", "m.safetensors", "p", "--copy-to", "s", "--threshold", "0.9"]
    assert run([*words, "-n"]) == 0
    planned = capsys.readouterr().out
    assert not os.path.exists("s")
    assert run(words) == 0
    told = capsys.readouterr()
    assert told.out == planned
    assert "5 pictures" in told.err
    expected = ["_unsure/3.png", "bright/1-2.png", "bright/1.png", "dark/2-2.png", "dark/2.png"]
    assert files("s") == expected
    for line in told.out.splitlines():
        name, *_, copy = line.split("\t")
        assert Path(name).read_bytes() == Path(copy).read_bytes()
    assert os.stat("s/bright/1.png").st_mtime == 10**9
    # Once more: all are there, and none is written again.
    assert run(words) == 0
    assert "5 there already" in capsys.readouterr().err
    assert files("s") == expected


def test_copies_inside_of_the_input_are_not_sorted_again(here, capsys):
    words = ["predict", "m.safetensors", "p", "--copy-to", "p/s"]
    assert run(words) == 0
    once, answers = files("p"), capsys.readouterr().out
    assert run(words) == 0
    told = capsys.readouterr()
    assert (files("p"), told.out) == (once, answers)
    assert "p/s lies in p; what is in it is left out" in told.err
    assert "5 there already" in told.err


def test_copies_never_replace_a_file(here, capsys):
    os.makedirs("s/bright/1-2.png")
    Path("s/bright/1.png").write_text("mine")
    assert run(["predict", "m.safetensors", "p/a/1.png", "--copy-to", "s"]) == 0
    assert Path("s/bright/1.png").read_text() == "mine"
    assert Path("s/bright/1-3.png").read_bytes() == Path("p/a/1.png").read_bytes()
    assert capsys.readouterr().out.rstrip().endswith("\ts/bright/1-3.png")


def test_copies_of_a_stream_and_of_what_cannot_be_read(here, monkeypatch, capsys):
    Path("p/bad.png").write_text("no")
    monkeypatch.setattr(sys, "stdin", io.StringIO("p/bad.png\np/a/1.png\n"))
    assert run(["predict", "m.safetensors", "@-", "--copy-to", "s", "--json"]) == 3
    (found,) = json.loads(capsys.readouterr().out)["predictions"]
    assert found["copy"] == "s/bright/1.png"
    assert files("s") == ["bright/1.png"]


def test_a_copy_that_fails_leaves_nothing(here, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    assert run(["predict", "m.safetensors", "p/a", "--copy-to", "s"]) == 1
    assert "s/bright/1.png: no space left on device; make room" in capsys.readouterr().err
    assert files("s") == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["p", "-n"], "--dry-run says what --copy-to would do"),
        (["digits", "--copy-to", "s"], "these pictures are not files of their own"),
        (["p", "--copy-to", "m.safetensors"], "m.safetensors is a file; name a folder"),
        (["p", "--csv", "--json"], "exclude each other"),
    ],
)
def test_what_is_refused(here, capsys, words, message):
    assert run(["predict", "m.safetensors", *words]) in (1, 2)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (("../x", "b"), "cannot be the name of a folder"),
        (("_unsure", "b"), "cannot be the name of a folder"),
        (("", "b"), "cannot be the name of a folder"),
        (("Cat", "cat"), "would share one folder"),
    ],
)
def test_classes_that_cannot_be_folders(tmp_path, classes, message):
    with pytest.raises(EdgewiseError, match=message):
        Sorter(tmp_path / "s", classes)


def test_reading_goes_no_further_ahead_than_asked():
    begun = []
    results = read_in_order(range(100), lambda i: begun.append(i) or i, jobs=2, ahead=7)
    assert next(results) == (0, 0)
    results.close()
    assert len(begun) <= 7


def test_lists_of_what_comes_keep_order_and_errors():
    def read(i):
        if i == 5:
            raise EdgewiseError("five")
        return -i

    lists = list(read_as_they_come(range(300), read, jobs=3, most=64))
    assert max(map(len, lists)) <= 64
    found = [pair for one in lists for pair in one]
    assert [i for i, _ in found] == list(range(300))
    assert [str(r) for i, r in found if i == 5] == ["five"]
    assert all(r == -i for i, r in found if i != 5)


def test_an_error_of_the_source_of_names_is_not_lost():
    def source():
        yield 1
        raise KeyError("source")

    with pytest.raises(KeyError, match="source"):
        list(read_as_they_come(source(), lambda i: i))
