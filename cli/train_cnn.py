"""`edgewise train cnn`: a network whose kernels are learned."""

import json
import time
from pathlib import Path

import click

from .options import (
    examples,
    group_by_option,
    jobs_option,
    json_option,
    max_pixels_option,
    model_output_option,
    overwrite_option,
    seed_option,
    size_option,
    with_session,
)
from .session import Session, plural
from .train_linear import report

OPTIMIZERS = ("sgd", "adamw")
SCHEDULES = ("one-cycle", "cosine", "step", "constant")


def _training_options(function):
    """Add the options that say how to train; each is a field of TrainingSettings."""
    for option in reversed(
        [
            click.option("--epochs", type=click.IntRange(min=1), default=10, show_default=True,
                         help="How often to go through all pictures."),
            click.option("--batch", type=click.IntRange(min=1), default=64, show_default=True,
                         help="Pictures in each step."),
            click.option("--optimizer", type=click.Choice(OPTIMIZERS), default="sgd",
                         show_default=True, help="SGD has Nesterov momentum 0.9."),
            click.option("--rate", type=float,
                         help="Largest learning rate.  [default: 0.05, for adamw 0.003]"),
            click.option("--schedule", type=click.Choice(SCHEDULES), default="one-cycle",
                         show_default=True, help="How the rate goes on from there."),
            click.option("--decay", type=float,
                         help="Weight decay.  [default: 0.0005, for adamw 0.01]"),
            click.option("--smoothing", type=float, default=0.05, show_default=True,
                         help="Label smoothing, 0 for none."),
            click.option("--averaging", type=float, default=0.0, show_default=True,
                         help="Such as 0.99: use the mean of about the last 100 steps' weights, "
                         "or of the last ninth of all steps where these are fewer."),
            click.option("--augment", default="", metavar="CHANGES",
                         help="Change pictures by chance: shift:2,flip,rotate:10,crop:0.8."),
            click.option("--patience", type=click.IntRange(min=1), metavar="EPOCHS",
                         help="With --validation: stop after so many epochs without a better one."),
        ]
    ):  # fmt: skip
        function = option(function)
    return function


@click.command(
    epilog=examples(
        "edgewise train cnn photos/ -o model.safetensors",
        "edgewise train cnn photos/ -o model.safetensors --size 64x64 --augment flip,shift:4",
        "edgewise train cnn train-images-idx3-ubyte.gz -o m.safetensors --network lenet5",
        "edgewise train cnn digits -o d.safetensors --network conv:16,relu,flatten,dense:classes",
        "edgewise train cnn photos/ -o model.safetensors --validation 0.1 --curves curves.png",
        "edgewise train cnn photos/ -o model.safetensors --resume",
    ),
)
@click.argument("data", metavar="DATA")
@model_output_option
@click.option(
    "--network",
    metavar="NAME|GRAMMAR",
    help="lenet5, lenet5-1998, mlp:WIDTH:..., small, quick, alexnet, or a chain of layers.  "
    "[default: small; quick for colour of 24x24 and more]",
)
@size_option
@click.option("--gray", is_flag=True, help="Make colour pictures gray.")
@_training_options
@click.option(
    "--validation",
    metavar="SHARE|DATA",
    help="Judge each epoch on pictures held back, such as 0.1 of them, or on others; keep the "
    "best.",
)
@click.option(
    "--group/--no-group",
    default=True,
    help="Hold back groups of a manifest or of --group-by as a whole.  [default: group]",
)
@group_by_option
@click.option("--test", metavar="DATA", help="Evaluate the model on these pictures in the end.")
@click.option("--history", metavar="FILE.csv", help="Write loss, accuracy, seconds of each epoch.")
@click.option("--curves", metavar="PICTURE", help="Draw the learning curves.")
@click.option(
    "--checkpoint",
    metavar="FILE",
    help="What --resume needs, written after each epoch.  [default: OUT.checkpoint]",
)
@click.option("--resume", is_flag=True, help="Go on from the checkpoint, if there is one.")
@seed_option
@json_option
@overwrite_option
@max_pixels_option
@jobs_option
@with_session
def command(
    session: Session, data, output, network, size, gray, validation, group, group_by, test,
    history, curves, checkpoint, resume, as_json, overwrite, max_pixels, jobs, **settings,
):  # fmt: skip
    """Train a small convolutional network on DATA.

    DATA is a folder with one sub-folder per class, an IDX images file (its
    labels beside it), a CSV, TSV or JSONL manifest (path,label[,split,group];
    with splits its train rows), or the word digits. Layers are conv, maxpool,
    avgpool, globalpool, dense, flatten, relu, batchnorm, dropout and others;
    edgewise show network lists what a network consists of.

    A checkpoint is written after each epoch and deleted when the model
    stands; the same command with --resume goes on from it after an
    interruption, and gives the same model.
    """
    from ..models.files import save_model
    from .cnn_checks import check_choices, check_groups, check_places
    from .cnn_training import prepared, train

    started = time.perf_counter()
    place = Path(checkpoint or f"{output}.checkpoint")
    check_choices(settings, network, validation)
    check_groups(session, validation, group, group_by)
    check_places(output, history, curves, place, overwrite=overwrite, resume=resume)
    reading = {"jobs": jobs, "max_pixels": max_pixels}
    ready = prepared(
        session, data, network, size=size, gray=gray, validation=validation, group=group,
        group_by=group_by, seed=settings["seed"], **reading,
    )  # fmt: skip
    unseen = ready.more(session, test, "test", **reading) if test else None
    model, course = train(session, ready, settings, place, resume=resume, jobs=jobs)
    found = None if unseen is None else _judged(session, model, unseen, jobs)
    save_model(output, model, overwrite=overwrite)
    place.unlink(missing_ok=True)
    _write_course(course, history, curves, overwrite)
    seconds = time.perf_counter() - started
    if as_json:
        click.echo(json.dumps(_facts(output, model, course, seconds, found)))
    else:
        summary = _summary(output, model, course, seconds)
        report(session, summary, output, data, test, found)
    session.finish(model.training["pictures"])


