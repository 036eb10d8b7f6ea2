"""What every reader and writer of files stands on: regular files, JSON, locks."""

import json
import multiprocessing
import os
import stat

import pytest

from edgewise.compiled.locks import locked
from edgewise.images.errors import DataError
from edgewise.images.json_text import parse_json
from edgewise.images.regular import irregular_kind, open_regular, read_regular


def test_a_named_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(DataError, match=r"a\.png: a named pipe, not a regular file"):
        open_regular(tmp_path / "a.png")


@pytest.mark.parametrize(("path", "kind"), [("/dev/zero", "a device"), ("/", "a folder")])
def test_devices_and_folders_are_refused(path, kind):
    with pytest.raises(DataError, match=kind):
        read_regular(path)


def test_a_link_to_a_file_is_followed_and_a_limit_holds(tmp_path):
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert read_regular(tmp_path / "link") == b"content"
    with pytest.raises(DataError, match="7 bytes; at most 6"):
        read_regular(tmp_path / "file", limit=6)


def test_a_regular_file_is_no_irregular_kind():
    assert irregular_kind(stat.S_IFREG | 0o644) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
        (b'["\\ud800"]', "half a character"),
        (b"[" + b"9" * 10_000 + b"]", "too many digits"),
        (b"{", "not JSON"),
        (b"", "not JSON"),
        (b'"\xff"', "not UTF-8"),
    ],
)
def test_bad_json_is_named(content, reason):
    with pytest.raises(DataError, match=rf"^plan\.json: .*{reason}"):
        parse_json(content, "plan.json")


def test_good_json_is_parsed():
    facts = {"label": "Größe", "pair": "\U0001f600", "rate": 0.5}
    assert parse_json(json.dumps(facts).encode(), "facts") == facts


def _count_up(folder, times):
    for _ in range(times):
        with locked(folder / "locks" / "one", wait=True):
            number = int((folder / "number").read_text())
            (folder / "number").write_text(str(number + 1))
        try:
            (folder / "locks").rmdir()
        except OSError:
            continue


def test_three_processes_take_turns_at_a_lock(tmp_path):
    (tmp_path / "number").write_text("0")
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_count_up, args=(tmp_path, 200)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert (tmp_path / "number").read_text() == "600"


def test_a_held_lock_is_not_had_twice(tmp_path):
    with locked(tmp_path / "one") as first, locked(tmp_path / "one") as second:
        assert (first, second) == (True, False)
    assert not (tmp_path / "one").exists()


def test_a_named_pipe_in_the_place_of_a_lock_is_an_error(tmp_path):
    os.mkfifo(tmp_path / "one")
    with pytest.raises(OSError, match="No such device"), locked(tmp_path / "one"):
        pass


def test_a_file_in_the_place_of_the_folder_of_locks_is_an_error(tmp_path):
    (tmp_path / "locks").write_bytes(b"")
    with pytest.raises(FileExistsError), locked(tmp_path / "locks" / "one"):
        pass
