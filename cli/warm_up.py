"""`edgewise warm-up`: all loops compiled before anybody waits for them."""

import json

import click

from .options import examples, jobs_option, json_option, with_session
from .session import Session


@click.command(
    "warm-up",
    epilog=examples(
        "edgewise warm-up",
        "EDGEWISE_CACHE_DIR=/opt/edgewise-cache edgewise warm-up",
        "edgewise warm-up --json -j 1",
    ),
)
@jobs_option
@json_option
@with_session
def command(session: Session, jobs, as_json):
    """Compile all loops for this computer, so that no other command has to.

    The first command that needs a loop compiles it, which takes some seconds; this one
    compiles all that are missing, on all cores, in a minute or two. They are kept in the
    cache folder (EDGEWISE_CACHE_DIR, by default ~/.cache/edgewise) until Edgewise, Numba
    or the processor is another one. Stopped and started again, it goes on where it was.
    """
    from ..compiled.errors import EdgewiseError
    from ..compiled.folder import open_folder
    from ..compiled.warming import warm_up

    folder = open_folder()
    if folder is None:
        raise EdgewiseError(
            "compiled loops can be kept nowhere",
            hint="set EDGEWISE_CACHE_DIR to a folder of yours",
        )
    with session.counter(total=0, unit="loop", what="compiling") as told:
        warmed = warm_up(told, jobs)
    if as_json:
        report = {"schema": "edgewise.warm-up/1", **warmed._asdict(), "folder": str(folder)}
        click.echo(json.dumps(report, indent=2))
    else:
        click.echo(f"{warmed.compiled} compiled, {warmed.there} were there: {folder}")
    if warmed.failed:
        raise EdgewiseError(f"{warmed.failed} loops could not be compiled")
