"""`edgewise predict`: name what is in pictures."""

import csv
import json
import sys

import click

from .options import (
    examples,
    inputs_argument,
    jobs_option,
    json_option,
    max_pixels_option,
    with_session,
)
from .session import Session


@click.command(
    epilog=examples(
        "edgewise predict model.safetensors photo.jpg",
        "edgewise predict model.safetensors photos/ --csv > labels.csv",
        "edgewise predict model.safetensors photos/ --top 3",
        "edgewise predict model.safetensors photos/ --threshold 0.9",
        "edgewise predict model.safetensors - --json < photo.jpg",
    ),
)
@click.argument("model", metavar="MODEL")
@inputs_argument
@click.option("--top", type=click.IntRange(min=1), default=1, help="Name the K likeliest classes.")
@click.option("--threshold", type=float, help="Leave out pictures whose best class has less.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a header.")
@json_option
@max_pixels_option
@jobs_option
@with_session
def command(session: Session, model, inputs, top, threshold, as_csv, as_json, max_pixels, jobs):
    """Name what is in pictures, with a trained MODEL.

    Prints one line a picture, in the order of the inputs, as they come: name,
    label and probability (for an SVM its score), separated by tabs. INPUT is
    pictures, folders, globs, @list.txt, - for stdin, or an IDX file.
    """
    if as_csv and as_json:
        raise click.UsageError("--csv and --json exclude each other")
    from ..images.dataset import open_dataset
    from ..models.files import load_model
    from .labelled import use_threads

    loaded = load_model(model)
    dataset = open_dataset(inputs, labelled=False, max_pixels=max_pixels)
    use_threads(jobs)
    rows = _answers(session, loaded, dataset, top, jobs)
    if threshold is not None:
        rows = (row for row in rows if row[1][0][1] >= threshold)
    session.finish(
        _print_json(model, loaded, rows) if as_json else _print_lines(loaded, rows, as_csv)
    )


def _answers(session: Session, model, dataset, top: int, jobs):
    """Yield (name, [(label, value), ...]) for every picture that can be read."""
    from ..models.prediction import judge_pictures

    judgements = judge_pictures(model, dataset, jobs=jobs)
    for i, judged in session.progress(judgements, total=len(dataset), unit="picture"):
        if isinstance(judged, ValueError):
            session.failed(dataset.names[i], getattr(judged, "reason", str(judged)))
            continue
        # Of equals the first wins, as when models are evaluated.
        best = (-judged).argsort(kind="stable")[:top]
        yield dataset.names[i], [(model.classes[k], float(judged[k])) for k in best]


def _print_lines(model, rows, as_csv: bool) -> int:
    writer = csv.writer(sys.stdout, lineterminator="\n") if as_csv else None
    done = 0
    for name, answers in rows:
        if writer and not done:
            numbers = range(1, len(answers) + 1)
            pairs = [(f"label{k}", f"{model.measure}{k}") for k in numbers]
            head = pairs if len(answers) > 1 else [("label", model.measure)]
            writer.writerow(["name", *(word for pair in head for word in pair)])
        words = [name, *(word for label, value in answers for word in (label, f"{value:.4f}"))]
        if writer:
            writer.writerow(words)
        else:
            click.echo("\t".join(words))
        done += 1
    return done


def _print_json(path: str, model, rows) -> int:
    found = [
        {
            "name": name,
            "label": answers[0][0],
            model.measure: answers[0][1],
            "top": [{"label": label, model.measure: value} for label, value in answers],
        }
        for name, answers in rows
    ]
    click.echo(json.dumps({"schema": "edgewise.predict/1", "model": path, "predictions": found}))
    return len(found)
