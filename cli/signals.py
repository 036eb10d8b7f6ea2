"""Signals that end a command: it cleans up, says one word and leaves with a code of its own."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

# What shells add to a signal's number.
BY_SIGNAL = 128
INTERRUPTED = BY_SIGNAL + 2
TERMINATED = BY_SIGNAL + 15
PIPE_CLOSED = BY_SIGNAL + 13
WORDS = {INTERRUPTED: "interrupted", TERMINATED: "terminated"}

_can_unwind = False


class Terminated(KeyboardInterrupt):
    """SIGTERM arrived: everything ends as it does when a user interrupts it."""


def heed() -> None:
    """Handle SIGINT and SIGTERM from now on; one that is ignored, as in a background job, stays so.

    Outside of `unwinding` a signal ends the process at once: there is nothing to clean up.
    """
    for number, usual in (
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGTERM, signal.SIG_DFL),
    ):
        if signal.getsignal(number) == usual:
            signal.signal(number, _handle)
    sys.unraisablehook = _again


@contextmanager
def unwinding() -> Iterator[None]:
    """Raise KeyboardInterrupt on signals in here, so that temporary files are removed."""
    global _can_unwind
    before, _can_unwind = _can_unwind, True
    try:
        yield
    finally:
        _can_unwind = before


def code_of(stop: BaseException) -> int:
    """Return the exit code of an interruption."""
    return TERMINATED if isinstance(stop, Terminated) else INTERRUPTED


def leave_at_once(code: int) -> NoReturn:
    """Say why, and end the process without another step."""
    with suppress(OSError):
        os.write(2, f"edgewise: {WORDS[code]}\n".encode())
    os._exit(code)


def _handle(number: int, frame: FrameType | None) -> None:
    stop = Terminated() if number == signal.SIGTERM else KeyboardInterrupt()
    if not _can_unwind:
        leave_at_once(code_of(stop))
    raise stop


def _again(unraisable) -> None:
    """Raise an interruption once more that arose where Python can only print it."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        is_terminated = issubclass(unraisable.exc_type, Terminated)
        signal.raise_signal(signal.SIGTERM if is_terminated else signal.SIGINT)
        return
    sys.__unraisablehook__(unraisable)
