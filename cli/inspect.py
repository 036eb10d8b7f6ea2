"""`edgewise inspect`: what files hold."""

import json
import os

import click

from .options import examples, jobs_option, json_option, max_pixels_option, with_session
from .session import Session


@click.command(
    epilog=examples(
        "edgewise inspect photo.jpg",
        "edgewise inspect photos/",
        "edgewise inspect features.npz model.safetensors --json",
        "edgewise inspect shards/ --verify",
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--verify", is_flag=True, help="Hash the files of a folder of shards again.")
@json_option
@max_pixels_option
@jobs_option
@with_session
def command(session: Session, files, verify, as_json, max_pixels, jobs):
    """Say what a picture, data set, feature file or model holds.

    FILE may also be a folder of pictures, an IDX file, a manifest, a glob,
    @list.txt, - for a picture on stdin, or the word digits. Pictures that
    cannot be read are named; their data set is described without them.
    """
    from ..images.errors import EdgewiseError
    from ..reports.inspection import inspect_path

    def watch(items, total):
        return session.progress(items, total=total, unit="picture", what="reading")

    found = {}
    for name in dict.fromkeys(name for word in files for name in _expanded(word)):
        try:
            found[name], failed = inspect_path(name, max_pixels=max_pixels, jobs=jobs, watch=watch)
        except EdgewiseError as error:
            session.failed(name, _reason(error, name))
            continue
        for picture, reason in failed:
            session.failed(picture, reason)
        if verify:
            _verify(session, name)
    _show(found, as_json, titles=len(found) > 1 or len(files) > 1)
    session.finish(len(found), "file")


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


def _reason(error: Exception, name: str) -> str:
    reason = getattr(error, "reason", None)
    return reason or str(error).removeprefix(name).removeprefix(":").strip()


def _show(found: dict[str, dict], as_json: bool, titles: bool) -> None:
    if as_json:
        click.echo(json.dumps({"schema": "edgewise.inspect/1", "files": found}, allow_nan=False))
    elif found:
        from ..reports.facts import facts_text

        texts = [(f"{name}\n" if titles else "") + facts_text(own) for name, own in found.items()]
        click.echo("\n\n".join(texts))
