"""What a training says to type next: a line that a shell can run as it stands."""

import shlex

import pytest

from edgewise.cli.main import run
from edgewise.cli.next_step import next_line


def after(line: str) -> list[str]:
    """Return the words that a shell makes of a line."""
    start, *words = shlex.split(line)
    assert start == "Next:"
    return words


@pytest.mark.parametrize(
    ("learned", "judged"),
    [
        ("train", "test"),
        ("a train/Training set", "a train/Testing set"),
        ("train/train", "train/test"),
        ("train/train", "test/train"),
        ("TRAIN", "TEST"),
        ("pictures_train", "pictures_val"),
        ("train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz"),
    ],
)
def test_the_test_data_beside_the_training_data_are_named(tmp_path, monkeypatch, learned, judged):
    monkeypatch.chdir(tmp_path)
    for name in (learned, judged):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
    assert after(next_line("my model.safetensors", learned)) == [
        "edgewise", "evaluate", "my model.safetensors", judged,
    ]  # fmt: skip


def test_the_parts_of_a_manifest(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "split it.csv").write_text("path,label,split\n")
    assert after(next_line("m", "split it.csv:train"))[-1] == "split it.csv:test"


@pytest.mark.parametrize("name", ["constrained", "digits", "train", "trainer", "retraining"])
def test_nothing_is_named_that_is_not_there(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    for trap in ("consttested", "conested", "tester", "retesting", "constested"):
        (tmp_path / trap).mkdir()
    assert after(next_line("m", name))[-1] == "TEST_DATA"


@pytest.mark.parametrize("kind", ["linear", "cnn"])
def test_what_is_printed_of_a_training(tmp_path, capsys, kind):
    words = ["train", kind, "digits", "-o", str(tmp_path / "m.safetensors"), "--overwrite"]
    words += {"linear": ["--cell", "4"], "cnn": ["--network", "mlp", "--epochs", "1"]}[kind]
    assert run(words) == 0
    assert "trained on" in (out := capsys.readouterr().out)
    assert out.splitlines()[-1].startswith("Next: edgewise evaluate")
    assert run([*words, "--test", "digits"]) == 0
    assert "trained on" in (out := capsys.readouterr().out)
    assert "Next:" not in out
    assert "on digits: accuracy" in out
    assert run([*words, "-q"]) == 0
    assert capsys.readouterr().out == ""
    assert run([*words, "-q", "--test", "digits"]) == 0
    assert capsys.readouterr().out.startswith("\non digits: accuracy")


def test_seeds_that_are_none(tmp_path, capsys):
    for seed in ("-1", str(2**32)):
        words = ["train", "linear", "digits", "-o", str(tmp_path / "m.safetensors")]
        assert run([*words, "--seed", seed]) == 2
        assert "seed" in capsys.readouterr().err
