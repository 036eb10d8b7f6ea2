"""Mistakes in the words of a command: said in one style, with what would be right."""

import csv
import io
import json
import os
from pathlib import Path

import click
import numpy as np
import pytest
from hostile.tiff_files import tiff
from processes import run_edgewise

from edgewise import write_image
from edgewise.cli.complaints import report
from edgewise.cli.main import run
from edgewise.images.cells import guarded
from edgewise.images.printable import printable
from edgewise.reports.predictions import csv_lines, json_lines, tabbed_lines
from edgewise.sample_images import fashion, folder

CAT = str(folder() / "chelsea.png")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_image("in.png", np.arange(64, dtype=np.uint8).reshape(8, 8))
    Path("m.safetensors").write_bytes(b"")
    Path("kernel.txt").write_text("1 2\n3")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "code", "lines"),
    [
        ("filter gaussian:2,sobell,box in.png -o o.png", 2,
         ['step 2, "sobell": no such filter; did you mean "sobel"?', "  gaussian:2,sobell,box",
          "             ^^^^^^"]),
        ("filter box:bordr=edge in.png -o o.png", 2,
         ['step 1, "box": no setting "bordr"; did you mean "border"?', "  box:bordr=edge",
          "      ^^^^^"]),
        ("filter 3x3:0,1,0,1,-4,1,0,1,0,sobell in.png -o o.png", 2,
         ['step 2, "sobell": no such filter; did you mean "sobel"?',
          "  3x3:0,1,0,1,-4,1,0,1,0,sobell", "                         ^^^^^^"]),
        ("filter box,,sobel in.png -o o.png", 2,
         ["step 2 is empty; steps are separated by single commas", "  box,,sobel", "      ^"]),
        ("filter in.png sobel", 2,
         ["the chain comes first, and in.png is a file",
          "hint: edgewise filter sobel in.png -o OUT"]),
        ("filter in.png sobel -o out.png", 2,
         ["the chain comes first, and in.png is a file",
          "hint: edgewise filter sobel in.png -o OUT"]),
        ("filter sobel in.png out.png", 2,
         ["-o is missing: it says where the result goes",
          "hint: edgewise filter sobel in.png -o out.png"]),
        ("filter sobel in.png", 2,
         ["-o is missing: it says where the result goes",
          "hint: edgewise filter sobel in.png -o OUT"]),
        ("filter", 2, ["missing argument 'CHAIN'", "hint: edgewise filter --help says more"]),
        ("train linear digits --sed 1", 2,
         ["no such option '--sed'. (Did you mean one of: '--seed', '--set', '--signed'?)",
          "hint: edgewise train linear --help says more"]),
        ("train linear digits -o m2.safetensors --seed -1", 2,
         ["invalid value for '--seed': -1 is not in the range 0<=x<=4294967295",
          "hint: edgewise train linear --help says more"]),
        ("predict in.png m.safetensors", 2,
         ["m.safetensors is the model, and stands behind in.png",
          "hint: edgewise predict m.safetensors in.png"]),
        ("evaluate in.png m.safetensors", 2,
         ["m.safetensors is the model, and stands behind in.png",
          "hint: edgewise evaluate m.safetensors in.png"]),
        ("show features in.png m.safetensors -o x.png", 2,
         ["m.safetensors is the model, and stands behind in.png",
          "hint: edgewise show features m.safetensors in.png"]),
        ("kernels @kernel.txt", 1,
         ["kernel.txt: the rows of a kernel are numbers, equally many in each, as in "
          '"[1 2; 3 4]"']),
        ("filter @kernel.txt in.png -o o.png", 1,
         ['step 1, "@kernel.txt": kernel.txt: the rows of a kernel are numbers, equally many in '
          'each, as in "[1 2; 3 4]"']),
        ("show kernel sobel-x -o k.xyz", 2,
         ['k.xyz: no picture format "xyz"; there are png, jpg, jpeg, tif, tiff, webp, bmp, pgm, '
          "ppm, pnm, gif, npy"]),
    ],
)  # fmt: skip
def test_mistakes_are_said_in_one_style(here, capsys, words, code, lines):
    assert run(words.split()) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [f"edgewise: {lines[0]}", *lines[1:]]
    assert sorted(os.listdir(here)) == ["in.png", "kernel.txt", "m.safetensors"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("box in.png -o x.png --quality 90", "--quality is for JPEG and WEBP, and PNG is written"),
        ("box in.png -o x.jpg --compress 9", "--compress is for PNG and TIFF, and JPEG is written"),
        ("gray in.png -o x.png --stride 2", "--stride changes nothing: no step of this chain"),
        ("abs,relu in.png -o x.png --flip", "--flip changes nothing: no step of this chain"),
        ("box in.png -o x/ --skip-existing --overwrite", "exclude each other"),
        ("box in.png -o - --skip-existing", "--skip-existing is about files, and -o - is stdout"),
    ],
)
def test_options_that_would_change_nothing(here, capsys, words, message):
    assert run(["filter", *words.split()]) == 2
    assert message in capsys.readouterr().err
    assert not Path("x.png").exists()


@pytest.mark.parametrize(
    "words",
    ["box in.png -o x.jpg --quality 9", "gray,sobel in.png -o x.png --stride 2 --compress 9"],
)
def test_options_that_change_something(here, words):
    assert run(["filter", *words.split()]) == 0


