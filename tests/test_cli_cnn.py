"""`edgewise train cnn`, and the other commands on what it writes."""

import csv
import json
import os
import re
import signal
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from processes import HANGS, start_python, when_there

from edgewise import HogConfig, load_model, open_dataset, read_image, write_image
from edgewise.cli.main import run
from edgewise.features import extract
from edgewise.features.files import save_features
from edgewise.models.cnn import CnnModel, Network, Normalization
from edgewise.models.cnn.activity import check_cost
from edgewise.models.cnn.spec import build
from edgewise.models.cnn.training.shards import scores_of

TINY = "conv:3:3,relu,maxpool:2,flatten,dense:classes"
NORMED = "conv:16:3:bias=no,batchnorm,relu,flatten,dropout:0.2,dense:classes"
QUICKLY = ["--network", TINY, "--epochs", "3", "--rate", "0.05"]


def striped(label, seed, shape=(8, 8)):
    """Return noise with a bright stripe that tells the class."""
    image = np.random.default_rng(seed).integers(0, 120, shape).astype(np.uint8)
    image[(slice(None), slice(3, 5)) if label == "upright" else slice(3, 5)] += 120
    return image


def fill(place, count=30, shape=(8, 8), seed=0):
    """Write pictures of two classes into a folder; return it."""
    for label in ("level", "upright"):
        for i in range(count):
            write_image(place / label / f"{i:02}.png", striped(label, seed + i, shape))
    return str(place)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def train(*words):
    return run(["train", "cnn", *map(str, words)])


def same(*names):
    """Return whether files have the same bytes."""
    return len({Path(name).read_bytes() for name in names}) == 1


def one_line(capsys):
    """Return what stderr says, its line breaks made spaces."""
    stderr = capsys.readouterr().err
    assert "Traceback" not in stderr
    return " ".join(stderr.split())


def test_digits(here, capsys):
    words = ["digits", "-o", "m.safetensors", "--network", NORMED, "--epochs", 4]
    assert_array_equal(train(*words, "--validation", 0.2, "--json"), 0)
    captured = capsys.readouterr()
    facts = json.loads(captured.out)
    assert_array_equal(captured.err, "")
    assert facts["schema"] == "edgewise.train.cnn/1"
    assert (facts["size"], facts["channels"]) == ([8, 8], 1)
    assert facts["classes"] == [str(k) for k in range(10)]
    assert (facts["training"]["pictures"], facts["training"]["held_back"]) == (1438, 359)
    assert facts["training"]["settings"]["epochs"] == 4
    assert facts["training"]["validation_accuracy"] > 0.9
    assert [row["epoch"] for row in facts["history"]] == [1, 2, 3, 4]
    assert (facts["stopped"], facts["test"]) == (False, None)
    assert_array_equal(facts["weights"], 16 * 9 + 2 * 16 + 10 * 16 * 36 + 10)
    assert_array_equal(os.listdir(), ["m.safetensors"])
    model = load_model("m.safetensors")
    assert isinstance(model, CnnModel)
    assert model.training == facts["training"]


def test_the_summary(here, capsys):
    words = [fill(here / "train"), "-o", "m.safetensors", *QUICKLY, "--validation", 0.25]
    assert_array_equal(train(*words, "--test", fill(here / "test", 6, seed=90)), 0)
    out = " ".join(capsys.readouterr().out.split())
    for words in (
        "trained on 44 pictures of 2 classes, 8x8 gray",
        "epochs 3 ",
        "while learning 0.",
        " right, the weights of each step of epoch ",
        "validation accuracy",
        "whose weights are kept",
        "written to m.safetensors",
        f"on {here / 'test'}: accuracy",
    ):
        assert words in out


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 3)])
def test_from_pictures_to_predictions(here, capsys, shape):
    given, unseen = fill(here / "train", shape=shape), fill(here / "test", 6, shape, seed=90)
    words = [given, "-o", "m.safetensors", *QUICKLY, "--epochs", 8, "--json"]
    assert_array_equal(train(*words, "--test", unseen), 0)
    facts = json.loads(capsys.readouterr().out)
    assert facts["channels"] == (1 if len(shape) == 2 else 3)
    assert_array_equal(run(["evaluate", "m.safetensors", unseen, "--json"]), 0)
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "edgewise.evaluate/1"
    assert {k: found[k] for k in facts["test"]} == facts["test"]
    assert found["accuracy"] > 0.9
    assert_array_equal(run(["predict", "m.safetensors", unseen, "--json", "--top", "2"]), 0)
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "edgewise.predict/1"
    right = [p["label"] == p["name"].split("/")[-2] for p in told["predictions"]]
    assert_allclose(np.mean(right), found["accuracy"])
    for prediction in told["predictions"]:
        assert_allclose(sum(one["probability"] for one in prediction["top"]), 1, rtol=1e-5)
    assert_array_equal(run(["inspect", "m.safetensors", "--json"]), 0)
    assert "conv:3" in capsys.readouterr().out


