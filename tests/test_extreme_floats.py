"""Floats at the ends of what they can be, and beyond: filtered without a word of NumPy's."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from edgewise.cli.main import run
from edgewise.filters import FILTERS, KERNELS, apply, compile_chain, correlate, pool
from edgewise.filters.pictures import filter_picture
from edgewise.images import write_image


def extreme():
    image = np.random.default_rng(0).random((40, 40, 3)).astype(np.float32)
    image[3, 3:6] = np.inf, -np.inf, np.nan
    image[20:24], image[25], image[30] = 3e38, -3e38, 1e-45
    return image


def compiled(name):
    try:
        return compile_chain(name)
    except ValueError:  # it needs a value
        return compile_chain(f"{name}:2")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", [*FILTERS, *KERNELS])
def test_every_filter_is_silent(name):
    chain, image = compiled(name), extreme()
    for rule in ("clip", "float", "rescale"):
        filter_picture(chain, image, rule, np.uint8)
    chain(image)


@pytest.mark.filterwarnings("error")
def test_python_is_silent_too():
    image = extreme()
    correlate(image, np.array([[1, -1, 2]]))
    pool(image, 2, kind="average")
    apply("sobel,rescale", image, dtype=np.uint8)


def test_a_command_is_silent(tmp_path, capfd):
    write_image(tmp_path / "x.tif", extreme())
    assert_array_equal(run(["filter", "sobel", f"{tmp_path}/x.tif", "-o", f"{tmp_path}/y.tif"]), 0)
    assert_array_equal(capfd.readouterr().err, "")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "words", ["inspect data", "train linear data --features pixels:4x4 -o m.safetensors"]
)
def test_data_sets_are_looked_at_in_silence(tmp_path, capsys, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    for place in ("a/0", "a/1", "b/0", "b/1"):
        write_image(tmp_path / "data" / f"{place}.tif", extreme())
    run(words.split())
    assert "this is a bug" not in capsys.readouterr().err
