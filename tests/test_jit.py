"""The cache of compiled loops, and the loops without a compiler."""

import os
import subprocess
import sys

import pytest
from numpy.testing import assert_array_equal

import edgewise

CALL = """
import numpy as np
from edgewise.filters import correlation, correlate
correlation_module = __import__("sys").modules["edgewise.filters.correlation"]
correlation_module.FEW_MULTIPLY_ADDS = 0
print(correlate(np.arange(12.0).reshape(3, 4), [[1, 2, 3], [0, 1, 0]]).sum())
"""


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )


def test_compiles_once_into_a_private_folder(tmp_path):
    first = run(CALL, EDGEWISE_CACHE_DIR=str(tmp_path))
    second = run(CALL, EDGEWISE_CACHE_DIR=str(tmp_path))
    assert "compiling its loops" in first.stderr
    assert_array_equal(second.stderr, "")
    assert_array_equal(first.stdout, second.stdout)
    (folder,) = (tmp_path / "loops").iterdir()
    assert_array_equal(folder.stat().st_mode & 0o777, 0o700)
    assert folder.name.startswith(edgewise.__version__)
    assert list(folder.rglob("*.nbi"))


def test_a_folder_that_others_may_write_to_is_not_used(tmp_path):
    run(CALL, EDGEWISE_CACHE_DIR=str(tmp_path))
    (folder,) = (tmp_path / "loops").iterdir()
    folder.chmod(0o777)
    assert "no private cache folder" in run(CALL, EDGEWISE_CACHE_DIR=str(tmp_path)).stderr


def test_works_where_no_cache_can_be_written():
    assert "no private cache folder" in run(CALL, EDGEWISE_CACHE_DIR="/dev/null/x").stderr


@pytest.mark.parametrize("module", ["test_correlation.py", "test_pooling.py"])
def test_loops_without_the_compiler(module):
    here = os.path.dirname(__file__)
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-k", "numba and not opencv", f"{here}/{module}"],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert_array_equal(result.returncode, 0, err_msg=result.stdout[-2000:])
    assert " passed" in result.stdout