def test_gray_on_request(here, capsys):
    words = [fill(here / "train", shape=(8, 8, 3)), "-o", "m.safetensors", *QUICKLY]
    assert_array_equal(train(*words, "--gray", "--json"), 0)
    assert json.loads(capsys.readouterr().out)["channels"] == 1


def test_other_pictures_are_adapted(here, capsys):
    words = [fill(here / "train"), "-o", "m.safetensors", *QUICKLY, "--epochs", 8]
    assert_array_equal(train(*words), 0)
    large = striped("upright", 77).astype(np.uint16).repeat(5, 0).repeat(4, 1) * 257
    write_image("deep.png", large)
    write_image("coloured.png", np.stack([(large >> 8).astype(np.uint8)] * 4, axis=2))
    capsys.readouterr()
    assert_array_equal(run(["predict", "m.safetensors", "deep.png", "coloured.png"]), 0)
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [row[:2] for row in rows] == [["deep.png", "upright"], ["coloured.png", "upright"]]
    assert_allclose(float(rows[0][2]), float(rows[1][2]), atol=0.01)


def test_a_truncated_picture_is_left_out(here, capsys):
    given = fill(here / "train")
    bad = here / "train" / "level" / "07.png"
    bad.write_bytes(bad.read_bytes()[:60])
    assert_array_equal(train(given, "-o", "m.safetensors", *QUICKLY, "--json"), 3)
    captured = capsys.readouterr()
    assert json.loads(captured.out)["training"]["pictures"] == 59
    assert "level/07.png: the file is cut short; copy it again" in captured.err
    assert "59 pictures done, 1 failed" in captured.err
    assert_array_equal(run(["evaluate", "m.safetensors", given]), 3)
    assert "59 pictures done, 1 failed" in capsys.readouterr().err


def test_a_manifest_with_groups(here, capsys):
    fill(here / "train")
    rows = [
        (f"train/{label}/{i:02}.png", label, f"{label}{i // 5}")
        for label in ("level", "upright")
        for i in range(30)
    ]
    with open("set.csv", "w", newline="") as file:
        csv.writer(file).writerows([("path", "label", "group"), *rows])
    words = ["set.csv", *QUICKLY, "--validation", 0.34]
    assert_array_equal(train(*words, "-o", "a.safetensors", "--json"), 0)
    grouped = json.loads(capsys.readouterr().out)["training"]
    # Only whole groups of five, of each class alike.
    assert grouped["held_back"] == 20
    assert_array_equal(train(*words, "-o", "b.safetensors", "--no-group", "--json"), 0)
    assert json.loads(capsys.readouterr().out)["training"]["held_back"] == 20
    assert not same("a.safetensors", "b.safetensors")


