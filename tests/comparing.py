"""What the tests of `edgewise compare` share."""

import json

from test_cli_cnn import fill

from edgewise.cli.main import run

TINY = "conv:3:3,relu,maxpool:2,flatten,dense:classes"
QUICKLY = ["--network", TINY, "--epochs", "3", "--points", "2", "--rate", "0.05"]


def two_folders(place):
    """Write a folder of pictures to learn from, and one to test; return their own."""
    fill(place / "train", 24)
    fill(place / "test", 10, seed=100)
    return place


def words_of(pictures, place, *more):
    given = [pictures / "train", "--test", pictures / "test", "-o", place, *QUICKLY, *more]
    return ["compare", *map(str, given)]


def compare(pictures, place, *more):
    return run(words_of(pictures, place, *more))


def timeless(value):
    """Return facts without what a clock has measured."""
    if isinstance(value, dict):
        return {key: timeless(own) for key, own in value.items() if "seconds" not in key}
    return [timeless(own) for own in value] if isinstance(value, list) else value


def facts_of(place):
    return json.loads((place / "comparison.json").read_text())


def assert_same_result(place, wanted):
    assert timeless(facts_of(place)) == timeless(facts_of(wanted))
    for name in ("linear.safetensors", "cnn.safetensors"):
        assert (place / name).read_bytes() == (wanted / name).read_bytes()
    assert list((place / "steps").glob("*.checkpoint")) == []


def one_line(capsys):
    stderr = capsys.readouterr().err
    assert "Traceback" not in stderr
    return " ".join(stderr.split())
