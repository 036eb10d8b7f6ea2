"""The folder of compiled loops: where it is, what names it, and when it goes."""

import os
import time

import pytest

from edgewise.compiled import folder


@pytest.fixture(autouse=True)
def _ask_anew():
    """Look for the folder in every test, not once in a process."""
    folder.open_folder.cache_clear()
    yield
    folder.open_folder.cache_clear()


def write(path, text=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_folder_that_others_may_write_to_is_not_used(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("EDGEWISE_CACHE_DIR", str(tmp_path))
    found = folder.open_folder()
    assert found is not None
    assert found.stat().st_mode & 0o777 == 0o700
    found.chmod(0o777)
    folder.open_folder.cache_clear()
    assert folder.open_folder() is None
    assert "no private cache folder" in caplog.text


@pytest.mark.parametrize("place", ["cache", "cache/loops", "cache/loops/NAME"])
def test_a_file_where_the_folder_should_be(place, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("EDGEWISE_CACHE_DIR", str(tmp_path / "cache"))
    write(tmp_path / place.replace("NAME", folder._folder_name()))
    assert folder.open_folder() is None
    assert "no private cache folder" in caplog.text


def test_a_user_without_a_home(monkeypatch):
    def nobody(path):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("EDGEWISE_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(folder.Path, "expanduser", nobody)
    assert folder.open_folder() is None


def test_the_name_follows_the_loops_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "PACKAGE", tmp_path)
    loops = write(tmp_path / "filters/deep/some_loops.py", "a")
    others = [write(tmp_path / "compiled/tiles.py"), write(tmp_path / "compiled/loop.py")]
    before = folder._folder_name()
    for name in (
        "tests/test_bilateral_loops.py", ".venv/lib/site-packages/numba/tests/test_loops.py",
        "build/lib/edgewise/filters/loops.py", "filters/strips.py", "site-packages/tiles.py",
    ):  # fmt: skip
        write(tmp_path / name, "x")
    assert folder._folder_name() == before
    for path in (loops, *others):
        text = path.read_text()
        path.write_text(text + "changed")
        assert folder._folder_name() != before
        path.write_text(text)
    loops.rename(loops.with_name("more_loops.py"))
    assert folder._folder_name() != before


def test_whatever_is_compiled_is_in_the_name():
    users = {
        path
        for room in ("cli", "reports", *folder.ROOMS)
        for path in (folder.PACKAGE / room).glob("**/*.py")
        if any(word in path.read_text() for word in ("@loop\n", "@inner\n", "@intrinsic"))
    }
    assert users
    assert users <= set(folder.loop_sources())


@pytest.mark.parametrize("setting", folder.SETTINGS)
def test_the_name_follows_numbas_settings(setting, monkeypatch):
    before = folder._folder_name()
    monkeypatch.setenv(setting, "another")
    assert folder._folder_name() != before


def aged(path, days):
    path.mkdir()
    (path / "some.loop").write_bytes(b"x")
    os.utime(path, (time.time() - days * 86400,) * 2)
    return path


def test_old_folders_are_removed(tmp_path):
    old = [aged(tmp_path / f"0.0.{k}-{k:012x}", 100 - k) for k in range(20)]
    kept = [
        aged(tmp_path / "0.0.1-something else", 1000),
        aged(tmp_path / "mine", 1000),
        write(tmp_path / "0.0.1-0123456789ab", "a file"),
    ]
    fresh = [aged(tmp_path / f"1.0-{k:012x}", 0.5) for k in range(12)]
    own = aged(tmp_path / "1.0-bbbbbbbbbbbb", 0)
    left = aged(tmp_path / "0.0.1-aaaaaaaaaaaa.old", 300)
    folder.remove_unused(own)
    assert sorted(tmp_path.iterdir()) == sorted([*kept, *fresh, own])
    assert not any(path.exists() for path in (*old, left))


def test_the_last_used_folders_stay_however_old(tmp_path):
    old = [aged(tmp_path / f"0.0.{k}-{k:012x}", 100 - k) for k in range(20)]
    folder.remove_unused(tmp_path / "1.0-bbbbbbbbbbbb")
    assert sorted(tmp_path.iterdir()) == sorted(old[-folder.KEPT_FOLDERS :])


def test_use_is_marked_and_a_new_folder_tidies_up(tmp_path, monkeypatch):
    monkeypatch.setenv("EDGEWISE_CACHE_DIR", str(tmp_path))
    (tmp_path / "loops").mkdir()
    for k in range(20):
        aged(tmp_path / "loops" / f"0.0.{k}-{k:012x}", 100 - k)
    own = folder.open_folder()
    assert own is not None
    assert len(list((tmp_path / "loops").iterdir())) == folder.KEPT_FOLDERS + 1
    os.utime(own, (0, 0))
    folder.open_folder.cache_clear()
    folder.open_folder()
    assert own.stat().st_mtime > time.time() - 3600
