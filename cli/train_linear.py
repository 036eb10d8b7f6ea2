"""`edgewise train linear`: HoG features, then a linear classifier."""

import json
import time

import click

from .hog_options import hog_options
from .options import (
    examples,
    jobs_option,
    json_option,
    max_pixels_option,
    model_output_option,
    overwrite_option,
    seed_option,
    with_session,
)
from .session import Session, plural


@click.command(
    epilog=examples(
        "edgewise train linear photos/ -o model.safetensors",
        "edgewise train linear photos/ -o model.safetensors --size 64x64",
        "edgewise train linear train-images-idx3-ubyte.gz -o m.safetensors --model svm",
        "edgewise train linear features.npz -o model.safetensors -C 10",
        "edgewise train linear digits -o digits.safetensors",
    ),
)
@click.argument("data", metavar="DATA")
@model_output_option
@click.option(
    "--model",
    "kind",
    type=click.Choice(["logistic", "svm"]),
    default="logistic",
    show_default=True,
    help="Logistic regression (gives probabilities) or a linear SVM.",
)
@click.option("-C", "C", type=float, help="Cost of mistakes.  [default: 1, for svm 0.1]")
@click.option("--test", metavar="DATA", help="Evaluate on this afterwards.")
@hog_options
@seed_option
@json_option
@overwrite_option
@max_pixels_option
@jobs_option
@with_session
def command(
    session: Session, data, output, kind, C, test, gray, size, seed, as_json,
    overwrite, max_pixels, jobs, **hog,
):  # fmt: skip
    """Train a linear classifier on HoG features of DATA.

    DATA is a folder with one sub-folder per class, an IDX images file (its
    labels beside it), a CSV, TSV or JSONL manifest (path,label), a feature
    file, or the word digits. The HoG settings are chosen from the picture
    size, unless given.
    """
    from pathlib import Path

    from ..images.atomic import refuse_existing
    from ..models.evaluation import evaluate
    from ..models.files import check_name, save_model
    from ..models.fitting import fit_linear
    from .labelled import features_for, features_of

    check_name(output)
    refuse_existing(Path(output), overwrite)
    started = time.perf_counter()
    reading = {"jobs": jobs, "max_pixels": max_pixels}
    table = features_of(session, data, gray=gray, size=size, hog=hog, **reading)
    # Now, so that a mistake in --test does not show after minutes of training.
    unseen = features_for(session, table, test, **reading) if test else None
    with session.waiting("training"):
        model = fit_linear(table, kind=kind, C=C, seed=seed)
    if not model.training["converged"]:
        session.say("the solver stopped before it had converged; a smaller -C helps")
    save_model(output, model, overwrite=overwrite)
    seconds = time.perf_counter() - started
    found = None if unseen is None else evaluate(model, unseen)
    if as_json:
        click.echo(json.dumps(_facts(output, model, seconds, found)))
    else:
        click.echo(_summary(data, output, model, seconds))
        if found is not None:
            from ..reports.tables import evaluation_text

            click.echo(f"\non {test}: {evaluation_text(found)}")
    session.finish(len(table))


def _facts(output: str, model, seconds: float, found) -> dict:
    return {
        "schema": "edgewise.train.linear/1",
        "model": output,
        "kind": model.kind,
        "classes": list(model.classes),
        "size": list(model.size),
        "channels": model.channels,
        "length": int(model.weights.shape[1]),
        "hog": model.config.to_dict(),
        "training": model.training,
        "seconds": round(seconds, 3),
        "test": None if found is None else found.to_dict(),
    }


def _summary(data: str, output: str, model, seconds: float) -> str:
    from ..reports.tables import aligned

    known, (rows, columns) = model.training, model.size
    count = known["pictures"]
    colour = "gray" if model.channels == 1 else "colour"
    name = {"logistic": "logistic regression", "svm": "linear SVM"}[model.kind]
    cell = "x".join(map(str, model.config.cell))
    table = [
        ["trained on", f"{count:,} picture{plural(count)} of {len(model.classes)} classes"],
        ["features", f"HoG, {model.weights.shape[1]:,} values of {columns}x{rows} {colour}, "
                     f"cells of {cell}, {model.config.bins} bins"],
        ["model", f"{name}, C = {known['C']:g}"],
        ["training accuracy", f"{known['accuracy']:.4f}"],
        ["seconds", f"{seconds:.1f}"],
        ["written to", output],
    ]  # fmt: skip
    return f"{aligned(table, left=2)}\nNext: edgewise evaluate {output} {test_name(data)}"


def test_name(data: str) -> str:
    """Guess what the test data are called."""
    return "TEST_DATA" if data == "digits" or "train" not in data else _swap(data)


def _swap(data: str) -> str:
    head, _, tail = data.rpartition("train")
    return f"{head}t10k{tail}" if "idx" in tail else f"{head}test{tail}"
