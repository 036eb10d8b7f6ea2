"""The torture runner sees every kind of fault, and finds none in a few files of every kind."""

import itertools
import sys
from pathlib import Path

import pytest
import torture_fakes
from torture.making import make_files
from torture.running import Limits, Runner
from torture.session import torture

from edgewise.sample_images import fashion, folder

# Generous: a busy machine is no fault, and what hangs here hangs for ten minutes.
FEW = 500
HURRIED = Limits(alone=2, start=2, each=0)
# For the leak alone: a process starts with the peak of the one that started it.
LITTLE = Limits(memory=300 << 20)
# What a file tells the fake to do, what the command is, and what is reported.
SEEN = [
    ("hang", "inspect", "hang"),
    ("die", "inspect", "death"),
    ("quit", "inspect /", "death"),
    ("leak", "inspect", "memory"),
    ("trace", "inspect", "traceback"),
    ("bug", "inspect", "bug"),
    ("code", "inspect", "exit code"),
    ("mute", "inspect", "unnamed"),
    ("stranger", "inspect", "strange line"),
    ("silent", "predict", "unnamed"),
]


def fake_runner(place: Path, limits: Limits) -> Runner:
    place.mkdir()
    command = (sys.executable, torture_fakes.__file__)
    return Runner(place, limits=limits, jobs=4, command=command, target="torture_fakes:run")


@pytest.mark.parametrize(("told", "command", "kind"), SEEN)
def test_every_kind_of_fault_is_seen_and_its_file_named(tmp_path, told, command, kind):
    place = tmp_path / "data"
    place.mkdir()
    for name, content in (("a.png", "good"), ("bad.png", told), ("c.png", "good")):
        (place / name).write_text(content)
    limits = {"hang": HURRIED, "leak": LITTLE}.get(told, Limits())
    _, faults = torture(place, fake_runner(tmp_path / "scratch", limits), only=command)
    assert {fault.kind for fault in faults} == {kind}
    assert any("bad.png" in str(fault) for fault in faults)


def test_a_command_without_faults_is_not_blamed(tmp_path):
    place = tmp_path / "data"
    place.mkdir()
    for name in ("a.png", "b.safetensors", "c.csv", "d.txt", "plan.json"):
        (place / name).write_text("good")
    count, faults = torture(place, fake_runner(tmp_path / "scratch", Limits()))
    assert count == 5
    assert [str(fault) for fault in faults] == []


class OneProcess(Runner):
    """Runs everything in one process, for the sake of speed."""

    def fresh(self, words, place, seconds):
        return self.warm(words, place)


def test_the_commands_bear_a_few_files_of_every_kind(tmp_path):
    place, scratch = tmp_path / "data", tmp_path / "scratch"
    place.mkdir()
    scratch.mkdir()
    for path in itertools.chain(folder().glob("c*.png"), (fashion("test") / "bag").glob("0*.png")):
        (place / path.name).symlink_to(path)
    make_files(place, every=FEW)
    runner = OneProcess(scratch, limits=Limits(patience=10))
    count, faults = torture(place, runner)
    assert count > 10
    assert [str(fault) for fault in faults] == []


def test_made_folders_hold_the_samples(tmp_path):
    make_files(tmp_path, every=FEW)
    assert (tmp_path / "samples" / "camera.png").is_file()
