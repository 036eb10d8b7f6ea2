"""`edgewise inspect`: what files hold."""

import json

import click

from .options import examples, json_option, max_pixels_option, with_session
from .session import Session


@click.command(
    epilog=examples(
        "edgewise inspect photo.jpg",
        "edgewise inspect photos/",
        "edgewise inspect features.npz model.safetensors --json",
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@json_option
@max_pixels_option
@with_session
def command(session: Session, files, as_json, max_pixels):
    """Say what a picture, data set, feature file or model holds.

    FILE may also be a folder of pictures, an IDX file, a manifest, or the word
    digits. Pictures that cannot be read are named.
    """
    from ..images.errors import EdgewiseError
    from ..reports.inspection import facts_text, inspect_path

    found = {}
    for name in files:
        try:
            found[name], failed = inspect_path(name, max_pixels=max_pixels)
        except EdgewiseError as error:
            session.failed(name, getattr(error, "reason", str(error).removeprefix(f"{name}: ")))
            continue
        for picture, reason in failed:
            session.failed(picture, reason)
    if as_json:
        click.echo(json.dumps({"schema": "edgewise.inspect/1", "files": found}))
    else:
        titles = [f"{name}\n" if len(files) > 1 else "" for name in found]
        texts = [facts_text(facts) for facts in found.values()]
        click.echo("\n\n".join(t + x for t, x in zip(titles, texts, strict=True)))
    session.finish(len(found), "file")
