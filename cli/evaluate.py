"""`edgewise evaluate`: a model against labelled pictures."""

import json
from pathlib import Path

import click

from .options import (
    examples,
    jobs_option,
    json_option,
    max_pixels_option,
    overwrite_option,
    with_session,
)
from .session import Session


@click.command(
    epilog=examples(
        "edgewise evaluate model.safetensors test/",
        "edgewise evaluate model.safetensors t10k-images-idx3-ubyte.gz --json",
        "edgewise evaluate model.safetensors test.csv > scores.txt",
        "edgewise evaluate model.safetensors test/ --report report/",
    ),
)
@click.argument("model", metavar="MODEL")
@click.argument("data", metavar="DATA")
@click.option(
    "--report", metavar="FOLDER",
    help="Leave the scores, all answers, the confusion and the worst mistakes as pictures here.",
)  # fmt: skip
@json_option
@overwrite_option
@max_pixels_option
@jobs_option
@with_session
def command(session: Session, model, data, report, as_json, overwrite, max_pixels, jobs):
    """Measure MODEL on labelled pictures.

    DATA is what edgewise train takes. Prints accuracy with its 95 % interval,
    precision, recall and F1 of every class, and the confusion matrix.

    --report FOLDER leaves scores.txt, answers.csv, confusion.png and
    mistakes.png, a contact sheet of what the model is sure of and wrong about.
    """
    from ..models.files import load_model
    from ..reports.tables import evaluation_text
    from .labelled import answered

    if report:
        _check_report(Path(report), data, overwrite)
    loaded = load_model(model)
    answers = answered(session, loaded, data, jobs=jobs, max_pixels=max_pixels)
    found = answers.evaluation
    if as_json:
        facts = {"schema": "edgewise.evaluate/1", "model": model, "data": data, **found.to_dict()}
        click.echo(json.dumps(facts))
    else:
        click.echo(evaluation_text(found))
    if report:
        _write_report(Path(report), answers, data, max_pixels, overwrite)
        session.say(f"report written to {report}")
    session.finish(found.count)


def _check_report(folder: Path, data: str, overwrite: bool) -> None:
    from ..features.opening import holds_features
    from ..images.errors import EdgewiseError

    if holds_features(data):
        raise click.UsageError(f"{data} holds features; --report shows the pictures themselves")
    if folder.is_dir() and any(folder.iterdir()) and not overwrite:
        raise EdgewiseError(f"{folder} exists already; use --overwrite, or another folder")
    if folder.exists() and not folder.is_dir():
        raise EdgewiseError(f"{folder} is a file; name a folder for the report")


def _write_report(folder: Path, answers, data: str, max_pixels: int, overwrite: bool) -> None:
    from ..images.colour import to_rgb
    from ..images.dataset import open_dataset
    from ..models.pictures import as_bytes
    from ..reports.evaluation_report import write_report

    dataset = open_dataset(data, max_pixels=max_pixels)
    place = {name: i for i, name in enumerate(dataset.names)}
    write_report(
        folder, answers, lambda name: as_bytes(to_rgb(dataset.read(place[name]))),
        overwrite=overwrite,
    )  # fmt: skip
