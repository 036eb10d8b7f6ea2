"""The README: its examples run, and its table has every command."""

import re
import shlex
from pathlib import Path

import pytest
from numpy.testing import assert_array_equal

from edgewise.cli.main import COMMANDS, run
from edgewise.sample_images import folder

README = (Path(__file__).parent.parent / "README.md").read_text()
LINES = re.findall(r"^    (?:\$ )?(edgewise .*sample_images.*)$", README, flags=re.MULTILINE)


def test_the_examples_run_and_say_what_the_readme_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sample_images").symlink_to(folder())
    assert_array_equal(len(LINES), 9)
    for line in LINES:
        assert_array_equal(run(shlex.split(line)[1:]), 0, err_msg=line)
        shown = README.partition(f"$ {line}\n    ")[2].partition("\n")[0]
        assert shown in capsys.readouterr().out
    assert (tmp_path / "edges.png").exists()
    assert (tmp_path / "hog.png").exists()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_table(name):
    assert f"| `edgewise {name}" in README
