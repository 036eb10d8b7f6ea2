"""Every compiled loop runs once as plain Python, and once with its bounds checked.

What is `emitted` in LLVM's terms has no bounds that could be checked. It runs
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
from edgewise.compiled.warming import compile_all, every_version, missing

SCRIPT = Path(__file__).with_name("loop_cases.py")
PACKAGE = Path(edgewise.__file__).parent
DECORATORS = ("loop", "inner", "emitted")


def loops_of(path):
    """Return the names of a file's loops."""
    tree = ast.parse(path.read_text())
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [
        node.name
        for node in functions
        if any(ast.unparse(one).partition("(")[0] in DECORATORS for one in node.decorator_list)
    ]


LOOPS = {path.relative_to(PACKAGE).as_posix(): loops_of(path) for path in loop_sources()}
FILES = [file for file, names in LOOPS.items() if names]


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


def test_every_file_of_loops_is_found():
    assert {"compiled/tiles.py", "filters/loops.py", "models/cnn/layers/loops.py"} <= set(FILES)
    assert all(LOOPS[file] for file in LOOPS if file.endswith("loops.py"))


@pytest.mark.parametrize("file", FILES)
def test_every_loop_runs_uncompiled(file, uncompiled):
    assert file in CASES, "a new file of loops needs a case in loop_cases.py"
    assert {f"{file}:{name}" for name in LOOPS[file]} <= set(uncompiled["entered"])


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


def test_no_loop_needs_numbas_run_time():
    # One version of each: what falls back to Numba is never kept.
    wanted = [version for version in every_version() if version[1] == version[0].signatures[0]]
    compile_all(wanted)
    assert [loop.__name__ for loop, _ in missing(wanted)] == []
