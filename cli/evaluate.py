"""`edgewise evaluate`: a model against labelled pictures."""

import json

import click

from .options import examples, jobs_option, json_option, max_pixels_option, with_session
from .session import Session


@click.command(
    epilog=examples(
        "edgewise evaluate model.safetensors test/",
        "edgewise evaluate model.safetensors t10k-images-idx3-ubyte.gz --json",
        "edgewise evaluate model.safetensors test.csv > scores.txt",
    ),
)
@click.argument("model", metavar="MODEL")
@click.argument("data", metavar="DATA")
@json_option
@max_pixels_option
@jobs_option
@with_session
def command(session: Session, model, data, as_json, max_pixels, jobs):
    """Measure MODEL on labelled pictures.

    DATA is what edgewise train takes. Prints accuracy with its 95 % interval,
    precision, recall and F1 of every class, and the confusion matrix.
    """
    from ..models.files import load_model
    from ..reports.tables import evaluation_text
    from .labelled import evaluated

    loaded = load_model(model)
    found = evaluated(session, loaded, data, jobs=jobs, max_pixels=max_pixels)
    if as_json:
        facts = {"schema": "edgewise.evaluate/1", "model": model, "data": data, **found.to_dict()}
        click.echo(json.dumps(facts))
    else:
        click.echo(evaluation_text(found))
    session.finish(found.count)
