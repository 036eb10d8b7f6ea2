"""`edgewise evaluate`: a model against labelled pictures."""

import json
import shlex
import sys
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
from .order import refuse_swapped
from .session import Session


@click.command(
    epilog=examples(
        "edgewise evaluate model.safetensors test/",
        "edgewise evaluate model.safetensors t10k-images-idx3-ubyte.gz --json",
        "edgewise evaluate model.safetensors test.csv > scores.txt",
        "edgewise evaluate model.safetensors test/ --report report/",
        "edgewise evaluate model.safetensors test/ --predictions answers.csv --top 3",
        "edgewise evaluate model.safetensors test/ --against other.safetensors",
    ),
)
@click.argument("model", metavar="MODEL")
@click.argument("data", metavar="DATA")
@click.option(
    "--report", metavar="FOLDER",
    help="Leave report.html, the scores, all answers, and pictures of them here.",
)  # fmt: skip
@click.option("--predictions", metavar="FILE.csv", help="Write every answer as CSV.")
@click.option(
    "--top", type=click.IntRange(min=1), metavar="K",
    help="Count the K likeliest classes, and write them in --predictions and --report.  "
    "[default: count up to 5, write 1]",
)  # fmt: skip
@click.option(
    "--fpr", type=click.FloatRange(0, 1), metavar="RATE",
    help="Of two classes: how much of the second is missed at this false-positive rate.",
)  # fmt: skip
@click.option("--against", metavar="MODEL", help="Compare with another model, by McNemar's test.")
@json_option
@overwrite_option
@max_pixels_option
@jobs_option
@with_session
def command(
    session: Session, model, data, report, predictions, top, fpr, against, as_json, overwrite,
    max_pixels, jobs,
):  # fmt: skip
    """Measure MODEL on labelled pictures.

    DATA is what edgewise train takes. Prints accuracy and balanced accuracy
    with their 95 % intervals, log loss, areas under the ROC and
    precision-recall curves, precision, recall and F1 of every class, and the
    confusion matrix.

    --report FOLDER leaves report.html, which shows everything on one page
    that needs no other file, and beside it scores.txt, answers.csv,
    confusion.png and mistakes.png.
    """
    from ..images.atomic import refuse_existing
    from ..models.files import load_model
    from ..models.measures import TOP, measure
    from .labelled import answered

    if report:
        _check_report(Path(report), data, overwrite)
    if predictions:
        refuse_existing(Path(predictions), overwrite)
    refuse_swapped(model, [data])
    loaded = load_model(model)
    _check_rate(loaded, fpr)
    answers = answered(session, loaded, data, jobs=jobs, max_pixels=max_pixels)
    measures = measure(answers, fpr=fpr, top=top or TOP)
    other = None
    if against:
        other = _against(session, answers, against, data, jobs=jobs, max_pixels=max_pixels)
    _show(model, data, answers, measures, other, as_json)
    if predictions:
        from ..reports.evaluation_report import answers_csv, write_pieces

        write_pieces(predictions, answers_csv(answers, top or 1), overwrite=overwrite)
    if report:
        told = {"measures": measures, "top": top or 1, "facts": _facts(loaded)}
        told["title"] = f"{model} on {data}"
        _write_report(Path(report), answers, data, max_pixels, overwrite, told)
        session.say(f"report written to {report}")
    session.finish(len(answers.names))


def _check_rate(model, fpr: float | None) -> None:
    if fpr is not None and len(model.classes) != 2:
        raise click.UsageError(
            f"--fpr is for two classes, and the model knows {len(model.classes)}"
        )


class _Silent(Session):
    """A session that keeps what failed to itself."""

    def failed(self, name: str, reason: str) -> None:
        """Remember it only."""
        self.failures.append((name, reason))

    def say(self, text: str) -> None:
        """Say nothing: the first session did."""


def _against(session: Session, answers, against: str, data: str, **reading):
    """Return how another model differs from the one that answered."""
    from ..models.files import load_model
    from ..models.mcnemar import mcnemar
    from .labelled import answered

    # What cannot be read was said already; only the first session counts it.
    silent = _Silent(quiet=session.quiet)
    return mcnemar(answers, answered(silent, load_model(against), data, **reading))


def _show(model: str, data: str, answers, measures, other, as_json: bool) -> None:
    from ..reports.tables import difference_text, evaluation_text

    found = answers.evaluation
    if as_json:
        facts = {"schema": "edgewise.evaluate/1", "model": model, "data": data, **found.to_dict()}
        facts |= measures.to_dict(answers.classes)
        facts |= {"against": other.to_dict()} if other else {}
        click.echo(json.dumps(facts))
        return
    click.echo(evaluation_text(found, measures))
    if other:
        click.echo("\n" + difference_text(other))


def _facts(model) -> dict[str, str]:
    """Return what there is to know of a model, as words."""
    rows, columns = model.size
    return {
        "kind": getattr(model, "kind", "cnn"),
        "classes": ", ".join(model.classes),
        "size": f"{columns}x{rows} {'gray' if model.channels == 1 else 'colour'}",
        **{name: str(value) for name, value in model.training.items()},
    }


def _check_report(folder: Path, data: str, overwrite: bool) -> None:
    from ..features.opening import holds_features
    from ..images.errors import EdgewiseError

    if holds_features(data):
        raise click.UsageError(f"{data} holds features; --report shows the pictures themselves")
    if folder.is_dir() and any(folder.iterdir()) and not overwrite:
        raise EdgewiseError(f"{folder} exists already; use --overwrite, or another folder")
    if folder.exists() and not folder.is_dir():
        raise EdgewiseError(f"{folder} is a file; name a folder for the report")


def _write_report(
    folder: Path, answers, data: str, max_pixels: int, overwrite: bool, told: dict
) -> None:
    from ..images.colour import to_rgb
    from ..images.dataset import open_dataset
    from ..models.pictures import as_bytes
    from ..reports.evaluation_report import write_report

    dataset = open_dataset(data, max_pixels=max_pixels)
    place = {name: i for i, name in enumerate(dataset.names)}
    write_report(
        folder, answers, lambda name: as_bytes(to_rgb(dataset.read(place[name]))),
        overwrite=overwrite, command=shlex.join(["edgewise", *sys.argv[1:]]), **told,
    )  # fmt: skip