def test_idx_files(here, capsys):
    for part, count in (("train", 60), ("t10k", 20)):
        labels = np.arange(count) % 2
        images = np.array([striped(("level", "upright")[k], i) for i, k in enumerate(labels)])
        for kind, array in (("images-idx3", images), ("labels-idx1", labels.astype(np.uint8))):
            head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
            (here / f"{part}-{kind}-ubyte").write_bytes(head + array.tobytes())
    words = ["train-images-idx3-ubyte", "-o", "m.safetensors", *QUICKLY, "--epochs", 8]
    assert_array_equal(train(*words, "--test", "t10k-images-idx3-ubyte", "--json"), 0)
    facts = json.loads(capsys.readouterr().out)
    assert facts["classes"] == ["0", "1"]
    assert facts["test"]["accuracy"] > 0.9
    assert_array_equal(run(["predict", "m.safetensors", "t10k-images-idx3-ubyte"]), 0)
    assert_array_equal(len(capsys.readouterr().out.splitlines()), 20)


def test_validation_on_other_pictures(here, capsys):
    unseen = fill(here / "unseen", 6, seed=90)
    words = [fill(here / "train"), "-o", "m.safetensors", *QUICKLY, "--validation", unseen]
    assert_array_equal(train(*words, "--json"), 0)
    training = json.loads(capsys.readouterr().out)["training"]
    assert (training["pictures"], training["held_back"]) == (60, 12)


def test_patience(here, capsys):
    words = [fill(here / "train", 10), "-o", "m.safetensors", *QUICKLY, "--epochs", 400]
    assert_array_equal(train(*words, "--validation", 0.5, "--patience", 2, "--json"), 0)
    facts = json.loads(capsys.readouterr().out)
    assert facts["stopped"]
    assert len(facts["history"]) == facts["training"]["best_epoch"] + 2
    assert_array_equal(train(*words, "--validation", 0.5, "--patience", 2, "--overwrite"), 0)
    assert "stopped early" in capsys.readouterr().out


def test_the_same_words_give_the_same_bytes(here):
    words = ["digits", "--network", NORMED, "--epochs", 2, "--augment", "shift:1,rotate:5"]
    assert_array_equal(train(*words, "-o", "a.safetensors", "-j", 1), 0)
    assert_array_equal(train(*words, "-o", "b.safetensors", "-j", 2), 0)
    assert_array_equal(train(*words, "-o", "c.safetensors", "--seed", 1), 0)
    assert same("a.safetensors", "b.safetensors")
    assert not same("a.safetensors", "c.safetensors")


# Trains for one epoch, and then waits for a signal, so that no machine is too fast or too slow.
ONE_EPOCH = f"""
import sys, time
from edgewise.cli.main import run
from edgewise.models.cnn.training import fitting
save = fitting.save_checkpoint
def save_and_wait(*given):
    save(*given)
    time.sleep({HANGS})
fitting.save_checkpoint = save_and_wait
sys.exit(run(sys.argv[1:]))
"""


