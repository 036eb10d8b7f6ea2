"""Judging one picture in a fresh process, and compiling what that and training need."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from edgewise.compiled.loop import Loop
from edgewise.images import write_image
from edgewise.models.cnn import CnnModel, Network, Normalization
from edgewise.models.cnn.training.fitting import fit
from edgewise.models.cnn.training.warming import warm_up
from edgewise.models.files import save_model

SHAPES = {"lenet5": (1, 28, 28), "small": (3, 17, 13), "quick": (3, 16, 16)}


def model_of(name: str) -> CnnModel:
    shape = SHAPES[name]
    network = Network.from_spec(name, shape, classes=3, seed=1)
    normal = Normalization(*(np.full(shape[0], value, np.float32) for value in (120, 60)))
    return CnnModel(network, ("a", "b", "c"), normal)


PROGRAM = """
import sys
from edgewise.cli.main import run
assert run(["predict", "m.safetensors", "one.png", "--json", *sys.argv[1:]]) == 0
assert not {"numba", "scipy", "sklearn", "matplotlib"} & set(sys.modules), sorted(sys.modules)
"""


@pytest.mark.parametrize("name", SHAPES)
def test_one_picture_never_loads_numba_and_threads_change_nothing(name, tmp_path):
    model = model_of(name)
    save_model(tmp_path / "m.safetensors", model)
    picture = np.random.default_rng(0).integers(0, 256, (31, 35, 3), np.uint8)
    write_image(tmp_path / "one.png", picture)
    # From here on all loops are in the cache.
    model.judge_images(model.prepare(picture)[None])
    said = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, *jobs], cwd=tmp_path, capture_output=True, check=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
        ).stdout
        for jobs, threads in (([], "1"), ([], "2"), (["-j", "1"], "2"), (["-j", "2"], "1"))
    ]  # fmt: skip
    assert b'"label"' in said[0]
    assert set(said) == {said[0]}


def test_warming_up_covers_all_that_training_needs(monkeypatch):
    wanted, used = [], set()
    monkeypatch.setattr("edgewise.models.cnn.training.warming.compile_all", wanted.extend)

    def noting(method):
        def noted(loop, *arguments):
            used.add(loop)
            return method(loop, *arguments)

        return noted

    network = Network.from_spec("small", (1, 12, 12), classes=3)
    before = network.vector.copy()
    warm_up(network)
    assert_array_equal(network.vector, before)
    for name in ("bind", "__call__"):
        monkeypatch.setattr(Loop, name, noting(getattr(Loop, name)))
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (40, 12, 12), np.uint8), rng.integers(0, 3, 40)
    for settings in ({"optimizer": "sgd"}, {"optimizer": "adamw", "augment": "rotate:5"}):
        fit(network, images, labels, validation=(images, labels), epochs=1, **settings)
    assert len(used) > 10
    assert used == {loop for loop, _ in wanted}
    # Float64 is for checking gradients.
    assert all("float64" not in signature for _, signature in wanted)


COLD = """
import sys
import numpy as np
from edgewise.compiled.warming import compile_all, missing
from edgewise.models.cnn.layers.loops import add, rectify
wanted = [(loop, loop.signatures[0]) for loop in (add, rectify)]
assert missing(wanted) == wanted
told = []
compile_all(wanted, lambda *numbers: told.append(numbers))
assert sorted(told) == [(1, 2), (2, 2)], told
assert missing(wanted) == []
total = np.arange(5, dtype=np.float32)
add(np.ones(5, np.float32), total)
assert total.tolist() == [1, 2, 3, 4, 5]
assert "numba" not in sys.modules
"""


def test_missing_loops_are_compiled_by_other_processes(tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", COLD], env={**os.environ, "EDGEWISE_CACHE_DIR": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    # Said once, by this process alone.
    assert result.stderr.count("compiling its loops") == 1
