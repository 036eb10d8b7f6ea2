"""What one run of a command shares: how much to say, and which inputs failed."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TypeVar

import click

from ..images.printable import printable

Item = TypeVar("Item")

SOME_FAILED = 3


@dataclass
class Session:
    """Messages, progress and failures of one command.

    Everything here goes to stderr; a command's results are its own affair.
    """

    quiet: bool = False
    verbose: bool = False
    failures: list[tuple[str, str]] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Print a message, unless -q was given."""
        if not self.quiet:
            click.echo(printable(text, keep="\n\t"), err=True)

    def detail(self, text: str) -> None:
        """Print a message only with -v."""
        if self.verbose:
            click.echo(printable(text, keep="\n\t"), err=True)

    def progress(
        self, items: Iterable[Item], *, total: int, unit: str, what: str = ""
    ) -> Iterator[Item]:
        """Yield the items under a progress bar, which is drawn only on a terminal."""
        from tqdm import tqdm

        # disable=None turns the bar off where stderr is no terminal.
        hidden = True if self.quiet else None
        yield from tqdm(items, total=total, unit=f" {unit}", desc=what or None, disable=hidden)

    @contextmanager
    def counter(self, *, total: int, unit: str, what: str) -> Iterator[Callable[..., object]]:
        """Show a progress bar; yields a function that is told how many are done, of how many."""
        from tqdm import tqdm

        hidden = True if self.quiet else None
        with tqdm(total=total, unit=f" {unit}", desc=what, disable=hidden) as bar:

            def told(done: int, total: int | None = None) -> None:
                bar.total = total or bar.total
                bar.update(done - bar.n)

            yield told

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Show the seconds that something takes which cannot say how far it is."""
        from tqdm import tqdm

        hidden = True if self.quiet else None
        form = "{desc}: {elapsed}"
        with tqdm(desc=what, bar_format=form, disable=hidden) as bar:
            over = Event()
            clock = Thread(target=_tick, args=(bar, over), daemon=True)
            clock.start()
            try:
                yield
            finally:
                over.set()
                clock.join()

    def failed(self, name: str, reason: str) -> None:
        """Report an input that could not be used, and remember it."""
        from tqdm import tqdm

        self.failures.append((name, reason))
        with tqdm.external_write_mode():
            click.echo(printable(f"{name}: {reason}"), err=True)

    def finish(self, done: int, what: str = "picture") -> None:
        """Leave with code 3 if some inputs failed, after saying how many."""
        if not self.failures:
            return
        count = len(self.failures)
        self.say(f"{done} {what}{plural(done)} done, {count} failed")
        raise click.exceptions.Exit(SOME_FAILED)


def _tick(bar, over: Event) -> None:
    while not over.wait(0.5):
        bar.refresh()


def plural(count: int) -> str:
    """Return the ending of a noun that is counted."""
    return "" if count == 1 else "s"
