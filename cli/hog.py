"""`edgewise hog`: pictures to HoG vectors, or to a picture of one."""

import json
import sys
from pathlib import Path

import click

from .hog_options import chosen_config, hog_options, refuse_fit_without_size
from .hog_plan import describe
from .hog_shards import (
    do_shards,
    plan_shards,
    refuse_shard_options,
    shard_options,
    wants_shards,
)
from .hog_windows import chosen_windows, extracted_windows, window_options
from .options import (
    dry_run_option,
    examples,
    inputs_argument,
    jobs_option,
    json_option,
    max_pixels_option,
    overwrite_option,
    with_session,
)
from .session import Session, plural


@click.command(
    epilog=examples(
        "edgewise hog photos/ -o features.npz --size 128x128",
        "edgewise hog train-images-idx3-ubyte.gz -o features.npz --cell 4",
        "edgewise hog photo.jpg --picture hog.png",
        "edgewise hog photo.jpg -o - --preset skimage --gray > vector.csv",
        "edgewise hog photos/ --size 64x128 --dry-run",
        "edgewise hog street.jpg -o windows.npy --window 64x128 --window-stride 8x8",
        "edgewise hog photos/ -o shards/ --size 64x128   # again, to go on",
        "edgewise hog photos/ -o shards/ --size 64x128 --shard 3/20   # in a job array",
    ),
)
@inputs_argument
@click.option(
    "-o", "--output", metavar="FEATURES",
    help="A .npz, .npy, .csv, .svm or .parquet file to write, or FOLDER/ for shards; - is CSV on "
    "stdout.",
)  # fmt: skip
@click.option("--picture", metavar="FILE", help="Draw the HoG of one picture, strokes along edges.")
@hog_options
@window_options
@click.option(
    "--exact", is_flag=True,
    help="Decode every JPEG whole. Without this, one that --size makes less than half as large is "
    "decoded at a half, a quarter or an eighth.",
)  # fmt: skip
@shard_options
@overwrite_option
@max_pixels_option
@json_option
@jobs_option
@dry_run_option
@with_session
def command(
    session: Session, inputs, output, picture, gray, size, window, window_stride, exact, shard_size,
    part, retry_failed, dask, overwrite, max_pixels, as_json, jobs, dry_run, **hog,
):  # fmt: skip
    """Extract HoG features from pictures.

    INPUT is pictures, folders, globs, @list.txt, - for stdin, or one data set:
    a folder with one sub-folder per class, an IDX file, a manifest, or the
    word digits; a data set's labels are kept. The settings are those of
    --preset, dalal-triggs unless named, changed by the other options.

    --window gives a vector to each window of the pictures, as detectors need.

    With -o FOLDER/ the features are written in shards, each with a receipt.
    Interrupted, killed or out of disk, the same command goes on, to the same
    bytes. A folder is only ever of one plan: inputs and settings.
    """
    from ..images.dataset import open_dataset
    from ..images.parts import refuse_parts
    from .outputs import leave_out_results

    refuse_fit_without_size(hog["fit"], size)
    config = chosen_config(None, **hog)
    _check_usage(output, picture, as_json, dry_run)
    folder = Path(output) if output and wants_shards(output) else None
    if folder is None:
        refuse_shard_options(shard_size, part, retry_failed, dask)
    elif picture:
        raise click.UsageError("--picture draws one picture, and a folder of shards is for many")
    windows = chosen_windows(config, window, window_stride, shards=bool(folder), picture=picture)
    _check_outputs(None if folder else output, picture, overwrite)
    results = leave_out_results(session, inputs, output)
    dataset = open_dataset(list(inputs), labelled=False, max_pixels=max_pixels, without=results)
    if picture and len(dataset) != 1:
        raise click.UsageError(f"--picture draws one picture, and there are {len(dataset)}")
    if dry_run:
        describe(dataset, config, size=size, windows=windows, as_json=as_json)
        return
    if folder:
        plan = plan_shards(
            dataset, config, folder, size=size, gray=gray, shard_size=shard_size,
            max_pixels=max_pixels, exact=exact,
        )  # fmt: skip
        # Of millions of pictures the names alone take a hundred megabytes.
        del dataset
        do_shards(
            session, plan, folder, part=part, retry_failed=retry_failed, dask=dask, jobs=jobs,
            as_json=as_json,
        )  # fmt: skip
        return
    refuse_parts(dataset.classes, inputs[0], folders=Path(inputs[0]).is_dir())
    _say_splits(session, dataset)
    dataset = dataset.exactly() if exact else dataset
    scratch = Path(output).parent if output and output != "-" else None
    how = {"gray": gray, "size": size, "jobs": jobs, "scratch": scratch}
    table = _extracted(session, dataset, config, windows, how)
    _write(table, output, picture, overwrite)
    if as_json:
        click.echo(json.dumps(_facts(table, output, picture)))
    else:
        _report(session, table, output, picture, "window" if windows else "picture")
    session.finish(len(dataset) - len(table.failed))


