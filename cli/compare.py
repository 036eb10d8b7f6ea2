"""`edgewise compare`: HoG with a linear model against a CNN, on the same pictures."""

import json
import shlex
import sys
from pathlib import Path

import click

from .options import (
    examples,
    group_by_option,
    jobs_option,
    json_option,
    max_pixels_option,
    overwrite_option,
    seed_option,
    size_option,
    with_session,
)
from .session import Session

OPTIONS = (
    click.option("--network", metavar="NAME|GRAMMAR",
                 help="As in train cnn.  [default: small, or quick for colour from 24x24 on]"),
    click.option("--features", metavar="PARTS",
                 help="As in train linear.  [default: what suits the size]"),
    size_option,
    click.option("--gray", is_flag=True, help="Make colour pictures gray."),
    click.option("--validation", type=click.FloatRange(0, 1, min_open=True, max_open=True),
                 default=0.1, show_default=True, metavar="SHARE",
                 help="How much to hold back to choose by: C, and the network's best epoch."),
    click.option("--points", type=click.IntRange(1, 10), default=4, show_default=True,
                 help="Points of the learning curves; each has half the pictures of the next."),
    click.option("--seeds", type=click.IntRange(1, 100), default=1, show_default=True,
                 help="Train the network with so many random seeds, from --seed on, and say how "
                 "far they are apart."),
    click.option("--epochs", type=click.IntRange(min=1),
                 help="How often the network sees all pictures; it sees fewer more often.  "
                 "[default: 10 to 60, for some 500 steps]"),
    click.option("--minutes", type=click.FloatRange(0, min_open=True),
                 help="Cut the epochs so that all trainings of the network take about this long."),
    click.option("--augment", default="", metavar="CHANGES",
                 help="Change the network's pictures by chance: shift:2,flip,rotate:10,crop:0.8. "
                 "The linear model learns from shifted and flipped copies."),
    click.option("--rate", type=float, help="The network's largest learning rate.  "
                 "[default: 0.05]"),
)  # fmt: skip


def comparison_options(function):
    """Add the options that a comparison's plan holds."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


@click.command(
    epilog=examples(
        "edgewise compare photos/ -o comparison/",
        "edgewise compare photos/ -o comparison/ --size 64x64 --augment flip",
        "edgewise compare train/ --test test/ -o comparison/ --minutes 5",
        "edgewise compare train-images-idx3-ubyte.gz --test t10k-images-idx3-ubyte.gz -o mnist/",
        "edgewise compare digits -o digits/ --json",
    ),
)
@click.argument("data", metavar="DATA")
@click.option(
    "--test", metavar="DATA", help="Judge on these.  [default: a fifth of DATA, held back]"
)
@click.option(
    "-o", "--output", required=True, metavar="DIR",
    help="Where report.html, both models and all that is needed to go on stand.",
)  # fmt: skip
@comparison_options
@group_by_option
@seed_option
@json_option
@overwrite_option
@max_pixels_option
@jobs_option
@with_session
def command(session: Session, data, test, output, as_json, overwrite, max_pixels, jobs, **settings):
    """Find out whether a CNN is worth it: train one beside HoG with a linear model.

    DATA is what edgewise train takes. Both models learn from the same
    pictures, choose by the same ones held back (C, and the best epoch), and
    are judged once on the same test pictures. DIR/report.html shows accuracy
    and whether the difference is more than chance, learning curves, times,
    confusion, the pictures that only one of them names rightly, and what each
    has learned to look for; it begins with advice, and what is printed ends with it.

    Interrupted, the same command goes on where it was. --overwrite starts anew
    where DIR holds another comparison, or a finished one.
    """
    from ..models.comparison.folder import alone_in, check_folder
    from .comparing import check_choices, contest_of, refuse_inside
    from .labelled import own_test

    folder = Path(output)
    check_choices(settings)
    check_folder(folder)
    test = test or own_test(data, max_pixels=max_pixels)
    refuse_inside(folder, data, test)
    with alone_in(folder):
        contest = contest_of(
            session, data, test, folder, settings, jobs=jobs, max_pixels=max_pixels
        )
        found = _compared(session, contest, overwrite=overwrite)
        facts = {"schema": "edgewise.compare/1", "data": data, "test": test, **found.to_dict()}
        _write(folder, found, facts, _title(data, test))
    click.echo(json.dumps(facts) if as_json else _text(folder, found))
    session.finish(contest.parts.count)


def _compared(session: Session, contest, *, overwrite: bool):
    from ..models.comparison.folder import begin
    from ..models.comparison.running import compare

    if begin(contest.folder, contest.plan, overwrite=overwrite):
        session.say(f"{contest.folder}: going on with what is there")
    try:
        return compare(contest)
    except KeyboardInterrupt:
        session.say("\nthe same command goes on from here")
        raise


def _title(data: str, test: str | None) -> str:
    return f"Is a CNN worth it? {data}" + (f", tested on {test}" if test else "")


def _text(folder: Path, found) -> str:
    from ..reports.comparison_tables import comparison_text

    return f"{comparison_text(found)}\n\nreport: {folder / 'report.html'}"


def _write(folder: Path, found, facts: dict, title: str) -> None:
    from ..images.atomic import atomic_file
    from ..models.comparison.folder import PAGE, RESULT
    from ..reports.comparison_page import comparison_page

    command = shlex.join(["edgewise", *sys.argv[1:]])
    # The result comes last: where it stands, the comparison is finished.
    texts = {
        PAGE: comparison_page(found, title=title, command=command),
        RESULT: json.dumps(facts, indent=1) + "\n",
    }
    for name, text in texts.items():
        with atomic_file(folder / name, overwrite=True) as file:
            file.write(text.encode(errors="surrogateescape"))
