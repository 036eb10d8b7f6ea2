"""What a command showed, and what of it is a fault."""

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CODES = (0, 1, 3)  # 2 is for mistakes in words, and the words here are right
TRACES = ("Traceback (most recent call last)", "Fatal Python error")
# What begins a line of Edgewise's own; every other line names the file it is about.
OURS = re.compile(r"edgewise: |hint: |\s|$")
# A picture that a list or a manifest names; a library names its function, which has neither.
# What is named there need not be there, nor look like a file.
NAMED = re.compile(r"[^:]*[/.][^:]*: |.*: no such file or directory$")
# The longest part of a name that no message writes otherwise.
PLAIN = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Shown:
    """What a command left when it ended; `code` is negative for a signal, None for a hang."""

    code: int | None
    seconds: float
    peak: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Fault:
    """Something that no command may do."""

    kind: str
    words: tuple[str, ...]
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: {shlex.join(self.words)}\n    {self.detail}"


def recognisable(name: str) -> str:
    """Return the part of a file's name by which a message is known to speak of it."""
    return max(PLAIN.findall(name), key=len, default="")


def faults_of(
    words: Sequence[str], shown: Shown, *, names: Iterable[str], seconds: float, memory: int
) -> list[Fault]:
    """Return the faults of one command that read files of these names."""
    found = [
        *_endings(shown, seconds),
        *_greed(shown, memory),
        *_traces(shown.stderr),
        *_strangers(shown.stderr, [recognisable(name) for name in names]),
    ]
    return [Fault(kind, tuple(words), detail) for kind, detail in found]


def _endings(shown: Shown, seconds: float) -> Iterable[tuple[str, str]]:
    if shown.code is None:
        yield "hang", f"not done after {seconds:.0f} s"
    elif shown.code < 0:
        yield "death", f"killed by signal {-shown.code}; {shown.stderr[-300:]}"
    elif shown.code not in CODES:
        yield "exit code", f"{shown.code}; {shown.stderr[-300:]}"
    elif shown.code and not shown.stderr.strip():
        yield "unnamed", f"exit code {shown.code} without a word"


def _greed(shown: Shown, memory: int) -> Iterable[tuple[str, str]]:
    if shown.peak > memory:
        yield "memory", f"{shown.peak / 2**30:.1f} GiB"
    elif "not enough memory" in shown.stderr:
        yield "memory", "it asked for more than there is"


def _traces(stderr: str) -> Iterable[tuple[str, str]]:
    for trace in TRACES:
        if trace in stderr:
            yield "traceback", stderr[stderr.index(trace) :][-600:]
            return
    for line in stderr.splitlines():
        if "this is a bug" in line:
            yield "bug", line


def _strangers(stderr: str, names: list[str]) -> Iterable[tuple[str, str]]:
    if any(trace in stderr for trace in TRACES):
        return
    for line in stderr.splitlines():
        is_ours = OURS.match(line) or NAMED.match(line)
        if not is_ours and not any(name and f"{name}" in line for name in names):
            yield "strange line", line[:300]