def _say_splits(session: Session, dataset) -> None:
    """Say what a feature file loses: its splits, so that a model would learn from all of them."""
    names = sorted({name for name in dataset.splits or () if name})
    if len(names) > 1 and dataset.part is None:
        session.say(
            f"{dataset.source} is split into {' and '.join(names)}, and the features are of all; "
            f"{dataset.source}:{names[0]} is one part"
        )


def _extracted(session: Session, dataset, config, windows, how):
    from .labelled import extracted

    if windows:
        return extracted_windows(session, dataset, config, windows, **how)
    return extracted(session, dataset, config, **how)


def _check_usage(output: str | None, picture: str | None, as_json: bool, dry_run: bool) -> None:
    if not (output or picture or dry_run):
        raise click.UsageError(
            "say where the features go, -o FEATURES.npz, or what to draw, --picture hog.png"
        )
    if picture == "-":
        raise click.UsageError("--picture needs the name of a file")
    if output == "-" and as_json:
        raise click.UsageError("--json and -o - both want stdout; name a file with -o")


def _check_outputs(output: str | None, picture: str | None, overwrite: bool) -> None:
    """Find what is wrong with the outputs before the work, not after it."""
    from ..features.files import refuse_existing_features
    from ..images.atomic import refuse_existing

    if output and output != "-":
        refuse_existing_features(output, overwrite)
    if picture:
        import numpy as np

        from ..images.encode import encode_image

        # A drawing of one pixel shows whether the format can hold one.
        encode_image(np.zeros((1, 1), np.uint8), Path(picture).suffix[1:].lower(), picture)
        refuse_existing(Path(picture), overwrite)


def _write(table, output: str | None, picture: str | None, overwrite: bool) -> None:
    from ..features.files import save_features, write_csv

    if output == "-":
        write_csv(sys.stdout.buffer, table)
    elif output:
        save_features(output, table, overwrite=overwrite)
    if picture:
        from ..images.encode import write_image
        from ..reports.glyphs import hog_picture

        drawing = hog_picture(table.X[0], table.config, table.size)
        write_image(picture, drawing, overwrite=overwrite)


def _facts(table, output: str | None, picture: str | None) -> dict:
    return {
        "schema": "edgewise.hog/1",
        "features": output,
        "picture": picture,
        "pictures": len(table),
        "length": int(table.X.shape[1]),
        "size": list(table.size),
        "channels": table.channels,
        "classes": list(table.classes),
        "hog": table.config.to_dict(),
        "failed": [{"name": name, "reason": reason} for name, reason in table.failed],
    }


def _report(session: Session, table, output: str | None, picture: str | None, what: str) -> None:
    rows, columns = table.size
    if output and output != "-":
        classes = f", {len(table.classes)} classes" if table.classes else ""
        session.say(
            f"{output}: {len(table):,} {what}{plural(len(table))} of {columns}x{rows}, "
            f"{table.X.shape[1]} values each{classes}"
        )
    if picture:
        cell_rows, cell_columns, *_ = table.config.grid(*table.size)
        session.say(f"{picture}: {cell_columns}x{cell_rows} cells drawn")
