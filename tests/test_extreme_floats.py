"""Floats at the ends of what they can be, and beyond: filtered without a word of NumPy's."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from edgewise.cli.main import run
from edgewise.filters import FILTERS, KERNELS, apply, compile_chain, correlate, pool
from edgewise.filters.banded import filter_picture
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
