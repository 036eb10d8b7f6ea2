"""`edgewise predict`: name what is in pictures."""

import sys
from collections.abc import Iterable, Iterator

import click

from ..images.errors import EdgewiseError, ImageError, reason_of
from .options import (
    dry_run_option,
    examples,
    inputs_argument,
    jobs_option,
    json_option,
    max_pixels_option,
    with_session,
)
from .order import refuse_swapped
from .session import Session, plural

STREAM = "@-"


@click.command(
    epilog=examples(
        "edgewise predict model.safetensors photo.jpg",
        "edgewise predict model.safetensors photos/ --csv > labels.csv",
        "edgewise predict model.safetensors photos/ --top 3",
        "edgewise predict model.safetensors photos/ --copy-to sorted/ --threshold 0.9",
        "find photos -name '*.jpg' | edgewise predict model.safetensors @-",
        "edgewise predict model.safetensors - --json < photo.jpg",
    ),
)
@click.argument("model", metavar="MODEL")
@inputs_argument
@click.option("--top", type=click.IntRange(min=1), default=1, help="Name the K likeliest classes.")
@click.option("--threshold", type=float, help="Leave out pictures whose best class has less.")
@click.option(
    "--copy-to", metavar="FOLDER",
    help="Copy each picture into a folder of its class in here; those below --threshold into "
    "_unsure. Nothing is overwritten: a name that is taken gets a number.",
)  # fmt: skip
@dry_run_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a header.")
@json_option
@max_pixels_option
@jobs_option
@with_session
def command(
    session: Session, model, inputs, top, threshold, copy_to, dry_run, as_csv, as_json,
    max_pixels, jobs,
):  # fmt: skip
    """Name what is in pictures, with a trained MODEL.

    Prints one line a picture, in the order of the inputs, as they come: name,
    label and probability (for an SVM its score), separated by tabs. INPUT is
    pictures, folders, globs, @list.txt, - for stdin, or an IDX file; @- reads
    a path a line from stdin and answers while more arrive. With --copy-to a
    line ends in where the copy is; -n only says where it would be.
    """
    if as_csv and as_json:
        raise click.UsageError("--csv and --json exclude each other")
    if dry_run and not copy_to:
        raise click.UsageError("--dry-run says what --copy-to would do; give both")
    from ..models.files import load_model
    from .labelled import use_threads

    refuse_swapped(model, inputs)
    loaded = load_model(model)
    use_threads(jobs)
    sorter = _sorter(loaded, copy_to, dry_run) if copy_to else None
    if inputs == (STREAM,):
        batches = _from_stream(loaded, max_pixels, jobs)
    else:
        batches = _from_dataset(session, loaded, inputs, max_pixels, jobs, copy_to)
    rows = _rows(session, loaded, batches, top, threshold, sorter)
    done = _print(model, loaded, rows, as_csv, as_json)
    if sorter:
        _say_copies(session, sorter)
    session.finish(done)


def _sorter(model, folder: str, dry_run: bool):
    from ..images.sorting import Sorter

    return Sorter(folder, model.classes, dry=dry_run)


def _say_copies(session: Session, sorter) -> None:
    verb = "would be copied" if sorter.dry else "copied"
    there = f", {sorter.there} there already" if sorter.there else ""
    count = sorter.copied
    session.say(
        f"{count} picture{plural(count)} ({sorter.size:,} bytes) {verb} to {sorter.folder}{there}"
    )


def _from_dataset(
    session: Session, model, inputs, max_pixels, jobs, copy_to: str | None
) -> Iterator:
    """Yield lists of (name, path or None, judgement or error)."""
    from ..images.dataset import open_dataset
    from ..models.prediction import judge_in_batches
    from .outputs import leave_out_results

    copies = leave_out_results(session, inputs, copy_to)
    dataset = open_dataset(inputs, labelled=False, max_pixels=max_pixels, without=copies)
    if copy_to and dataset.paths is None:
        raise EdgewiseError(
            f"{dataset.source}: --copy-to copies files, and these pictures are not files of their "
            "own; give a folder of pictures"
        )
    paths = dataset.paths or (None,) * len(dataset)
    # Paths as they can be opened, not below the folder as a data set names them.
    names = dataset.paths or dataset.names
    batches = judge_in_batches(model, dataset, jobs=jobs)
    for batch in _watched(session, batches, len(dataset)):
        yield [(names[i], paths[i], found) for i, found in batch]


def _watched(session: Session, batches: Iterable[list], total: int) -> Iterator[list]:
    """Draw a progress bar, unless the results themselves are on the terminal."""
    if session.quiet or sys.stdout.isatty() or not sys.stderr.isatty():
        yield from batches
        return
    done = 0
    with session.counter(total=total, unit="picture", what="judging") as progress:
        for batch in batches:
            done += len(batch)
            progress(done)
            yield batch


def _from_stream(model, max_pixels: int, jobs) -> Iterator:
    """Yield the same of the pictures that the lines of stdin name."""
    from ..images.arrivals import named_on_stdin, read_as_they_come
    from ..images.decode import read_shrunk
    from ..models.prediction import judge_lists

    def read(named):
        if isinstance(named, tuple):
            raise named[1]
        source, limit = named.path, {"name": named.name, "max_pixels": max_pixels}
        return model.prepare(read_shrunk(source, model.size, **limit)[0])

    lists = read_as_they_come(named_on_stdin(), read, jobs=jobs)
    for batch in judge_lists(model, lists, jobs=jobs):
        yield [
            (named[0], None, found) if isinstance(named, tuple) else (named.name, named.path, found)
            for named, found in batch
        ]


def _rows(session: Session, model, batches, top: int, threshold, sorter) -> Iterator[list]:
    """Yield lists of (name, [(label, value), ...], copy or None) of what can be read."""
    for batch in batches:
        rows = [
            row
            for name, path, judged in batch
            if (row := _row(session, model, name, path, judged, top, threshold, sorter))
        ]
        if rows:
            yield rows


def _row(session: Session, model, name, path, judged, top, threshold, sorter):
    if isinstance(judged, EdgewiseError):
        session.failed(name, reason_of(judged))
        return None
    # Of equals the first wins, as when models are evaluated.
    best = (-judged).argsort(kind="stable")[:top]
    sure = threshold is None or judged[best[0]] >= threshold
    if not sorter and not sure:
        return None
    answers = [(model.classes[k], float(judged[k])) for k in best]
    if not sorter:
        return name, answers, None
    try:
        return name, answers, str(sorter.put(path, answers[0][0] if sure else None))
    except ImageError as error:
        session.failed(name, reason_of(error))
        return None


def _print(path: str, model, rows: Iterable[list], as_csv: bool, as_json: bool) -> int:
    """Print lists of rows as they come; return how many rows there were."""
    from ..reports.predictions import csv_lines, json_lines, tabbed_lines

    if as_json:
        pieces = json_lines(path, model.measure, rows)
    else:
        pieces = csv_lines(model.measure, rows) if as_csv else tabbed_lines(rows)
    done = 0
    for text, count in pieces:
        click.echo(text, nl=False)
        done += count
    return done
