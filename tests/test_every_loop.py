"""Every compiled loop runs once as plain Python, and once with its bounds checked.

What is spelled in LLVM's terms (tiles.py and vector_loops.py, and a row in
bilateral_loops.py and counting_loops.py) has no bounds that could be checked. It runs
uncompiled as its plain twin, and tests of its own compare the two.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from loop_cases import CASES

import edgewise
from edgewise.compiled.folder import loop_sources

SCRIPT = Path(__file__).with_name("loop_cases.py")
PACKAGE = Path(edgewise.__file__).parent
FILES = [path.relative_to(PACKAGE).as_posix() for path in loop_sources() if path.name != "jit.py"]


def results(mode, folder, **settings):
    """Run all cases in one process: loading Numba for each would take longer."""
    command = [sys.executable, "-W", "ignore:overflow encountered", SCRIPT, mode]
    subprocess.run(
        [*command, folder / "results.npz"],
        env={**os.environ, **settings},
        check=True,
        timeout=900,
    )
    with np.load(folder / "results.npz") as found:
        return dict(found)


@pytest.fixture(scope="module")
def uncompiled(tmp_path_factory):
    return results("uncompiled", tmp_path_factory.mktemp("uncompiled"), NUMBA_DISABLE_JIT="1")


def loops_of(file):
    """Return the names of a file's loops."""
    tree = ast.parse((PACKAGE / file).read_text())
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    plain = [node.name for node in functions if node.name.endswith("_plainly")]
    return plain + [
        node.name
        for node in functions
        if any(ast.unparse(decorator).endswith("_loop") for decorator in node.decorator_list)
    ]


@pytest.mark.parametrize("file", FILES)
def test_every_loop_runs_uncompiled(file, uncompiled):
    assert file in CASES, "a new file of loops needs a case in loop_cases.py"
    names = loops_of(file)
    assert names
    assert {f"{file}:{name}" for name in names} <= set(uncompiled["entered"])


def test_no_loop_leaves_its_arrays(tmp_path, uncompiled):
    # Unoptimised: compiling takes most of the time.
    found = results(
        "checked",
        tmp_path,
        NUMBA_BOUNDSCHECK="1",
        NUMBA_OPT="0",
    )
    assert found.keys() == uncompiled.keys()
    wrong = [
        name
        for name in found.keys() - {"entered"}
        if not np.allclose(found[name], uncompiled[name], rtol=1e-3, atol=2e-3)
    ]
    assert not wrong
