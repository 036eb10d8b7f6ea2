"""`edgewise inspect`: what files hold, and what is wrong with a data set."""

import json
import os

import click

from ..images.errors import EdgewiseError, reason_of
from .options import (
    examples,
    group_by_option,
    jobs_option,
    json_option,
    max_pixels_option,
    overwrite_option,
    seed_option,
    with_session,
)
from .session import Session


@click.command(
    epilog=examples(
        "edgewise inspect photo.jpg",
        "edgewise inspect photos/",
        "edgewise inspect train/ --test test/",
        "edgewise inspect photos/ --write-split split.csv --share 0.2",
        "edgewise inspect frames/ --write-split split.csv --group-by '(.+)_'",
        "edgewise inspect features.npz model.safetensors --json",
        "edgewise inspect shards/ --verify",
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--test", metavar="DATA", help="Look for FILE's pictures in this data set, too.")
@click.option(
    "--near", type=click.FloatRange(0, 1), metavar="R",
    help="Least correlation of near duplicates; 1 looks for exact ones only.  [default: 0.995]",
)  # fmt: skip
@click.option("--write-split", metavar="FILE.csv", help="Write a manifest that divides FILE.")
@group_by_option
@click.option(
    "--share", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.2,
    show_default=True, help="How much of each class --write-split puts into the test split.",
)  # fmt: skip
@seed_option
@overwrite_option
@click.option("--verify", is_flag=True, help="Hash the files of a folder of shards again.")
@json_option
@max_pixels_option
@jobs_option
@with_session
def command(
    session: Session, files, test, near, write_split, group_by, share, seed, overwrite, verify,
    as_json, max_pixels, jobs,
):  # fmt: skip
    """Say what a picture, data set, feature file or model holds.

    FILE may also be a folder of pictures, an IDX file, a manifest, a glob,
    @list.txt, - for a picture on stdin, or the word digits. Pictures that
    cannot be read are named; their data set is described without them.

    Of a data set it is also said what is wrong with it: duplicates, exact,
    near and mirrored ones, across train and test too; series of frames that
    look alike; unbalanced classes; pictures of a single colour; mixed sizes and
    colours; and formats or sizes that give the class away. --write-split
    divides it, duplicates and groups on one side; train and evaluate take the
    sides as FILE.csv:train and FILE.csv:test.
    """
    from .inspect_data import DataOptions, inspect_data_set

    names = list(dict.fromkeys(name for word in files for name in _expanded(word)))
    asked = DataOptions(
        test=test, near=near, write_split=write_split, group_by=group_by, share=share,
        seed=seed, overwrite=overwrite, max_pixels=max_pixels, jobs=jobs,
    )  # fmt: skip
    asked.check(names)
    found = {}
    for name in names:
        try:
            facts = inspect_data_set(session, name, asked) or _other(session, name, asked)
        except EdgewiseError as error:
            if test or write_split:
                raise
            session.failed(name, _reason(error, name))
            continue
        found[name] = facts
        if verify:
            _verify(session, name)
    _show(found, as_json, titles=len(found) > 1 or len(files) > 1, verbose=session.verbose)
    session.finish(len(found), "file")


def _other(session: Session, name: str, asked) -> dict:
    from ..reports.inspection import inspect_path

    if asked.test or asked.write_split:
        raise click.UsageError(f"--test and --write-split are for data sets, and {name} is none")
    return inspect_path(name, max_pixels=asked.max_pixels)[0]


def _verify(session: Session, name: str) -> None:
    from pathlib import Path

    from ..features.shards import is_shard_folder, read_plan, verify_shards

    if not is_shard_folder(name):
        raise click.UsageError(f"--verify is for folders of shards, and {name} is none")
    total = read_plan(name).shards
    with session.counter(total=total, unit="shard", what="verifying") as progress:
        for sentence in verify_shards(Path(name), progress):
            session.failed(name, sentence)


def _expanded(word: str) -> list[str]:
    from ..images.inputs import find_inputs, is_pattern

    if word.startswith("@") or is_pattern(word):
        return [os.fspath(one.path) for one in find_inputs([word]) if one.path]
    return [word]


def _reason(error: EdgewiseError, name: str) -> str:
    return reason_of(error).removeprefix(name).removeprefix(":").strip()


def _show(found: dict[str, dict], as_json: bool, titles: bool, verbose: bool) -> None:
    if as_json:
        click.echo(json.dumps({"schema": "edgewise.inspect/1", "files": found}, allow_nan=False))
    elif found:
        texts = [
            (f"{name}\n" if titles else "") + _text(own, verbose) for name, own in found.items()
        ]
        click.echo("\n\n".join(texts))


def _text(facts: dict, verbose: bool) -> str:
    from ..reports.facts import facts_text
    from ..reports.hygiene import hygiene_text

    return hygiene_text(facts, verbose=verbose) if "findings" in facts else facts_text(facts)
