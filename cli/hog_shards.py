"""`edgewise hog -o FOLDER/`: features of any number of pictures, in shards."""

import json
import os
from pathlib import Path
from typing import Any

import click

from .session import SOME_FAILED, Session, plural


class PartType(click.ParamType):
    """I/N, given to the command as (I, N)."""

    name = "I/N"

    def convert(self, value, param, ctx):
        """Parse the text."""
        if isinstance(value, tuple):
            return value
        words = value.split("/")
        if len(words) == 2 and all(word.isdecimal() for word in words):
            number, count = map(int, words)
            if 1 <= number <= count:
                return number, count
        return self.fail(f'"{value}" is no part such as 2/8, the second of eight', param, ctx)


OPTIONS = (
    click.option(
        "--shard-size", type=click.IntRange(min=1), metavar="N",
        help="With -o FOLDER/: inputs of a shard.  [default: of some 32 shards, 64 MiB at most]",
    ),
    click.option(
        "--shard", "part", type=PartType(), metavar="I/N",
        help="With -o FOLDER/: do only part I of N, for job arrays; the parts share one folder.",
    ),
    click.option(
        "--retry-failed", is_flag=True,
        help="With -o FOLDER/: read the inputs again that failed, and only these.",
    ),
    click.option(
        "--dask", metavar="ADDRESS",
        help="With -o FOLDER/: have the workers of a Dask cluster do the shards, with --jobs "
        "threads each (1 unless said); local starts a cluster on this machine.",
    ),
)  # fmt: skip


def shard_options(function):
    """Give a command the options of shards."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def wants_shards(output: str | None) -> bool:
    """Say whether an output is a folder: its name ends so, or it is there."""
    return bool(output) and output != "-" and (output.endswith(os.sep) or Path(output).is_dir())


def refuse_shard_options(*given: object) -> None:
    """Refuse options that only make sense with a folder of shards."""
    if any(given):
        raise click.UsageError(
            "--shard-size, --shard, --retry-failed and --dask belong to a folder of shards: "
            "-o FOLDER/"
        )


def plan_shards(dataset, config, folder: Path, *, shard_size, **settings):
    """Plan the folder of shards of a data set, or find the plan there."""
    from ..features.shards import is_shard_folder, make_plan, read_plan, write_plan

    if shard_size is None and is_shard_folder(folder):
        shard_size = read_plan(folder).shard_size
    plan = make_plan(dataset, config, shard_size=shard_size, **settings)
    write_plan(folder, plan, dataset)
    return plan


def do_shards(
    session: Session, plan, folder: Path, *, part, retry_failed, dask, jobs, as_json
) -> None:
    """Do what is left of the shards of a plan."""
    part = part or (1, 1)
    with _told(session, plan, part) as progress:
        how = {"part": part, "retry_failed": retry_failed, "progress": progress}
        course = _run(folder, dask, jobs, how)
    _name_failures(session, folder, plan.numbers(part) if course.failed else ())
    facts = _facts(folder, plan, course)
    if as_json:
        click.echo(json.dumps(facts))
    else:
        session.say(_sentence(facts))
    if course.failed:
        raise click.exceptions.Exit(SOME_FAILED)


def _run(folder: Path, dask: str | None, jobs: int | None, how: dict[str, Any]):
    if dask:
        from ..features.shards.cluster import run_on_cluster

        return run_on_cluster(folder, dask, threads=jobs or 1, **how)
    from ..features.shards import run_shards
    from .labelled import use_threads

    use_threads(jobs)
    return run_shards(folder, jobs=jobs, **how)


def _told(session: Session, plan, part):
    from contextlib import contextmanager

    @contextmanager
    def bar():
        numbers = plan.numbers(part)
        total = sum(_inputs(plan, number) for number in numbers)
        done = 0
        with session.counter(total=total, unit="picture", what="HoG") as count:

            def told(receipt: dict) -> None:
                nonlocal done
                done += receipt["rows"]
                count(done)

            yield told

    return bar()


def _inputs(plan, number: int) -> int:
    return min(plan.shard_size, plan.pictures - number * plan.shard_size)


def _name_failures(session: Session, folder: Path, numbers) -> None:
    from ..features.shards.run import failures

    for number in numbers:
        for name, reason in failures(folder, number):
            session.failed(name, reason)


def _facts(folder: Path, plan, course) -> dict[str, Any]:
    return {
        "schema": "edgewise.hog.shards/1",
        "folder": os.fspath(folder),
        "plan": plan.identity,
        "pictures": course.ok,
        "failed": course.failed,
        "shards": course.shards,
        "length": plan.hog.length(*plan.size),
        "size": list(plan.size),
        "classes": list(plan.classes),
        "hog": plan.config,
    }


def _sentence(facts: dict[str, Any]) -> str:
    rows, columns = facts["size"]
    failed = f", {facts['failed']} failed" if facts["failed"] else ""
    return (
        f"{facts['folder']}: {facts['pictures']:,} picture{plural(facts['pictures'])} of "
        f"{columns}x{rows} in {facts['shards']:,} shard{plural(facts['shards'])}, "
        f"{facts['length']:,} values each{failed}"
    )
