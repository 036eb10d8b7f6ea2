"""The command line as a user meets it: streams, exit codes, errors, whole files."""

import json
import os
import signal
import subprocess
import sys
import zlib

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from processes import HANGS, start_edgewise, when_there

from edgewise import apply, open_dataset, read_image, write_image
from edgewise.cli.main import COMMANDS, run
from edgewise.sample_images import fashion, folder, photographs

CAT = str(folder() / "chelsea.png")


def png_header(side):
    def chunk(kind, data):
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    size = side.to_bytes(4, "big") * 2 + b"\x08\0\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


@pytest.fixture
def mixed(tmp_path):
    """Return a folder of two good pictures and four bad ones."""
    place = tmp_path / "mixed"
    write_image(place / "good.png", np.arange(40 * 48, dtype=np.uint8).reshape(40, 48))
    write_image(place / "sub" / "fine.jpg", read_image(CAT)[:64, :48])
    content = (place / "sub" / "fine.jpg").read_bytes()
    (place / "truncated.jpg").write_bytes(content[: len(content) // 2])
    (place / "text.png").write_text("just words")
    (place / "empty.png").touch()
    (place / "huge.png").write_bytes(png_header(50_000))
    return place


BAD = {
    "truncated.jpg": "the file is cut short; copy it again",
    "text.png": "not a picture",
    "empty.png": "the file is empty",
    "huge.png": "more pixels than the limit|50,000 x 50,000",
}


def check_bad_ones_are_named(stderr):
    import re

    for name, reason in BAD.items():
        (line,) = [line for line in stderr.splitlines() if f"{name}: " in line]
        assert re.search(reason, line)
    assert "2 pictures done, 4 failed" in stderr
    assert "Traceback" not in stderr


def parts_left(place):
    return [name for _, _, names in os.walk(place) for name in names if ".part" in name]


def start(*words, **more):
    return subprocess.run(
        [sys.executable, "-m", "edgewise", *map(str, words)], capture_output=True, **more
    )


def test_filter_leaves_bad_pictures_out(mixed, tmp_path, capsys):
    assert_array_equal(run(["filter", "sobel", str(mixed), "-o", str(tmp_path / "out")]), 3)
    check_bad_ones_are_named(capsys.readouterr().err)
    expected = apply("sobel", read_image(mixed / "good.png"), dtype=np.uint8)
    assert_array_equal(read_image(tmp_path / "out" / "good.png"), expected)
    assert (tmp_path / "out" / "sub" / "fine.jpg").exists()
    assert_array_equal(sorted(os.listdir(tmp_path / "out")), ["good.png", "sub"])


def test_hog_leaves_bad_pictures_out(mixed, tmp_path, capsys):
    words = ["hog", str(mixed), "-o", str(tmp_path / "f.npz"), "--size", "32x32"]
    assert_array_equal(run(words), 3)
    check_bad_ones_are_named(capsys.readouterr().err)
    with np.load(tmp_path / "f.npz", allow_pickle=False) as found:
        assert_array_equal(len(found["X"]), 2)
        assert_array_equal(len(found["failed"]), 4)
    assert_array_equal(parts_left(tmp_path), [])


def test_one_picture_to_one_file(tmp_path, capsys):
    assert_array_equal(run(["filter", "gaussian:2,sobel", CAT, "-o", str(tmp_path / "e.png")]), 0)
    expected = apply("gaussian:2,sobel", read_image(CAT), dtype=np.uint8)
    assert_array_equal(read_image(tmp_path / "e.png"), expected)
    assert_array_equal("".join(capsys.readouterr()), "")


def test_options_of_the_chain(tmp_path):
    words = ["filter", "[-1 0 1]", CAT, "-o", str(tmp_path / "x.png"), "--gray", "--flip"]
    words += ["--stride", "2/3", "--border", "zero", "--padding", "valid", "--range", "abs"]
    assert_array_equal(run(words), 0)
    expected = np.abs(
        apply(
            "gray,[-1 0 1]", read_image(CAT), flip=True, stride=(2, 3),
            border="constant", padding="valid",
        )
    )  # fmt: skip
    assert_array_equal(read_image(tmp_path / "x.png"), np.clip(np.rint(expected), 0, 255))


@pytest.mark.parametrize("suffix", ["npy", "tif"])
def test_float_results(tmp_path, suffix):
    target = tmp_path / f"x.{suffix}"
    picture = str(folder() / "camera.png")
    assert_array_equal(run(["filter", "log", picture, "-o", str(target), "--range", "float"]), 0)
    assert_allclose(read_image(target), apply("log", read_image(picture)))


def test_through_pipes():
    words = ["filter", "maxpool:4", "-", "-o", "-"]
    with open(CAT, "rb") as file:
        result = start(*words, stdin=file, check=True)
    expected = apply("maxpool:4", read_image(CAT), dtype=np.uint8)
    assert_array_equal(read_image(result.stdout), expected)
    assert_array_equal(result.stderr, b"")


def test_a_folder_keeps_its_shape_and_formats(tmp_path):
    assert_array_equal(run(["filter", "box", str(fashion("test")), "-o", str(tmp_path / "o")]), 0)
    found = sorted(p.relative_to(tmp_path / "o") for p in (tmp_path / "o").rglob("*.png"))
    assert_array_equal(len(found), 300)
    assert (tmp_path / "o" / "bag" / "00.png").exists()


def test_dry_run_writes_nothing(tmp_path, capsys):
    words = ["filter", "box", str(folder() / "*.jpg"), "-o", str(tmp_path / "o"), "--dry-run"]
    assert_array_equal(run(words), 0)
    assert "rocket.jpg (112,525 bytes) -> " in capsys.readouterr().out
    assert_array_equal(os.listdir(tmp_path), [])


def test_nothing_is_overwritten_unless_asked(tmp_path, capsys):
    target = tmp_path / "e.png"
    target.write_bytes(b"mine")
    words = ["filter", "sobel", CAT, "-o", str(target)]
    assert_array_equal(run(words), 1)
    assert "e.png exists already; use --overwrite" in capsys.readouterr().err
    assert_array_equal(target.read_bytes(), b"mine")
    assert_array_equal(run([*words, "--overwrite"]), 0)


def test_two_inputs_for_one_output_are_refused(tmp_path, capsys):
    for name in ("a.png", "a.jpg"):
        write_image(tmp_path / name, np.zeros((4, 4), np.uint8))
    words = ["filter", "box", str(tmp_path), "-o", str(tmp_path / "o"), "--format", "png"]
    assert_array_equal(run(words), 1)
    assert "would both go to" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["filtr"], 2, 'no command "filtr"; did you mean "filter"?'),
        (["filter", "sobell", CAT, "-o", "x.png"], 2, 'did you mean "sobel"?'),
        (["filter", "sobel", CAT, "-o", "x.png", "--border", "mirror"], 2, "different things"),
        (["filter", "sobel", CAT, "-o", "x.png", "--stride", "z"], 2, "stride=z"),
        (["filter", "sobel", CAT, "-o", "x.pdf"], 2, 'no format "pdf"'),
        (["filter", "sobel", "*.none", "-o", "x"], 1, "*.none matches no file"),
        (["filter", "box:99:padding=valid", CAT, "-o", "x.png", "--stride", "9"], 0, ""),
        (["filter", "box:999:padding=valid", CAT, "-o", "x.png"], 3, "does not fit"),
        (["filter", "sobel", "-o", "x.png", "none.png"], 3, "none.png: no such file"),
        (["kernels", "gausian"], 2, 'did you mean "gaussian"?'),
        (["inspect", "none.png"], 3, "none.png: no such file"),
        (["train", "linear", "nowhere", "-o", "m.safetensors"], 1, "nowhere: no such file"),
        (["train", "linear", "digits", "-o", "m.pkl"], 2, "end the name of a model file"),
        (["predict", "none.safetensors", CAT], 1, "none.safetensors: no such file"),
        (["evaluate", CAT, "digits"], 1, "not a .safetensors file"),
        (["hog", CAT, "-o", "f.xyz"], 2, ".npz, .npy, .csv, .svm or .parquet"),
    ],
)
def test_mistakes(words, code, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert_array_equal(run(words), code)
    stderr = capsys.readouterr().err
    assert message in " ".join(stderr.split())
    assert "Traceback" not in stderr
    assert_array_equal(parts_left(tmp_path), [])


def test_an_unexpected_error_is_one_sentence(monkeypatch, capsys):
    def fail(*_, **__):
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("edgewise.filters.chain.compile_chain", fail)
    words = ["filter", "box", CAT, "-o", "x.png"]
    assert_array_equal(run(words), 1)
    assert "ZeroDivisionError: inside; this is a bug, --debug shows" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        run([*words, "--debug"])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples(name, capsys):
    assert_array_equal(run([name, "--help"]), 0)
    out = capsys.readouterr().out
    if name == "train":
        assert_array_equal(run([name, "linear", "--help"]), 0)
        out = capsys.readouterr().out
    assert f"edgewise {name}" in out.partition("Examples:")[2]


def test_help_lists_the_whole_catalogue(capsys):
    from edgewise.filters import FILTERS, KERNELS

    run(["filter", "--help"])
    words = capsys.readouterr().out.replace(",", " ").split()
    run(["kernels"])
    listed = capsys.readouterr().out
    for name in [*FILTERS, *KERNELS]:
        assert name in words
        assert f"\n  {name}" in listed


def test_versions(capsys):
    assert_array_equal(run(["--version"]), 0)
    out = capsys.readouterr().out
    for name in ("edgewise", "numpy", "numba", "pillow", "scikit-learn"):
        assert f"{name} " in out


def test_a_closed_pipe_is_no_error():
    process = subprocess.Popen(
        [sys.executable, "-m", "edgewise", "kernels"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    assert_array_equal(process.stderr.read(), b"")
    process.stderr.close()
    process.wait()


def test_a_full_disk_is_one_sentence(tmp_path):
    if not os.path.exists("/dev/full"):
        return
    with open("/dev/full", "wb") as full:
        result = subprocess.run(
            [sys.executable, "-m", "edgewise", "filter", "box", CAT, "-o", "-"],
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert_array_equal(result.returncode, 1)
    assert b"no space left on device" in result.stderr
    assert b"Traceback" not in result.stderr


def test_interrupted(tmp_path):
    for number in range(400):
        (tmp_path / f"{number:03}.png").symlink_to(photographs()[1])
    process = start_edgewise("filter", "sobel", tmp_path, "-o", tmp_path / "o")
    when_there(tmp_path / "o", process)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=HANGS)
    assert_array_equal(process.returncode, 130)
    assert b"interrupted" in stderr
    assert b"Traceback" not in stderr
    assert_array_equal(parts_left(tmp_path), [])
    for path in (tmp_path / "o").iterdir():
        assert_array_equal(read_image(path).shape, (512, 512, 3))


def test_from_pictures_to_predictions(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    train, test = str(fashion("train")), str(fashion("test"))
    assert_array_equal(run(["train", "linear", train, "-o", "m.safetensors", "--json"]), 0)
    facts = json.loads(capsys.readouterr().out)
    assert_array_equal(facts["schema"], "edgewise.train.linear/1")
    assert_array_equal(facts["training"]["pictures"], 600)
    assert_array_equal(run(["evaluate", "m.safetensors", test, "--json"]), 0)
    found = json.loads(capsys.readouterr().out)
    assert found["accuracy"] > 0.8
    assert_array_equal(run(["evaluate", "m.safetensors", test]), 0)
    assert f"accuracy {found['accuracy']:.4f}" in capsys.readouterr().out
    assert_array_equal(run(["predict", "m.safetensors", test, "--json"]), 0)
    predictions = json.loads(capsys.readouterr().out)["predictions"]
    right = [p["label"] == p["name"].split("/")[-2] for p in predictions]
    assert_allclose(np.mean(right), found["accuracy"])
    assert_array_equal(run(["predict", "m.safetensors", f"{test}/bag/00.png", "--csv"]), 0)
    head, row = capsys.readouterr().out.splitlines()
    assert_array_equal(head, "name,label,probability")
    assert row.split(",")[1] in found["classes"]


def test_training_from_features_is_training_from_pictures(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    train, test = str(fashion("train")), str(fashion("test"))
    hog = ["--cell", "4", "--bins", "18", "--signed"]
    assert_array_equal(run(["hog", train, "-o", "f.npz", *hog]), 0)
    assert_array_equal(run(["hog", train, "-o", "f.csv", *hog]), 0)
    for name, data in (("a", [train, *hog]), ("b", ["f.npz"]), ("c", ["f.csv"])):
        assert_array_equal(run(["train", "linear", *data, "-o", f"{name}.safetensors"]), 0)
    contents = [(tmp_path / f"{name}.safetensors").read_bytes() for name in "abc"]
    assert_array_equal(contents[1] == contents[0], True)
    assert_array_equal(contents[2] == contents[0], True)
    capsys.readouterr()
    assert_array_equal(run(["hog", test, "-o", "t.npz", "--cell", "4"]), 0)
    assert_array_equal(run(["evaluate", "a.safetensors", "t.npz"]), 1)
    assert "bins is 9, the model's 18" in capsys.readouterr().err


def test_pictures_of_another_size_and_colour_are_adapted(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run(["train", "linear", str(fashion("train")), "-o", "m.safetensors", "-q"])
    bag = read_image(fashion("test") / "bag" / "01.png")
    write_image("large.png", np.stack([bag.repeat(5, 0).repeat(5, 1)] * 3, axis=2))
    capsys.readouterr()
    assert_array_equal(run(["predict", "m.safetensors", "large.png"]), 0)
    assert_array_equal(capsys.readouterr().out.split("\t")[1], "bag")


def test_digits(tmp_path, capsys):
    dataset = open_dataset("digits")
    for part, chosen in (("train", range(1200)), ("test", range(1200, 1797))):
        for i in chosen:
            path = tmp_path / part / dataset.labels[i] / f"{i}.png"
            write_image(path, dataset.read(i))
    words = ["train", "linear", str(tmp_path / "train"), "-o", str(tmp_path / "m.safetensors")]
    assert_array_equal(run([*words, "--test", str(tmp_path / "test"), "--json"]), 0)
    assert json.loads(capsys.readouterr().out)["test"]["accuracy"] > 0.95


def test_pictures_of_several_sizes_need_a_size(tmp_path, capsys):
    for label, side in (("a", 20), ("b", 30), ("b", 31)):
        picture = np.random.default_rng(side).integers(0, 256, (side, side), np.uint8)
        write_image(tmp_path / "d" / label / f"{side}.png", picture)
    words = ["train", "linear", str(tmp_path / "d"), "-o", str(tmp_path / "m.safetensors")]
    assert_array_equal(run(words), 1)
    assert "such as --size" in capsys.readouterr().err
    assert_array_equal(run([*words, "--size", "24x24"]), 0)
    assert_array_equal(run(["inspect", str(tmp_path / "m.safetensors"), "--json"]), 0)


def test_the_demo(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert_array_equal(run(["demo"]), 0)
    assert "Try next:" in capsys.readouterr().out
    sheet = read_image("edgewise-demo/contact-sheet.png")
    assert sheet.shape[0] > 500
    assert_array_equal(len(os.listdir("edgewise-demo")), 10)
    assert_array_equal(run(["demo"]), 1)
    assert "exists already" in capsys.readouterr().err
