"""What is installed: the wheel, the lazy package, and the house rules."""

import ast
import doctest
import pkgutil
import subprocess
import sys
import zipfile
from importlib import import_module
from pathlib import Path

import pytest
from numpy.testing import assert_array_equal

import edgewise

REPOSITORY = Path(__file__).parent.parent
ROOMS = ("cli", "reports", "models", "features", "filters", "images", "compiled")
MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages(edgewise.__path__, "edgewise.")
    if found.name.split(".")[1] in (*ROOMS, "jit", "sample_images")
)


def tracked(pattern):
    return sorted(path.relative_to(REPOSITORY) for path in REPOSITORY.glob(pattern))


def test_the_wheel_holds_the_package_and_nothing_else(tmp_path):
    source = tmp_path / "source"
    skipped = {".git", "build", ".venv", ".hypothesis", ".pytest_cache", "edgewise.egg-info"}
    import shutil

    shutil.copytree(REPOSITORY, source, ignore=lambda _, names: skipped.intersection(names))
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(source)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert_array_equal(sorted(tops), ["edgewise"])
    for room in (*ROOMS, "sample_images"):
        for path in tracked(f"{room}/**/*.py"):
            assert f"edgewise/{path.as_posix()}" in names
    assert "edgewise/sample_images/LICENSES.md" in names
    pictures = [name for name in names if name.startswith("edgewise/sample_images/fashion/train/")]
    assert_array_equal(len(pictures), 600)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name):
    failed, _ = doctest.testmod(import_module(name))
    assert_array_equal(failed, 0)


@pytest.mark.parametrize("name", edgewise.__all__)
def test_public_names_exist(name):
    assert getattr(edgewise, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = edgewise.nothing


@pytest.mark.parametrize("path", [p for room in ROOMS for p in tracked(f"{room}/**/*.py")], ids=str)
def test_imports_point_down(path):
    floor = ROOMS.index(path.parts[0])
    for node in ast.walk(ast.parse((REPOSITORY / path).read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == len(path.parts) and node.module:
            room = node.module.split(".")[0]
            assert room == "sample_images" or ROOMS.index(room) > floor, ast.unparse(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            assert "edgewise" not in ast.unparse(node).split("import")[0]


# The two last define named tuples, whose fields are part of what a loop is known by.
FOR_LOOPS = ("numpy", "typing", "layout", "strips")
LOOPS = [path for room in ROOMS for path in tracked(f"{room}/**/*loops.py")]


@pytest.mark.parametrize("path", LOOPS, ids=str)
def test_loops_import_only_what_compiles(path):
    tree = ast.parse((REPOSITORY / path).read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in imports:
        module = ast.unparse(node).split()[1].lstrip(".")
        assert module in FOR_LOOPS or module.endswith("loops") or module.startswith("compiled.")


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from edgewise.cli.main import run; run(['--help']);"
        "heavy = {'numpy', 'numba', 'PIL', 'sklearn', 'scipy', 'matplotlib', 'tqdm'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
