"""Whatever a feature file or a folder of shards holds: its features, or one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest
from hostile.features import hostile_features

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
    pairs = zip(hostile_features(), hostile_features(), strict=True)
    assert all(first == second for first, second in pairs)


@pytest.mark.parametrize("start", ["good", "shards-good-0000"])
def test_nothing_is_wrong_with_what_all_are_made_from(tmp_path, start):
    from hostile.reading import use

    opened = set()
    for name, content in hostile_features():
        if name.startswith(start):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
            opened.add(tmp_path / name.partition("/")[0])
    opened = {path for path in opened if path.suffix != ".json"}
    assert len(opened) == (5 if start == "good" else 1)
    for path in opened:
        use(path)
