"""All files, all commands: over many at once where one tells them apart, else over each alone."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from .commands import PLANS, Batch, World, accounted, alone, batches, make_world, work_folders
from .judging import Fault, faults_of
from .running import Runner
from .staging import Specimen, chunks, specimens, stage

# What only shows that some file is at fault: the halves are tried, to find which.
NARROWED = ("hang", "death", "memory")


def torture(
    folder: Path, runner: Runner, *, only: str = "", told: Callable[[Fault], object] | None = None
) -> tuple[int, list[Fault]]:
    """Run every command over the files below a folder; return their number, and the faults.

    `told` is called with each fault as it is found.
    """
    found = specimens(folder)
    world = make_world(runner)
    tasks = [
        *(
            partial(_many, runner, batch, chunk)
            for number, chunk in enumerate(chunks(found))
            for batch in batches(number, world)
            if _wanted(batch.words, only)
        ),
        *(partial(_whole, runner, folder, words) for words in _over_all(folder, only)),
        *(partial(_alone, runner, world, one, only) for one in found),
        *(partial(_work_folder, runner, world, path, only) for path in _with_plans(found)),
    ]
    with ThreadPoolExecutor(runner.jobs) as pool:
        faults = []
        for fault in (fault for some in pool.map(_run, tasks) for fault in some):
            faults.append(fault)
            if told:
                told(fault)
    runner.close()
    return len(found), faults


def _run(task: Callable[[], list[Fault]]) -> list[Fault]:
    return task()


def _wanted(words: Sequence[str], only: str) -> bool:
    return " ".join(words).startswith(only)


def _over_all(folder: Path, only: str) -> Iterable[tuple[str, ...]]:
    """Yield commands over the folder as it is, with its own names and folders."""
    name = str(folder)
    for words in (
        ("filter", "box", name, "-o", "{out}/f", "-n"),
        ("inspect", name),
        ("hog", name, "-o", "{out}/f.npz", "--size", "24x24"),
    ):
        if _wanted(words, only):
            yield words


def _whole(runner: Runner, folder: Path, words: tuple[str, ...]) -> list[Fault]:
    place = runner.place()
    count = sum(1 for _ in folder.rglob("*"))
    seconds = runner.limits.many(count)
    filled = [word.format(out=place) for word in words]
    shown = runner.fresh([*filled, "-q"], place, seconds)
    names = [path.name for path in folder.rglob("*")]
    found = faults_of(filled, shown, names=names, seconds=seconds, memory=runner.limits.memory)
    shutil.rmtree(place)
    return found


def _many(runner: Runner, batch: Batch, found: Sequence[Specimen]) -> list[Fault]:
    """Run a command over many files; where it fails as a whole, find the file."""
    faults = _once(runner, batch, found)
    narrowed = [fault for fault in faults if fault.kind in NARROWED]
    if not narrowed or len(found) == 1:
        return faults
    half = len(found) // 2
    closer = [
        fault for part in (found[:half], found[half:]) for fault in _many(runner, batch, part)
    ]
    kinds = {fault.kind for fault in closer}
    # What no half shows alone needs them all.
    return [f for f in faults if f.kind not in kinds] + closer


def _once(runner: Runner, batch: Batch, found: Sequence[Specimen]) -> list[Fault]:
    place = runner.place()
    data, out = stage(found, place), place / "out"
    out.mkdir()
    filling = {"data": str(data), "list": str(place / "list.txt"), "out": str(out)}
    words = [word.format(**filling) for word in batch.words]
    seconds = runner.limits.one() if len(found) == 1 else runner.limits.many(len(found))
    shown = runner.warm([*words, "-q"], place) if len(found) == 1 else runner.fresh(
        [*words, "-q"], place, seconds
    )  # fmt: skip
    faults = faults_of(
        words,
        shown,
        names=[one.token for one in found],
        seconds=seconds,
        memory=runner.limits.memory,
    )
    if batch.accounts and shown.code is not None and shown.code >= 0:
        faults += _unnamed(words, shown, out, found, batch.reads)
    if len(found) == 1:
        faults = [Fault(f.kind, f.words, f"{found[0].path}: {f.detail}") for f in faults]
    shutil.rmtree(place)
    return faults


def _unnamed(words, shown, out: Path, found: Sequence[Specimen], reads: str) -> list[Fault]:
    told = accounted(out, shown.stdout) + shown.stderr
    seen = (one for one in found if reads == "list" or one.looks_like_picture)
    missing = [str(one.path) for one in seen if one.token not in told]
    if not missing:
        return []
    more = f"{', '.join(missing[:3])} ({len(missing)} in all); {shown.stderr[-300:]}"
    return [Fault("unnamed", tuple(words), f"neither written nor named: {more}")]


def _alone(runner: Runner, world: World, one: Specimen, only: str) -> list[Fault]:
    faults = []
    for words in alone(one.path, world):
        if _wanted(words, only):
            faults += _warm(runner, words, one.path)
    return faults


def _warm(runner: Runner, words: Sequence[str], path: Path, **filling: str) -> list[Fault]:
    place = runner.place()
    filled = [word if word == str(path) else _filled(word, out=place, **filling) for word in words]
    shown = runner.warm([*filled, "-q"], place)
    names = [path.name, path.parent.name]
    faults = faults_of(
        filled, shown, names=names, seconds=runner.limits.one(), memory=runner.limits.memory
    )
    shutil.rmtree(place)
    return faults


def _filled(word: str, **filling) -> str:
    for key, value in filling.items():
        word = word.replace(f"{{{key}}}", str(value))
    return word


def _with_plans(found: Sequence[Specimen]) -> list[Path]:
    return sorted(one.path for one in found if one.path.name in PLANS)


def _work_folder(runner: Runner, world: World, plan: Path, only: str) -> list[Fault]:
    faults = []
    for words in work_folders(plan, world):
        if _wanted(words, only):
            # By the folder's own name, which messages say.
            copy = runner.place() / plan.parent.name
            shutil.copytree(plan.parent, copy, symlinks=True)
            faults += _warm(runner, words, copy, copy=str(copy))
            shutil.rmtree(copy)
    return faults
