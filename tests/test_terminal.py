"""The command between a shell's signals, pipes and closed streams."""

import os
import pty
import signal
import subprocess
import time

import numpy as np
import pytest
from processes import (
    EDGEWISE,
    HANGS,
    heeding,
    run_edgewise,
    start_edgewise,
    wait_until,
    when_it_heeds,
)

from edgewise import read_image, write_image
from edgewise.sample_images import folder, photographs

CAT = folder() / "chelsea.png"


@pytest.fixture
def many(tmp_path):
    place = tmp_path / "many"
    place.mkdir()
    for number in range(300):
        (place / f"{number:03}.png").symlink_to(photographs()[1])
    return place


def parts_below(place):
    return [name for _, _, names in os.walk(place) for name in names if name.endswith(".part")]


@pytest.mark.parametrize(
    ("sent", "code", "word"),
    [(signal.SIGINT, 130, b"interrupted"), (signal.SIGTERM, 143, b"terminated")],
)
def test_a_signal_ends_a_command_in_one_word(many, tmp_path, sent, code, word):
    process = start_edgewise("filter", "sobel", many, "-o", tmp_path / "o")
    wait_until((tmp_path / "o").exists)
    process.send_signal(sent)
    _, stderr = process.communicate(timeout=HANGS)
    assert stderr == b"edgewise: " + word + b"\n"
    assert process.returncode == code
    assert parts_below(tmp_path) == []
    for path in (tmp_path / "o").iterdir():
        read_image(path)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after", [0, 0.01, 0.02, 0.04, 0.07, 0.1, 0.2, 0.5])
def test_a_signal_while_the_command_starts(tmp_path, sent, after):
    process = start_edgewise(
        "train", "linear", "digits", "-o", tmp_path / "m.safetensors",
    )  # fmt: skip
    when_it_heeds(process)
    time.sleep(after)
    process.send_signal(sent)
    _, stderr = process.communicate(timeout=HANGS)
    word = b"interrupted" if sent == signal.SIGINT else b"terminated"
    assert (process.returncode, stderr) in ((128 + sent, b"edgewise: " + word + b"\n"), (0, stderr))
    assert b"Traceback" not in stderr


def test_an_ignored_interruption_stays_ignored(many, tmp_path):
    for path in sorted(many.iterdir())[30:]:
        path.unlink()
    process = start_edgewise("filter", "sobel", many, "-o", tmp_path / "o", ignored=["SIGINT"])
    wait_until((tmp_path / "o").exists)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=HANGS)
    assert (process.returncode, stderr) == (0, b"")
    assert len(list((tmp_path / "o").iterdir())) == 30


@pytest.mark.parametrize(
    "words", [("kernels",), ("--help",), ("filter", "box", CAT, "-o", "-", "--format", "ppm")]
)
def test_a_reader_that_leaves_is_no_error(words):
    process = start_edgewise(*words)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(HANGS) == 141


def test_a_reader_of_messages_that_leaves_is_no_error(tmp_path):
    process = start_edgewise("filter", "box", tmp_path / "none.png", "-o", "x.png")
    process.stderr.close()
    assert process.wait(HANGS) in (3, 141)
    process.stdout.close()


@pytest.mark.parametrize("closed", [[0], [1], [2], [0, 1, 2]])
def test_closed_streams_do_no_harm_to_files(tmp_path, closed):
    out = tmp_path / "x.npy"
    done = run_edgewise("filter", "box", CAT, "-o", out, closed=closed)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert read_image(out).shape == read_image(CAT).shape


@pytest.mark.parametrize(
    ("words", "closed", "name"),
    [
        (("filter", "box", "-", "-o", "x.png"), 0, "stdin"),
        (("filter", "box", "@-", "-o", "x/"), 0, "-"),
        (("filter", "box", CAT, "-o", "-"), 1, "stdout"),
        (("kernels",), 1, "stdout"),
        (("--version",), 1, "stdout"),
        (("inspect", CAT), 1, "stdout"),
    ],
)
def test_a_closed_stream_that_is_needed_is_named(tmp_path, words, closed, name):
    done = run_edgewise(*words, closed=[closed], cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.decode() == f"edgewise: {name}: it is closed\n"
    assert os.listdir(tmp_path) == []


def on_a_terminal(*words, **options):
    """Run a command whose stdout is a terminal; return the code, what it shows, and stderr."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        heeding(*EDGEWISE, *words), stdout=theirs, stderr=subprocess.PIPE, **options
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 1 << 16)
        except OSError:  # Linux says so where others say nothing is left
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    _, stderr = process.communicate(timeout=HANGS)
    return process.returncode, shown, stderr


@pytest.mark.parametrize(
    "words",
    [
        ("filter", "box", CAT, "-o", "-"),
        ("show", "kernel", "sobel-x", "-o", "-"),
    ],
)
def test_no_bytes_of_files_reach_a_terminal(words):
    code, shown, stderr = on_a_terminal(*words)
    assert (code, shown) == (2, b"")
    first, hint = stderr.decode().splitlines()
    assert first.endswith("would go to the terminal")
    assert hint.startswith("hint: name a file with -o")


def test_a_terminal_obeys_no_name(tmp_path):
    write_image(tmp_path / "\x1b[31m\n\x9b2Jö.png", np.zeros((4, 4), np.uint8))
    (path,) = tmp_path.iterdir()
    for words in (
        ("filter", "box", tmp_path, "-o", tmp_path / "o", "-n"),
        ("inspect", path, CAT),
    ):
        code, shown, _ = on_a_terminal(*words)
        assert code == 0
        assert b"\x1b" not in shown
        assert "\\x1b[31m" in shown.decode()
        assert "\\x9b2Jö.png" in shown.decode()


def test_messages_obey_no_name(tmp_path):
    bad = os.fsencode(tmp_path) + b"/\x1b[31m\n\xff.png"
    with open(bad, "wb") as file:
        file.write(b"no picture")
    done = run_edgewise("filter", "box", tmp_path, "-o", tmp_path / "o")
    assert done.returncode == 3
    first, last = done.stderr.decode().splitlines()
    assert "/\\x1b[31m\\n\\xff.png: " in first
    assert last == "0 pictures done, 1 failed"


def test_names_that_are_no_text_reach_a_pipe_as_they_are(tmp_path):
    name = os.fsencode(tmp_path) + b"/\xff\xfe.png"
    write_image(tmp_path / "a.png", np.zeros((4, 4), np.uint8))
    os.rename(tmp_path / "a.png", name)
    done = run_edgewise("filter", "box", tmp_path, "-o", tmp_path / "o", "-n")
    assert done.returncode == 0
    assert done.stdout.startswith(name + b" (")


def test_every_encoding_of_a_terminal_will_do(tmp_path):
    done = run_edgewise(
        "kernels", "[1 ö]", env={**os.environ, "PYTHONIOENCODING": "koi8-r", "PYTHONUTF8": "0"}
    )
    assert done.returncode == 2
    assert b'"\\xf6" is not a number' in done.stderr


def test_the_codes_are_listed():
    text = " ".join(run_edgewise("--help").stdout.decode().split())
    for code in ("0 done", "130 interrupted", "143 terminated", "141 whoever read"):
        assert code in text
