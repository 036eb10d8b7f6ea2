"""Files that appear whole or not at all: full disks, interruptions, permissions, links."""

import errno
import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from processes import start_python

from edgewise import EdgewiseError, read_image, write_image
from edgewise.cli.main import run
from edgewise.images.atomic import atomic_file

PICTURE = np.arange(99, dtype=np.uint8).reshape(9, 11)


def write(path, content, **options):
    with atomic_file(path, **options) as file:
        file.write(content)


def test_nothing_is_overwritten_unless_asked(tmp_path):
    target = tmp_path / "a.png"
    target.write_bytes(b"old")
    with pytest.raises(EdgewiseError, match=r"a\.png exists already; use --overwrite"):
        write_image(target, PICTURE)
    assert_array_equal(target.read_bytes(), b"old")
    write_image(target, PICTURE, overwrite=True)
    assert_array_equal(read_image(target), PICTURE)


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(EdgewiseError, match="is a folder; name a file in it"):
        write(tmp_path, b"", overwrite=True)


def test_missing_folders_are_made(tmp_path):
    write(tmp_path / "new" / "deep" / "a.bin", b"x")
    assert_array_equal(os.listdir(tmp_path / "new" / "deep"), ["a.bin"])


@pytest.mark.parametrize("below", ["a.bin", "deep/a.bin"])
def test_a_file_is_not_a_folder(tmp_path, below):
    (tmp_path / "file").touch()
    with pytest.raises(EdgewiseError, match="is not a folder; write somewhere else"):
        write(tmp_path / "file" / below, b"x")


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt, OSError(errno.ENOSPC, "disk full"), ValueError, GeneratorExit]
)
@pytest.mark.parametrize("overwrite", [False, True])
def test_an_error_leaves_what_was_there(tmp_path, error, overwrite):
    target = tmp_path / "a.bin"
    if overwrite:
        target.write_bytes(b"old")
    kind = error if isinstance(error, type) else type(error)
    with pytest.raises(kind), atomic_file(target, overwrite=overwrite) as file:
        file.write(b"half")
        raise error
    assert_array_equal(os.listdir(tmp_path), ["a.bin"] if overwrite else [])
    if overwrite:
        assert_array_equal(target.read_bytes(), b"old")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_found_at_the_last_moment(tmp_path, monkeypatch, step):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "a.png").write_bytes(b"old")
    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space"):
        write_image(tmp_path / "a.png", PICTURE, overwrite=True)
    assert_array_equal(os.listdir(tmp_path), ["a.png"])
    assert_array_equal((tmp_path / "a.png").read_bytes(), b"old")


LIMITED = """
import resource, signal, sys
from edgewise.cli.main import run
from edgewise.images.atomic import atomic_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
with atomic_file(sys.argv[1], overwrite=True) as file:
    file.write(bytes(5000))
"""


def test_a_write_that_the_system_refuses(tmp_path):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    result = subprocess.run([sys.executable, "-c", LIMITED, target], capture_output=True)
    assert b"File too large" in result.stderr
    assert_array_equal(os.listdir(tmp_path), ["a.bin"])
    assert_array_equal(target.read_bytes(), b"old")


