"""Errors on the terminal, all in one style: a sentence, the place, and a hint on its own line."""

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from ..images.errors import DataError, EdgewiseError, ImageError, WordError
from ..images.printable import printable

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
BAD_FILE, BAD_WORDS = 1, 2
# Sentences that quote what somebody else wrote stay readable.
LONGEST = 1000
AROUND = 36
# How Click begins its own sentences; what begins otherwise may begin with a name.
CLICK_WORDS = re.compile(r"(No|Missing|Invalid|Got|Option|Argument)\b")


@contextmanager
def reading_words() -> Iterator[None]:
    """Make mistakes in here mistakes of the command's words, unless a file is at fault."""
    try:
        yield
    except (DataError, ImageError, WordError):
        raise
    except EdgewiseError as error:
        raise WordError(str(error), hint=error.hint) from None


def report(error: Exception) -> int:
    """Say on stderr what went wrong and what to do; return the exit code."""
    if isinstance(error, click.ClickException):
        complain(_of_click(error), _hint_of_click(error))
        return error.exit_code
    excerpt = _excerpt(error) if isinstance(error, WordError) and error.text else None
    complain(_sentence(error), getattr(error, "hint", None), excerpt)
    return BAD_WORDS if isinstance(error, WordError) else BAD_FILE


def complain(sentence: str, hint: str | None = None, excerpt: str | None = None) -> None:
    """Print one error on stderr, below it the place if there is one, and what to do."""
    coloured = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    # Nobody may be there to read it.
    with suppress(OSError, ValueError):
        click.secho("edgewise: ", err=True, nl=False, color=coloured, bold=True)
        click.secho(_shortened(printable(sentence)), err=True, color=coloured, fg="red")
        if excerpt:
            click.echo(excerpt, err=True)
        if hint:
            click.echo(f"hint: {_shortened(printable(hint))}", err=True)


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST // 2]} ... {text[-LONGEST // 2 :]}"


def _sentence(error: Exception) -> str:
    if isinstance(error, EdgewiseError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        names = [name for name in (error.filename, error.filename2) if name]
        full = "; make room there, or write elsewhere" if error.errno in FULL else ""
        return ": ".join([*map(str, names), error.strerror.lower()]) + full
    if isinstance(error, MemoryError):
        return "not enough memory; use fewer or smaller pictures, or --size"
    return f"{type(error).__name__}: {error}; this is a bug, --debug shows where"


def _of_click(error: click.ClickException) -> str:
    """Return Click's sentence in our words: no capital, no full stop, on one line."""
    text = re.sub(r"\s+", " ", error.format_message()).strip().removesuffix(".")
    return text[:1].lower() + text[1:] if CLICK_WORDS.match(text) else text


def _hint_of_click(error: click.ClickException) -> str | None:
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    return f"{ctx.command_path} --help says more" if ctx else None


def _excerpt(error: WordError) -> str:
    """Return the text around a mistake, and a line with carets under it."""
    text, start = error.text or "", error.start
    end = max(error.end, start + 1)
    left, right = max(0, start - AROUND), min(len(text), max(end, start + AROUND))
    right = min(right, start + 2 * AROUND)
    before = ("..." if left else "") + printable(text[left:start])
    wrong = printable(text[start : min(end, right)]) or " "
    after = printable(text[min(end, right) : right]) + ("..." if right < len(text) else "")
    return f"  {before}{wrong}{after}\n  {' ' * len(before)}{'^' * len(wrong)}"
