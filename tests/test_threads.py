"""Forks and threads: every public function works in both, on every threading layer.

The door before the layer (`edgewise.compiled.threads`) takes no time that can be
measured: 512x512 pixels with GNU OpenMP on two busy cores, the least of 300, a 3x3
correlation 0.41 ms with it and 0.40 without, HoG 2.31 and 2.37; making it takes 8 ms of
a process that needs threads.
"""

import os
import subprocess
import sys
from ctypes.util import find_library
from importlib import import_module
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("public_calls.py")
MODULES = {"omp": "omppool", "tbb": "tbbpool"}
WAYS = ("fork", "grandchild", "threads", "locked")


def there(layer):
    """Tell whether Numba can load a threading layer here."""
    if layer == "tbb" and not find_library("tbb"):
        return False
    try:
        import_module(f"numba.np.ufunc.{MODULES.get(layer, layer)}")
    except ImportError:
        return False
    return True


LAYERS = [layer for layer in ("omp", "workqueue", "tbb") if there(layer)]


def call(way, folder, layer):
    return subprocess.run(
        [sys.executable, SCRIPT, way, folder],
        env={**os.environ, "NUMBA_THREADING_LAYER": layer, "NUMBA_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("way", WAYS)
def test_forks_and_threads(way, layer, tmp_path):
    result = call(way, tmp_path, layer)
    assert (result.returncode, result.stdout) == (0, ""), result.stderr


@pytest.mark.parametrize("layer", ["nonsense", *({"tbb"} - set(LAYERS))])
def test_a_layer_that_is_not_there(layer, tmp_path):
    code = (
        "import numpy as np; from edgewise.cli.main import run; from edgewise import write_image;"
        "write_image('a.png', np.zeros((90, 90), np.uint8));"
        "raise SystemExit(run(['hog', 'a.png', '-o', 'a.npz']))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "NUMBA_THREADING_LAYER": layer},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    first, second = result.stderr.splitlines()
    assert first == f'edgewise: NUMBA_THREADING_LAYER is "{layer}", which cannot be loaded here'
    assert second.startswith("hint: unset it")
