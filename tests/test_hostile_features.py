"""Whatever a feature file or a folder of shards holds: its features, or one sentence."""

import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from hostile.features import SUFFIXES, saved
from hostile.reading import use
from hostile.shards import hostile_shards, plan, shard_files

TESTS = Path(__file__).parent
# Coprime to all that the files repeat by: of each kind some are read.
STEP = 7


def test_hostile_files_are_read_or_refused():
    words = [sys.executable, "-m", "hostile.reading", str(STEP)]
    done = subprocess.run(words, cwd=TESTS, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    *wrong, counts = done.stdout.splitlines()
    assert wrong == []
    files, read, refused = map(int, counts.split())
    assert files == read + refused > 300
    assert read > 20
    assert refused > 200


def test_the_same_files_each_time():
    firsts = (list(islice(hostile_shards(), 3000)) for _ in range(2))
    assert next(firsts) == next(firsts)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nothing_is_wrong_with_the_file_that_others_are_made_from(tmp_path, suffix):
    for end, content in zip(("", ".json"), saved(suffix), strict=False):
        (tmp_path / f"f{suffix}{end}").write_bytes(content)
    use(tmp_path / f"f{suffix}")


def test_nothing_is_wrong_with_the_folder_that_others_are_made_from(tmp_path):
    for name, content in shard_files(plan()).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    use(tmp_path)
