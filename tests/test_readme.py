"""The README: its examples run, and its table has every command."""

import re
import shlex
from pathlib import Path

import pytest
from numpy.testing import assert_allclose, assert_array_equal

from edgewise.cli.main import COMMANDS, run
from edgewise.sample_images import folder

README = (Path(__file__).parent.parent / "README.md").read_text()
LINES = re.findall(r"^    (?:\$ )?(edgewise .*sample_images.*)$", README, flags=re.MULTILINE)


def test_the_examples_run_and_say_what_the_readme_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sample_images").symlink_to(folder())
    assert_array_equal(len(LINES), 9)
    for line in LINES:
        words = shlex.split(line)[1:]
        assert_array_equal(run([*words, *shorter(words)]), 0, err_msg=line)
        shown = README.partition(f"$ {line}\n    ")[2].partition("\n")[0]
        check(shown, capsys.readouterr().out)
    assert (tmp_path / "edges.png").exists()
    assert (tmp_path / "hog.png").exists()


def shorter(words):
    """Return options that cut a training of many epochs short: of these nothing is shown."""
    if words[0] == "compare":
        return ["--epochs", "1", "--points", "1"]
    return ["--epochs", "1"] if words[:2] == ["train", "cnn"] else []


def check(shown, printed):
    """Look for a line; after `...` at its end come digits that depend on the processor."""
    if not shown.endswith("..."):
        assert shown in printed
        return
    words, number = re.fullmatch(r"(.*?)([\d.]+)\.\.\.", shown).groups()
    found = re.search(re.escape(words) + r"([\d.]+)", printed)
    assert_allclose(float(found[1]), float(number), atol=0.02)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_table(name):
    assert f"| `edgewise {name}" in README
