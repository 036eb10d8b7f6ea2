"""The commands in docs/filters.md run as they stand."""

import shlex
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from edgewise import read_image, write_image
from edgewise.cli.main import run
from edgewise.sample_images import folder

PAGE = Path(__file__).parent.parent / "docs" / "filters.md"
COMMANDS = [
    line.strip()
    for line in PAGE.read_text("utf-8").splitlines()
    if line.startswith("    edgewise ")
]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    photo = read_image(folder() / "rocket.jpg")[:64, :48]
    for name in ("photo.jpg", "photos/a.jpg", "photos/sub/b.jpg", "other.png"):
        write_image(tmp_path / name, photo)
    Path("more.txt").write_text("other.png\n")
    Path("kernel.txt").write_text("1 2 1\n2 4 2\n1 2 1\n")
    return tmp_path


def test_there_are_commands():
    assert len(COMMANDS) > 6


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_of_the_page(place, command, capsys):
    words = shlex.split(command)[1:]
    assert_array_equal(run(words), 0)
    captured = capsys.readouterr()
    assert_array_equal(captured.err, "")
    if "-o" in words:
        target = Path(words[words.index("-o") + 1])
        written = [target] if target.is_file() else list(target.rglob("*.*"))
        assert written
        for path in written:
            assert np.ptp(read_image(path)) > 0
    else:
        assert "sum" in captured.out