def start_training(here, *words):
    """Start a training, and return its process when its first checkpoint is there."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = start_python("-c", ONE_EPOCH, "train", "cnn", *words, "-o", "m.safetensors", **pipes)
    when_there(here / "m.safetensors.checkpoint", process)
    return process


def test_a_killed_training_goes_on(here):
    words = ["digits", "--network", NORMED, "--epochs", 12, "--averaging", 0.9]
    words += ["--optimizer", "adamw", "--validation", 0.1, "--augment", "shift:1"]
    assert_array_equal(train(*words, "-o", "whole.safetensors"), 0)
    process = start_training(here, *words)
    process.kill()
    process.communicate()
    assert_array_equal(process.returncode, -signal.SIGKILL)
    assert not (here / "m.safetensors").exists()
    assert_array_equal(train(*words, "-o", "m.safetensors", "--resume"), 0)
    assert same("m.safetensors", "whole.safetensors")
    assert not (here / "m.safetensors.checkpoint").exists()


def test_an_interrupted_training_says_how_to_go_on(here):
    words = ["digits", "--network", NORMED, "--epochs", 12]
    assert_array_equal(train(*words, "-o", "whole.safetensors"), 0)
    process = start_training(here, *words)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=HANGS)
    assert_array_equal(process.returncode, 130)
    assert_array_equal(out, "")
    assert "the same command with --resume goes on from m.safetensors.checkpoint" in err
    assert "interrupted" in err
    assert "Traceback" not in err
    left = ["m.safetensors.checkpoint", "whole.safetensors"]
    assert_array_equal(sorted(os.listdir()), left)
    assert_array_equal(train(*words, "-o", "m.safetensors", "--resume", "-j", 1), 0)
    assert same("m.safetensors", "whole.safetensors")


def test_a_checkpoint_is_not_lost(here, capsys):
    given = fill(here / "train")
    words = [given, "-o", "m.safetensors", *QUICKLY]
    place = here / "m.safetensors.checkpoint"
    place.write_text("hours of work")
    assert_array_equal(train(*words), 1)
    assert "go on from it with --resume, or start anew with --overwrite" in one_line(capsys)
    assert_array_equal(place.read_text(), "hours of work")
    assert_array_equal(train(*words, "--resume"), 1)
    assert "m.safetensors.checkpoint: not a checkpoint" in one_line(capsys)
    assert_array_equal(train(*words, "--overwrite"), 0)
    assert not place.exists()


def test_resuming_without_a_checkpoint(here, capsys):
    words = [fill(here / "train"), "-o", "m.safetensors", *QUICKLY, "--resume"]
    assert_array_equal(train(*words, "--checkpoint", "c"), 0)
    assert "c: no such checkpoint, so the training starts anew" in one_line(capsys)


def test_resuming_another_training(here, capsys):
    process = start_training(here, "digits", "--network", NORMED, "--epochs", 50)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=HANGS)
    words = ["digits", "-o", "m.safetensors", "--network", NORMED, "--resume"]
    assert_array_equal(train(*words, "--epochs", 50, "--rate", 0.2), 1)
    assert "rate was 0.05, and is 0.2; go on with" in one_line(capsys)
    assert_array_equal(train(*words, "--epochs", 50, "--gray", "--validation", 0.1), 1)
    assert "other pictures; other validation pictures; other normal" in one_line(capsys)
    assert_array_equal(train(*words[:3], "--network", TINY, "--epochs", 50, "--resume"), 1)
    assert "another training: other network; go on with" in one_line(capsys)


def test_history_and_curves(here, capsys):
    words = [fill(here / "train"), "-o", "m.safetensors", *QUICKLY, "--validation", 0.2]
    assert_array_equal(train(*words, "--history", "h.csv", "--curves", "c.png"), 0)
    with open("h.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert all(0 <= float(row["validation_accuracy"]) <= 1 for row in rows)
    picture = read_image("c.png")
    assert picture.shape[0] > 300
    assert picture.std() > 5
    capsys.readouterr()
    for option, name in (("--history", "h.csv"), ("--curves", "c.png")):
        assert_array_equal(train(*words[:1], "-o", "n.safetensors", option, name), 1)
        assert f"{name} exists already; use --overwrite" in one_line(capsys)
    assert_array_equal(train(*words, "--history", "h.csv", "--curves", "c.png", "--overwrite"), 0)


def test_existing_output_is_refused_before_anything_is_read(here, capsys):
    (here / "m.safetensors").write_bytes(b"mine")
    assert_array_equal(train("nowhere", "-o", "m.safetensors"), 1)
    assert "m.safetensors exists already; use --overwrite" in one_line(capsys)
    assert_array_equal((here / "m.safetensors").read_bytes(), b"mine")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--network", "conv:0"], 2, 'step 1, "conv": conv:0: filters and groups are at least 1'),
        (["--network", "covn:3"], 2, 'step 1, "covn": no such layer; did you mean "conv"?'),
        (["--network", "conv"], 2, "filters is missing; it is written conv:FILTERS"),
        (["--network", "conv:3:five"], 2, 'step 1, "conv"'),
        (["--network", "conv:3,,relu"], 2, "step 2"),
        (["--network", "dense:classes"], 2, "put flatten or globalpool before it"),
        (["--network", "conv:3:9"], 2, "a window of 9 pixels does not fit in 8 pixels"),
        (["--network", "conv:3"], 2, "ends with 3x6x6 numbers, and there are 2 classes; end it"),
        (["--network", "flatten,dense:3"], 2, "ends with 3 numbers, and there are 2 classes"),
        (["--network", "flatten,dense:1"], 2, "ends with 1 numbers, and there are 2 classes"),
        (["--network", "lenet"], 2, 'did you mean "lenet5"'),
        (["--network", "small:3"], 2, "a named network has no settings"),
        (["--network", "mlp:wide"], 2, "such as mlp:128:64"),
        (["--network", "batchnorm:epsilon=-1"], 2, "epsilon is above 0, momentum from 0 to 1"),
        (["--network", "batchnorm:momentum=nan"], 2, "momentum=nan is not a number"),
        (["--network", "localresponsenorm:size=0"], 2, "size is at least 1, alpha and beta at"),
        (["--network", "localresponsenorm:k=0"], 2, "alpha and beta at least 0, k above 0"),
        (["--network", "localresponsenorm:beta=nan"], 2, "beta=nan is not a number"),
        (["--network", "leakyrelu:inf"], 2, "slope=inf is not a number"),
        (["--network", "dropout:1"], 2, "the rate is at least 0 and below 1"),
        (["--patience", "3"], 2, "give --validation as well, such as --validation 0.1"),
        (["--validation", "1.5"], 2, "a share is above 0 and below 1"),
        (["--validation", "nowhere"], 1, "nowhere: no such file or folder"),
        (["--test", "nowhere"], 1, "nowhere: no such file or folder"),
        (["--rate", "1e9", "--network", TINY], 1, "try a smaller rate than 1e+09, such as --rate"),
        (["--rate", "-1"], 2, "rate is -1.0; it is above 0"),
        (["--rate", "fast"], 2, "fast"),
        (["--smoothing", "1"], 2, "smoothing is 1.0; it is at least 0 and below 1"),
        (["--averaging", "2"], 2, "averaging is 2.0; it is at least 0 and below 1"),
        (["--augment", "flop"], 2, 'no such augmentation; did you mean "flip"?'),
        (["--seed", "-1"], 2, "-1 is not in the range"),
        (["--optimizer", "adam"], 2, "sgd"),
        (["--history", "m.safetensors"], 2, "-o and --history both name m.safetensors"),
        (["--checkpoint", "m.safetensors"], 2, "-o and --checkpoint both name m.safetensors"),
        (["--curves", "c.pdf"], 2, 'c.pdf: no picture format "pdf"'),
        (["--curves", "c"], 2, 'c: no picture format ""'),
        (["--checkpoint", "train"], 1, "train is a folder; name a file in it"),
        (["-o", "m.pkl"], 2, "m.pkl: end the name of a model file in .safetensors"),
        (["-o", "-"], 2, "end the name of a model file in .safetensors"),
    ],
)
def test_mistakes(here, capsys, words, code, message):
    given = fill(here / "train", 4)
    assert_array_equal(train(given, "-o", "m.safetensors", *words), code)
    assert message in one_line(capsys)
    assert set(os.listdir()) <= {"train", "m.safetensors.checkpoint"}


@pytest.mark.parametrize(
    "words", [["--network", "covn:3"], ["--rate", "-1"], ["--patience", "3"], ["--curves", "c.x"]]
)
def test_mistakes_are_found_before_pictures_are_read(here, capsys, words):
    assert train("nowhere", "-o", "m.safetensors", *words) in (1, 2)
    assert "nowhere" not in one_line(capsys)


def test_the_progress_bar(here):
    if not hasattr(os, "openpty"):
        return
    import fcntl
    import termios

    inner, outer = os.openpty()
    fcntl.ioctl(outer, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    words = ["digits", "-o", "m.safetensors", "--network", NORMED, "--epochs", "4"]
    process = subprocess.Popen(
        [sys.executable, "-m", "edgewise", "train", "cnn", *words, "--json"],
        stdout=subprocess.DEVNULL, stderr=outer,
    )  # fmt: skip
    os.close(outer)
    text = read_all(inner)
    assert_array_equal(process.wait(), 0)
    lines = [line for line in text.replace("\r", "\n").splitlines() if "epoch" in line]
    assert max(map(len, lines)) <= 80
    bar = r"epoch \d of 4: +\d+%\|.*\| [\d:]+ left, .* picture/s, loss \d\.\d{3}, \d+\.\d% right"
    assert any(re.fullmatch(bar, line.strip()) for line in lines)


def read_all(terminal):
    """Return what is written to a pseudo-terminal, until its other end is closed."""
    text = b""
    try:
        while part := os.read(terminal, 65536):
            text += part
    except OSError:
        # Linux's way to say that it is closed.
        pass
    finally:
        os.close(terminal)
    return text.decode()


def test_a_network_that_learns_nothing(here, capsys):
    for label, count in (("few", 3), ("many", 6)):
        for i in range(count):
            write_image(here / "train" / label / f"{i}.png", np.full((8, 8), 99, np.uint8))
    assert_array_equal(train("train", "-o", "m.safetensors", *QUICKLY), 0)
    message = 'no better than always naming "many", the most frequent class; try a smaller --rate'
    assert f"{message}, such as 0.005," in one_line(capsys)


@pytest.mark.parametrize("unreadable", [False, True])
def test_one_class_only(here, capsys, unreadable):
    write_image(here / "train" / "cat" / "1.png", striped("level", 0))
    if unreadable:
        (here / "train" / "ant").mkdir()
        (here / "train" / "ant" / "1.png").write_bytes(b"")
    assert_array_equal(train("train", "-o", "m.safetensors"), 1)
    assert 'all pictures are of one class, "cat"; a classifier needs two' in one_line(capsys)


def test_features_are_no_pictures(here, capsys):
    dataset = open_dataset(fill(here / "train", 3))
    save_features("f.npz", extract(dataset, HogConfig(cell=4)))
    assert_array_equal(train("f.npz", "-o", "m.safetensors"), 1)
    assert "f.npz holds features; a CNN needs the pictures themselves" in one_line(capsys)
    assert_array_equal(train("train", "-o", "m.safetensors", *QUICKLY), 0)
    capsys.readouterr()
    assert_array_equal(run(["evaluate", "m.safetensors", "f.npz"]), 1)
    assert "f.npz holds features; a CNN needs the pictures themselves" in one_line(capsys)


def test_pictures_of_several_sizes_need_a_size(here, capsys):
    fill(here / "train", 5)
    write_image(here / "train" / "level" / "large.png", striped("level", 1, (9, 12)))
    assert_array_equal(train("train", "-o", "m.safetensors", *QUICKLY), 1)
    assert "give one size for all, such as --size 8x8" in one_line(capsys)
    assert_array_equal(train("train", "-o", "m.safetensors", *QUICKLY, "--size", "10x12"), 0)
    assert load_model("m.safetensors").size == (12, 10)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--size", "100000x100000"], "10 pictures of 100000x100000 need 93.1 GiB of memory"),
        (
            ["--network", "flatten,dense:9999999999"],
            "weights of dense1 (dense:9999999999) need",
        ),
    ],
)
def test_sizes_beyond_all_memory(here, capsys, monkeypatch, words, message):
    monkeypatch.setattr("edgewise.models.room.memory", lambda: 16 * 2**30)
    fill(here / "train", 5)
    assert train("train", "-o", "m.safetensors", *QUICKLY, *words) in (1, 2)
    assert message in one_line(capsys)


def test_batches_larger_than_memory(here, capsys, monkeypatch):
    monkeypatch.setattr("edgewise.models.room.memory", lambda: 2**20)
    words = [fill(here / "train", 5, (200, 200)), "-o", "m.safetensors", *QUICKLY]
    assert_array_equal(train(*words), 1)
    message = one_line(capsys)
    assert "batch of pictures of 200x200 need 32.8 MiB of memory" in message
    assert "--size 64x64 takes about 1 second an epoch and " in message
    assert_array_equal(train(*words, "--size", "20x20"), 0)


def test_what_takes_long_or_much_is_said_before_it_starts(here, capsys):
    given = fill(here / "train", 2, (72, 96))
    words = [given, "-o", "m.safetensors", *QUICKLY[:2], "--epochs", 1, "--overwrite"]
    assert_array_equal(train(*words), 0)
    assert "an epoch" not in one_line(capsys)
    costly = {"SECONDS_A_NUMBER": 1e-3, "LARGE_SHARE": 1e-9}
    for name, value in costly.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(f"edgewise.models.cnn.activity.{name}", value)
            assert_array_equal(train(*words), 0)
            said = one_line(capsys)
            assert "pictures of 96x72 take about " in said
            assert "--size 64x48 takes about " in said
            assert_array_equal(train(*words, "--size", "64x48"), 0)
            assert "an epoch" not in one_line(capsys)


def test_pictures_too_large_for_a_model_are_refused_before_the_training(here, capsys, monkeypatch):
    monkeypatch.setattr("edgewise.models.cnn.activity.MOST_NUMBERS", 100)
    assert train(fill(here / "train", 5), "-o", "m.safetensors", *QUICKLY) == 1
    assert "at most 100 fit" in one_line(capsys)
    assert os.listdir() == ["train"]


@pytest.mark.parametrize(
    ("text", "size", "smaller"),
    [("small", (374, 500), (48, 64)), ("alexnet", (500, 500), (128, 128)), ("mlp", (64, 32), None)],
)
def test_the_size_that_is_suggested_suits_the_network(monkeypatch, text, size, smaller):
    monkeypatch.setattr("edgewise.models.room.memory", lambda: 2**46)
    network = Network((3, *size), seed=None)
    build(network, text, 2)
    told = check_cost(network, text, 10**6, 64, 2)
    option = None if smaller is None else f"--size {smaller[1]}x{smaller[0]} takes about "
    assert told is None if option is None else option in told


def test_a_large_picture_is_judged_with_few_others():
    network = Network.from_spec("conv:8:3:padding=1,globalpool,dense:2", (1, 40, 40))
    images = np.random.default_rng(0).integers(0, 256, (9, 40, 40, 1), dtype=np.uint8)
    normal = Normalization.of(images)
    with pytest.MonkeyPatch.context() as patch:
        together = scores_of(network, images, normal)
        patch.setattr("edgewise.models.cnn.training.shards.SHARD_NUMBERS", 1)
        assert_allclose(scores_of(network, images, normal), together, rtol=1e-5)


def test_mixed_sizes_suggest_one_that_a_network_can_live_with(here, capsys):
    for number, shape in enumerate([(374, 500), (375, 500)]):
        write_image(here / "train" / str(number) / "1.png", striped("level", 0, shape))
    assert_array_equal(train("train", "-o", "m.safetensors"), 1)
    assert "give one size for all, such as --size 64x48" in one_line(capsys)


def test_colour_gets_the_network_that_comparisons_take(here):
    for shape, network in (((24, 24, 3), "quick"), ((8, 8, 3), "small"), ((24, 24), "small")):
        given = fill(here / network / f"{len(shape)}", 3, shape)
        assert_array_equal(train(given, "-o", "m.safetensors", "--epochs", 1, "--overwrite"), 0)
        assert load_model("m.safetensors").training["network"] == network


def test_unknown_classes(here, capsys):
    assert_array_equal(train(fill(here / "train", 5), "-o", "m.safetensors", *QUICKLY), 0)
    write_image(here / "other" / "slanted" / "1.png", striped("level", 0))
    capsys.readouterr()
    assert_array_equal(run(["evaluate", "m.safetensors", "other"]), 1)
    assert 'the class "slanted" was not learned; the classes are level, upright' in one_line(capsys)
    assert_array_equal(train("train", "-o", "n.safetensors", "--validation", "other"), 1)
    assert 'the class "slanted" was not learned' in one_line(capsys)


def test_quiet_and_help(here, capsys):
    assert_array_equal(train(fill(here / "train", 5), "-o", "m.safetensors", *QUICKLY, "-q"), 0)
    assert_array_equal(capsys.readouterr().err, "")
    assert_array_equal(run(["train", "cnn", "--help"]), 0)
    out = capsys.readouterr().out
    for name in ("lenet5", "quick", "--resume", "one-cycle", "shift:2,flip", "edgewise train cnn"):
        assert name in out