def _judged(session: Session, model, pictures, jobs):
    from .labelled import judged

    return judged(session, model, pictures, jobs)


def _write_course(course, history: str | None, curves: str | None, overwrite: bool) -> None:
    if history:
        from ..images.atomic import atomic_file

        with atomic_file(history, overwrite=overwrite) as file:
            file.write(course.to_csv().encode())
    if curves:
        from ..images.encode import write_image
        from ..reports.curves import curves_picture

        write_image(curves, curves_picture(course.epochs, kept=course.best), overwrite=overwrite)


def _facts(output: str, model, course, seconds: float, found) -> dict:
    return {
        "schema": "edgewise.train.cnn/1",
        "model": output,
        "classes": list(model.classes),
        "size": list(model.size),
        "channels": model.channels,
        "weights": int(model.network.vector.size),
        "training": model.training,
        "history": course.epochs,
        "stopped": course.stopped,
        "seconds": round(seconds, 3),
        "test": None if found is None else found.to_dict(),
    }


def _learned_how(known: dict, epoch: int) -> str:
    """Return what the share of right answers in an epoch is a mean of."""
    changed = "changed pictures, " if known["settings"]["augment"] else ""
    return f"{changed}the weights of each step of epoch {epoch}"


def _summary(output: str, model, course, seconds: float) -> str:
    from ..reports.tables import aligned

    known, (rows, columns) = model.training, model.size
    last = course.epochs[course.best - 1]
    colour = "gray" if model.channels == 1 else "colour"
    count, epochs = known["pictures"], len(course.epochs)
    table = [
        ["trained on", f"{count:,} picture{plural(count)} of {len(model.classes)} classes, "
                       f"{columns}x{rows} {colour}"],
        ["network", f"{known['network']}, {model.network.vector.size:,} weights"],
        ["epochs", f"{epochs}, stopped early" if course.stopped else f"{epochs}"],
        ["while learning", f"{last['accuracy']:.4f} right, {_learned_how(known, course.best)}"],
    ]  # fmt: skip
    if last["validation_accuracy"] is not None:
        words = f"{last['validation_accuracy']:.4f}, in epoch {course.best}, whose weights are kept"
        table.append(["validation accuracy", words])
    table += [["seconds", f"{seconds:.1f}"], ["written to", output]]
    return aligned(table, left=2)