def test_failures_of_a_batch_say_what_to_do(here, capsys):
    (here / "wide.tif").write_bytes(tiff(np.zeros((4, 4, 3), np.float64)))
    hint = "cannot be read; save it with 8, 16 or 32 bits a channel"
    for words in ("filter box wide.tif in.png -o out/", "inspect wide.tif"):
        assert run(words.split()) == 3
        assert hint in capsys.readouterr().err


def test_names_keep_their_capitals(capsys):
    sentence = "Held is what it is"
    report(click.UsageError(sentence))
    assert capsys.readouterr().err.splitlines()[0] == f"edgewise: {sentence}"


def test_words_as_long_as_a_system_allows(here):
    for chain in ("x" * 130_000, "1," * 60_000, "[1 2;" * 20_000, "box:" * 30_000, "," * 130_000):
        done = run_edgewise("filter", chain, "in.png", "-o", "o.png")
        assert done.returncode == 2
        assert len(done.stderr) < 3000
        assert b"this is a bug" not in done.stderr


def test_a_folder_that_may_not_be_written_to_is_named_once(here, monkeypatch, capsys):
    (here / "in").mkdir()
    (here / "out").mkdir()
    for name in "abc":
        write_image(here / "in" / f"{name}.png", np.zeros((4, 4), np.uint8))
    really = os.access
    locked = os.fspath(here / "out")
    monkeypatch.setattr(
        os, "access", lambda path, mode: os.fspath(path) != locked and really(path, mode)
    )
    assert run(["filter", "box", "in", "-o", "out", "--overwrite"]) == 1
    expected = f"edgewise: the folder {locked} may not be written to\nhint: write elsewhere\n"
    assert capsys.readouterr().err == expected


ROWS = [[("a\tb\n\x1b[1m.png", [("=1+1", 0.5), ("-1", 0.25)], None)]]


def test_names_and_labels_that_tables_would_stumble_over():
    ((line, _),) = tabbed_lines(ROWS)
    assert line == "a\\tb\\n\\x1b[1m.png\t=1+1\t0.5000\t-1\t0.2500\n"
    ((text, _),) = csv_lines("probability", ROWS)
    _, row = csv.reader(io.StringIO(text))
    assert row == ["a\tb\n\x1b[1m.png", "'=1+1", "0.5000", "-1", "0.2500"]
    text = "".join(piece for piece, _ in json_lines("m", "probability", ROWS))
    (exact,) = json.loads(text)["predictions"]
    assert (exact["name"], exact["label"]) == ("a\tb\n\x1b[1m.png", "=1+1")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("@sum", "'@sum"), ("+cmd", "'+cmd"), ("-1", "-1"), ("+1.5e3", "+1.5e3"), ("-inf", "-inf"),
        ("-1+1", "'-1+1"), ("cat", "cat"), ("", ""), ("a=b", "a=b"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_run(text, cell):
    assert guarded(text) == cell


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ö 語 👩‍💻 e\u0301", "ö 語 👩‍💻 e\u0301"),
        ("\x07\x7f\x9b\u2028\u202e", "\\x07\\x7f\\x9b\\u2028\\u202e"),
        ("\udcff\ud800", "\\xff\\ud800"),
    ],
)
def test_what_is_printable(text, shown):
    assert printable(text) == shown


def test_predictions_of_names_that_are_no_text(tmp_path):
    train = str(fashion("train"))
    model = tmp_path / "m.safetensors"
    assert run(["train", "linear", train, "-o", str(model), "-q"]) == 0
    bag = (fashion("test") / "bag" / "00.png").read_bytes()
    name = os.fsencode(tmp_path) + b"/\xff\n.png"
    with open(name, "wb") as file:
        file.write(bag)
    done = run_edgewise("predict", model, name.decode(errors="surrogateescape"), "-j", "1")
    assert (done.returncode, done.stderr) == (0, b"")
    shown, label, _ = done.stdout.rstrip(b"\n").split(b"\t")
    assert (shown, label) == (name.replace(b"\n", b"\\n"), b"bag")
    for jobs in ("2", "64"):
        again = run_edgewise("predict", model, name.decode(errors="surrogateescape"), "-j", jobs)
        assert again.stdout == done.stdout


HEADER = "{'descr': '%s', 'fortran_order': False, 'shape': %s}"


def npy(kind, shape):
    text = (HEADER % (kind, shape)).encode()
    return b"\x93NUMPY\x01\0" + len(text).to_bytes(2, "little") + text + bytes(8)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"PK\x03\x04", b"\x93NUMPY", b"\x93NUMPY\x01\0\xff\xff{",
        b"\x93NUMPY\x01\0\x02\0((", npy("<f4", "(9223372036854775808,)"), npy("<f4", "(-1, 2)"),
        npy("<f4", "(99999, 99999)"), npy("|O", "(1,)"), npy("<f4", "1e400"),
    ],
)  # fmt: skip
def test_kernel_files_that_promise_anything(here, capsys, content):
    Path("k.npy").write_bytes(content)
    assert run(["kernels", "@k.npy"]) == 1
    (line, *_) = capsys.readouterr().err.splitlines()
    assert line.startswith("edgewise: k.npy: ")
    assert "this is a bug" not in line
