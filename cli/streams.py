"""Standard streams as they may be: closed, a terminal, in any encoding."""

import codecs
import errno
import io
import os
import sys
from contextlib import suppress
from typing import Any, NoReturn

from ..images.errors import WordError
from ..images.printable import printable

# How what an encoding lacks is written: as the bytes it was, for other programs, or to be read.
EXACT, READABLE = "edgewise-exact", "edgewise-readable"


def open_streams() -> None:
    """Make the standard streams safe to use; called once, before anything is read or written.

    A closed one gives an error that names it when it is needed, and its number
    goes to no other file. Names that are no text reach a pipe as they are. A
    terminal is sent no control character that stands in a name.
    """
    codecs.register_error(EXACT, _exact)
    codecs.register_error(READABLE, _readable)
    _occupy_closed_handles()
    streams: Any = sys
    streams.stdin = sys.stdin or io.TextIOWrapper(io.BufferedReader(_Closed("stdin")))
    streams.stdout = _Output(sys.stdout) if sys.stdout else _ClosedOutput()
    # Nobody would see a message.
    stderr: Any = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    stderr.reconfigure(errors=READABLE)
    streams.stderr = stderr


def refuse_terminal(what: str) -> None:
    """Raise WordError if stdout is a terminal, on which the bytes of a file are noise."""
    if sys.stdout.isatty():
        raise WordError(
            f"{what} would go to the terminal",
            hint="name a file with -o, or send stdout to a file or a program: > FILE, | PROGRAM",
        )


def forget_output() -> None:
    """Let what waits to be written to a pipe that was closed vanish."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _occupy_closed_handles() -> None:
    for handle in (0, 1, 2):
        try:
            os.fstat(handle)
        except OSError:
            # The lowest number that is free, which is this one.
            os.open(os.devnull, os.O_RDWR)


def _exact(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    found = error.object[error.start : error.end]
    parts = (
        bytes([ord(character) - 0xDC00])
        if "\udc80" <= character <= "\udcff"
        else character.encode("ascii", "backslashreplace")
        for character in found
    )
    return b"".join(parts), error.end


def _readable(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    shown = printable(error.object[error.start : error.end])
    return shown.encode("ascii", "backslashreplace"), error.end


class _Output(io.TextIOWrapper):
    """Stdout, which shows control characters on a terminal instead of sending them."""

    def __init__(self, stream: Any):
        self._shown = stream.isatty()
        encoding, buffered = stream.encoding, stream.line_buffering
        errors = READABLE if self._shown else EXACT
        super().__init__(stream.detach(), encoding=encoding, errors=errors, line_buffering=buffered)

    def write(self, text: str) -> int:
        """Write text."""
        is_escaped = self._shown and isinstance(text, str)
        return super().write(printable(text, keep="\n\t") if is_escaped else text)


class _Closed(io.RawIOBase):
    """What stands for a stream that was closed before the command began."""

    def __init__(self, name: str):
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> NoReturn:
        raise OSError(errno.EBADF, "it is closed", self._name)


class _ClosedOutput(io.TextIOWrapper):
    """Stdout that was closed: whoever writes to it is told, and nothing waits to be written."""

    def __init__(self) -> None:
        super().__init__(_ClosedBytes(), encoding="utf-8")

    def write(self, text: str) -> NoReturn:
        raise OSError(errno.EBADF, "it is closed", "stdout")


class _ClosedBytes(io.BytesIO):
    def write(self, content: Any) -> NoReturn:
        raise OSError(errno.EBADF, "it is closed", "stdout")
