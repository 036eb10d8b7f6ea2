"""`edgewise warm-up` and what is under it: missing loops compiled by several processes."""

import json

import pytest
from numpy.testing import assert_array_equal

from edgewise.cli.main import run
from edgewise.compiled import warming
from edgewise.compiled.folder import open_folder
from edgewise.filters.fit_loops import fit


@pytest.fixture
def two_missing(tmp_path, monkeypatch):
    """Let the package have one loop, in two versions, and the cache be empty."""
    monkeypatch.setenv("EDGEWISE_CACHE_DIR", str(tmp_path / "cache"))
    open_folder.cache_clear()
    monkeypatch.setattr(warming, "every_version", lambda: [(fit, s) for s in fit.signatures])
    yield
    open_folder.cache_clear()


def test_all_that_is_missing_is_compiled(two_missing, capsys):
    told = []
    assert warming.warm_up(lambda *done: told.append(done)) == (2, 0, 0)
    assert sorted(told) == [(1, 2), (2, 2)]
    folder = open_folder()
    assert folder
    first, second = sorted(folder.iterdir())
    assert {first.suffix, second.suffix} == {".o"}
    second.unlink()
    assert_array_equal(run(["warm-up", "--json", "-j", "1"]), 0)
    report = json.loads(capsys.readouterr().out)
    assert report == {
        "schema": "edgewise.warm-up/1", "compiled": 1, "there": 1, "failed": 0,
        "folder": str(folder),
    }  # fmt: skip
    assert_array_equal(run(["warm-up"]), 0)
    assert capsys.readouterr().out == f"0 compiled, 2 were there: {folder}\n"


def test_stopped_it_goes_on_later(two_missing):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        warming.warm_up(stop, 1)
    folder = open_folder()
    assert folder
    assert len(list(folder.glob("*.o"))) == 1
    assert not list(folder.glob("*.part"))
    assert warming.warm_up() == (1, 1, 0)


def test_what_cannot_be_compiled_is_said(two_missing, capsys, monkeypatch):
    monkeypatch.setattr(warming, "compile_all", lambda *_: None)
    assert_array_equal(run(["warm-up"]), 1)
    assert "2 loops could not be compiled" in capsys.readouterr().err


def test_a_cache_that_nobody_can_have_is_said(two_missing, capsys, monkeypatch):
    monkeypatch.setenv("EDGEWISE_CACHE_DIR", "/dev/null/x")
    open_folder.cache_clear()
    assert_array_equal(run(["warm-up"]), 1)
    assert "hint: set EDGEWISE_CACHE_DIR" in capsys.readouterr().err


def test_every_version_is_named_once():
    found = warming.every_version()
    assert len(set(found)) == len(found) > 50
    assert (fit, ("uint16",)) in found