SLOW = """
import sys, time
from edgewise.cli.main import run
from edgewise.images.atomic import atomic_file
with atomic_file(sys.argv[1], overwrite=True) as file:
    file.write(bytes(5000))
    print("half", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize(("sent", "left"), [(signal.SIGINT, 0), (signal.SIGKILL, 1)])
def test_a_process_that_is_stopped(tmp_path, sent, left):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with start_python("-c", SLOW, target, **pipes) as process:
        process.stdout.readline()
        process.send_signal(sent)
    assert_array_equal(target.read_bytes(), b"old")
    # Nobody cleans up after SIGKILL, but what is left is hidden and says whose it is.
    parts = [name for name in os.listdir(tmp_path) if name.startswith(".edgewise-")]
    assert_array_equal(len(parts), left)
    assert_array_equal(len(os.listdir(tmp_path)), 1 + left)


def test_a_file_that_appears_meanwhile_is_kept(tmp_path):
    target = tmp_path / "a.bin"
    with pytest.raises(EdgewiseError, match="exists"), atomic_file(target) as file:
        file.write(b"ours")
        target.write_bytes(b"theirs")
    assert_array_equal(target.read_bytes(), b"theirs")
    assert_array_equal(os.listdir(tmp_path), ["a.bin"])


def test_of_many_writers_one_wins(tmp_path):
    outcomes = []

    def compete(number):
        try:
            write(tmp_path / "a.bin", bytes([number]) * 1000)
            outcomes.append(number)
        except EdgewiseError:
            pass

    threads = [threading.Thread(target=compete, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = outcomes
    assert_array_equal((tmp_path / "a.bin").read_bytes(), bytes([winner]) * 1000)
    assert_array_equal(os.listdir(tmp_path), ["a.bin"])


def test_a_file_system_without_hard_links(tmp_path, monkeypatch):
    def link(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    write(tmp_path / "a.bin", b"x")
    assert_array_equal((tmp_path / "a.bin").read_bytes(), b"x")
    assert_array_equal(os.listdir(tmp_path), ["a.bin"])


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_permissions(tmp_path, mask, mode):
    before = os.umask(mask)
    try:
        write(tmp_path / "new", b"x")
        (tmp_path / "old").touch()
        (tmp_path / "old").chmod(0o604)
        write(tmp_path / "old", b"x", overwrite=True)
    finally:
        os.umask(before)
    assert_array_equal((tmp_path / "new").stat().st_mode & 0o777, mode)
    assert_array_equal((tmp_path / "old").stat().st_mode & 0o777, 0o604)


def test_a_link_stays_a_link(tmp_path):
    for name in ("there", "dangling"):
        (tmp_path / f"{name}.link").symlink_to(tmp_path / name)
    (tmp_path / "there").touch()
    for name in ("there", "dangling"):
        write(tmp_path / f"{name}.link", b"x", overwrite=True)
        assert (tmp_path / f"{name}.link").is_symlink()
        assert_array_equal((tmp_path / name).read_bytes(), b"x")


def test_long_names(tmp_path):
    name = "ö" * 120 + ".bin"
    write(tmp_path / name, b"x")
    assert_array_equal(os.listdir(tmp_path), [name])


def test_a_device_is_written_to_and_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    found = []
    reader = threading.Thread(target=lambda: found.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write(tmp_path / "pipe", b"x" * 5000)
    reader.join()
    assert_array_equal(len(found[0]), 5000)
    assert (tmp_path / "pipe").is_fifo()
    with pytest.raises(OSError, match="No space"):
        write("/dev/full", b"x" * 5000)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EFBIG])
def test_a_full_disk_names_the_file_and_the_remedy(tmp_path, monkeypatch, capsys, error):
    def full(handle):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "fsync", full)
    kernel = tmp_path / "k.png"
    assert_array_equal(run(["show", "kernel", "sobel-x", "-o", str(kernel)]), 1)
    expected = f"edgewise: {kernel}: {os.strerror(error).lower()}; make room there, or write"
    assert expected in capsys.readouterr().err
    assert_array_equal(os.listdir(tmp_path), [])


def test_what_a_killed_process_left_goes_with_the_next_writing(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, tmp_path / "a.bin"], stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        (alive,) = os.listdir(tmp_path)
        # Another process leaves alone what is being written.
        write_elsewhere(tmp_path / "b.bin")
        assert_array_equal(sorted(os.listdir(tmp_path)), sorted([alive, "b.bin"]))
        process.kill()
    write_elsewhere(tmp_path / "c.bin")
    assert_array_equal(sorted(os.listdir(tmp_path)), ["b.bin", "c.bin"])


def write_elsewhere(path):
    program = (
        "import sys; from edgewise.images.atomic import atomic_file\n"
        "with atomic_file(sys.argv[1]) as file: file.write(b'x')"
    )
    subprocess.run([sys.executable, "-c", program, path], check=True, timeout=120)


def test_many_processes_that_sweep_lose_nothing(tmp_path):
    program = (
        "import sys; from edgewise.images.atomic import atomic_file\n"
        "from edgewise.images import temporary\n"
        "for n in range(60):\n"
        "    temporary._swept.clear()\n"
        "    with atomic_file(f'{sys.argv[1]}-{n}') as f: f.write(b'x' * 100)\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, tmp_path / str(number)])
        for number in range(3)
    ]
    for process in running:
        assert_array_equal(process.wait(120), 0)
    assert_array_equal(len(os.listdir(tmp_path)), 180)


def test_numbers_that_numpy_could_not_write_whole(tmp_path):
    with pytest.raises(OSError, match="No space") as caught, atomic_file(tmp_path / "a.npy"):
        raise OSError("71280 requested and 2528 written")
    assert_array_equal(caught.value.filename, os.path.realpath(tmp_path / "a.npy"))
    with pytest.raises(OSError, match="out of paper"), atomic_file(tmp_path / "a.npy"):
        raise OSError("out of paper")
