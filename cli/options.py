"""The options that several commands share, each defined once."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

import click

from .session import Session


def examples(*lines: str) -> str:
    """Return the epilog that shows runnable examples, one a line."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def with_session(function: Callable) -> Callable:
    """Give a command -q, -v and --debug, and a `Session` as its first argument."""

    @click.option("-q", "--quiet", is_flag=True, help="No messages and no progress bar.")
    @click.option("-v", "--verbose", is_flag=True, help="Say more about what is done.")
    @click.option("--debug", is_flag=True, help="Show where an unexpected error arose.")
    @wraps(function)
    def with_options(*args, quiet: bool, verbose: bool, debug: bool, **kwargs):
        session = Session(quiet=quiet, verbose=verbose)
        with _told_by(session):
            return function(session, *args, **kwargs)

    return with_options


@contextmanager
def _told_by(session: Session) -> Iterator[None]:
    """With -v, let the library say how it works, each thing once; with -q, nothing but errors."""
    log = logging.getLogger("edgewise")
    level, teller = log.level, _Teller(session)
    if session.quiet:
        # Also the loops' word on why their first use takes seconds.
        log.setLevel(logging.ERROR)
    elif session.verbose:
        log.setLevel(logging.INFO)
        log.addHandler(teller)
    try:
        yield
    finally:
        log.setLevel(level)
        log.removeHandler(teller)


class _Teller(logging.Handler):
    def __init__(self, session: Session):
        super().__init__()
        self.session, self.told = session, set()

    def emit(self, record: logging.LogRecord) -> None:
        """Say what was not said before."""
        text = record.getMessage()
        if text not in self.told:
            self.told.add(text)
            self.session.say(text)


inputs_argument = click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")

output_option = click.option(
    "-o", "--output", required=True, metavar="OUT", help="Where to write; - is stdout."
)

model_output_option = click.option(
    "-o", "--output", required=True, metavar="MODEL", help="The model file, NAME.safetensors."
)

overwrite_option = click.option(
    "--overwrite", is_flag=True, help="Replace output that already exists."
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")

jobs_option = click.option(
    "-j", "--jobs", type=click.IntRange(min=1), help="Threads to use.  [default: all cores]"
)

seed_option = click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="Where chance starts from.",
)

dry_run_option = click.option(
    "-n", "--dry-run", is_flag=True, help="Say what would be read and written; write nothing."
)


class GroupRule(click.ParamType):
    """folder, or a regular expression."""

    name = "REGEX"

    def convert(self, value, param, ctx):
        """Check the expression before any picture is read."""
        from ..images.errors import EdgewiseError
        from ..images.groups import parse_rule

        try:
            parse_rule(value)
        except EdgewiseError as error:
            self.fail(str(error), param, ctx)
        return value


group_by_option = click.option(
    "--group-by", type=GroupRule(), metavar="REGEX|folder",
    help="Keep pictures together for which REGEX finds the same text in their paths (only what is "
    "in its parentheses), or those of one folder.",
)  # fmt: skip

max_pixels_option = click.option(
    "--max-pixels",
    type=click.IntRange(min=1),
    default=178_956_970,
    show_default=True,
    help="Refuse pictures with more pixels than this.",
)


class SizeType(click.ParamType):
    """A size written WxH, given to the command as (rows, columns)."""

    name = "WxH"

    def convert(self, value, param, ctx):
        """Parse the text."""
        if isinstance(value, tuple):
            return value
        width, cross, height = value.lower().partition("x")
        if not (cross and width.isdecimal() and height.isdecimal() and int(width) * int(height)):
            self.fail(f'"{value}" is not a size; write it as WxH, such as 64x128', param, ctx)
        return int(height), int(width)


size_option = click.option(
    "--size", type=SizeType(), metavar="WxH", help="Resize every picture to this size first."
)
