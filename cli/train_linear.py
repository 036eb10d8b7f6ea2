"""`edgewise train linear`: features, then a linear classifier."""

import json
import time

import click

from .hog_options import hog_options
from .linear_options import linear_options
from .next_step import next_line
from .options import (
    examples,
    group_by_option,
    jobs_option,
    json_option,
    max_pixels_option,
    model_output_option,
    overwrite_option,
    seed_option,
    with_session,
)
from .session import Session

FEATURES_HELP = (
    "Parts joined by commas, hog or a preset with settings and pixels[:WxH], such as "
    "hog:cell=4,hog:cell=8,pixels; or a feature file, or folder of shards, of DATA's pictures."
)
COPIES_HELP = "Learn from changed copies too: flip, shift:PIXELS (to four sides), or both."


@click.command(
    epilog=examples(
        "edgewise train linear photos/ -o model.safetensors",
        "edgewise train linear photos/ -o model.safetensors --size 64x64",
        "edgewise train linear train-images-idx3-ubyte.gz -o m.safetensors --model svm",
        "edgewise train linear features.npz -o model.safetensors --search",
        "edgewise train linear photos/ -o m.safetensors --model svm --calibrate platt --cv 10",
        "edgewise train linear photos/ -o m.safetensors --kernel-map rbf:2000",
        "edgewise train linear photos/ -o m.safetensors --features hog:cell=8,pixels:8x8",
        "edgewise train linear digits -o digits.safetensors",
    ),
)
@click.argument("data", metavar="DATA")
@model_output_option
@linear_options
@click.option("--features", metavar="PARTS|FILE", help=FEATURES_HELP)
@click.option("--copies", metavar="CHANGES", help=COPIES_HELP)
@click.option("--test", metavar="DATA", help="Evaluate on this afterwards.")
@hog_options
@group_by_option
@seed_option
@json_option
@overwrite_option
@max_pixels_option
@jobs_option
@with_session
def command(
    session: Session, data, output, features, copies, test, gray, size, group_by, seed, as_json,
    overwrite, max_pixels, jobs, kind, C, search, cv, one_vs_rest, loss, class_weight, calibrate,
    kernel_map, **hog,
):  # fmt: skip
    """Train a linear classifier on features of DATA.

    DATA is a folder with one sub-folder per class, an IDX images file (its
    labels beside it), a CSV, TSV or JSONL manifest (path,label[,split,group];
    with splits its train rows), a feature file, or the word digits. Unless
    told, pictures are described by HoG at three scales that suit their size,
    coloured ones by 8x8 means of their pixels too.
    """
    from pathlib import Path

    from ..images.atomic import refuse_existing
    from ..images.errors import EdgewiseError
    from ..models.evaluation import evaluate
    from ..models.files import check_name, save_model
    from ..models.fitting import fit_linear
    from ..models.linear_settings import LinearSettings
    from .labelled import features_for
    from .linear_data import training_table

    settings = {
        "kind": kind, "C": C, "seed": seed, "search": search, "cv": cv, "jobs": jobs,
        "one_vs_rest": one_vs_rest, "loss": loss, "class_weight": class_weight,
        "calibrate": calibrate, "kernel_map": kernel_map,
    }  # fmt: skip
    try:
        LinearSettings(**settings)
    except EdgewiseError as error:
        raise click.UsageError(str(error)) from None
    check_name(output)
    refuse_existing(Path(output), overwrite)
    started = time.perf_counter()
    reading = {"jobs": jobs, "max_pixels": max_pixels}
    dividing = bool(cv or search or calibrate)
    if group_by and not dividing:
        session.say("--group-by is about cross-validation; give --cv or --search too")
    table, groups = training_table(
        session, data, features, copies=copies, gray=gray, size=size, group_by=group_by,
        dividing=dividing, hog=hog, **reading,
    )  # fmt: skip
    # Now, so that a mistake in --test does not show after minutes of training.
    unseen = features_for(session, table, test, **reading) if test else None
    with session.waiting("training"):
        model = fit_linear(table, groups=groups, **settings)
    _warn(session, model)
    save_model(output, model, overwrite=overwrite)
    seconds = time.perf_counter() - started
    found = None if unseen is None else evaluate(model, unseen)
    if as_json:
        click.echo(json.dumps(_facts(output, model, seconds, found)))
    else:
        report(session, _summary(output, model, seconds), output, data, test, found)
    session.finish(len(table))


def report(session: Session, summary: str, output: str, data: str, test: str | None, found) -> None:
    """Print what a training made, and either the test or how to make one."""
    if not session.quiet:
        click.echo(summary)
    if found is not None:
        from ..reports.tables import evaluation_text

        click.echo(f"\non {test}: {evaluation_text(found)}")
    elif not session.quiet:
        click.echo(next_line(output, data))


def _warn(session: Session, model) -> None:
    if not model.training["converged"]:
        session.say("the solver stopped before it had converged; a smaller -C helps")
    if model.training.get("at_the_edge"):
        session.say("the best C is the last that was tried; beyond it may be a better one")


def _facts(output: str, model, seconds: float, found) -> dict:
    return {
        "schema": "edgewise.train.linear/1",
        "model": output,
        "kind": model.kind,
        "classes": list(model.classes),
        "size": list(model.size),
        "channels": model.channels,
        "length": model.config.length(*model.size),
        "hog": model.config.to_dict(),
        "training": model.training,
        "seconds": round(seconds, 3),
        "test": None if found is None else found.to_dict(),
    }


def _summary(output: str, model, seconds: float) -> str:
    from ..reports.linear_training import search_text, training_rows
    from ..reports.tables import aligned

    rows = [*training_rows(model), ["seconds", f"{seconds:.1f}"], ["written to", output]]
    parts = [aligned(rows, left=2)]
    if "search" in model.training:
        parts.insert(0, search_text(model.training) + "\n")
    return "\n".join(parts)
