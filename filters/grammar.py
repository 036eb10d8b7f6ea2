"""The chain grammar: `name[:value][:key=value]...`, steps separated by commas.

The same text spells a filter chain and a network. A step's name may also be a
kernel in brackets or `@file`; commas and colons inside brackets belong to it.
ImageMagick's kernels, `3x3:0,1,0,...` or `3:0,1,0,...`, begin with a digit, as no name does, and
are put in brackets first.
"""

import re
from dataclasses import dataclass, field, replace

from ..images.errors import DataError, EdgewiseError, WordError

_NUMBER = r"(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|-)"
_IMAGEMAGICK = re.compile(
    rf"(?<![^,])\s*(\d+(?:x\d+)?(?:[-+]\d+[-+]\d+)?:\s*{_NUMBER}(?:[\s,]+{_NUMBER})*)(?=\s*(?:[:,]|$))"
)
_QUOTED = re.compile('"([^"]+)"')
# What is written with a colon inside: X:Y.
_PAIRS = {"anchor"}
# Names by which a filter or layer goes elsewhere; here it has one.
ALIASES = {"averagepool": "avgpool"}


class ChainError(WordError):
    """A mistake in a chain; its text names the step, and its place is known."""


@dataclass(frozen=True)
class Step:
    """One step, still text.

    `number` counts from 1; `values` are the positional parts, `options` the
    ``key=value`` parts. `chain` is the whole text, in which the step stands from
    `start` to `end`.
    """

    number: int
    name: str
    values: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)
    chain: str = field(default="", repr=False, compare=False)
    start: int = field(default=0, repr=False, compare=False)
    end: int = field(default=0, repr=False, compare=False)

    def error(self, problem: EdgewiseError | str) -> EdgewiseError:
        """Return a mistake of this step, ready to be raised: a file's, or that of its words."""
        # A kernel in brackets is named by its own mistakes too.
        told = str(problem).removeprefix(f"{self.name}: ")
        sentence = f'step {self.number}, "{self.name}": {told}'
        hint = getattr(problem, "hint", None)
        if isinstance(problem, DataError):
            return DataError(sentence, hint=hint)
        start, end = self._place(told)
        return ChainError(sentence, hint=hint, text=self.chain, start=start, end=end)

    def _place(self, told: str) -> tuple[int, int]:
        """Return where the word stands that a sentence quotes, or else the whole step."""
        quoted = _QUOTED.search(told.partition("did you mean")[0])
        start = self.chain.find(quoted[1], self.start, self.end) if quoted else -1
        return (start, start + len(quoted[1])) if quoted and start >= 0 else (self.start, self.end)


def parse_chain(text: str) -> list[Step]:
    """Read a chain.

    Parameters
    ----------
    text : str
        Such as ``gaussian:2,sobel,maxpool:2`` or ``[-1 0 1]:stride=2``.

    Returns
    -------
    list of Step

    Raises
    ------
    ChainError
        If a step is empty, a bracket is not closed, or a key stands twice.

    Examples
    --------
    >>> parse_chain("gaussian:2:border=wrap,sobel")[0]
    Step(number=1, name='gaussian', values=('2',), options={'border': 'wrap'})
    """
    parts = [part.strip() for part in _split(_IMAGEMAGICK.sub(r"[\1]", text), ",")]
    steps, place = [], 0
    for number, part in enumerate(parts, start=1):
        start, end = _place(part, text, place)
        steps.append(_parse_step(number, part, text, start, end))
        place = end + 1
    return steps


def _place(part: str, text: str, after: int) -> tuple[int, int]:
    """Find where a step stands in what the user wrote."""
    start = text.find(part, after)
    if start < 0:  # one of ImageMagick's kernels, which was put in brackets
        part = part.replace("[", "", 1).replace("]", "", 1)
        start = max(text.find(part, after), after)
    return start, start + len(part)


def _split(text: str, separator: str) -> list[str]:
    if text.count("[") != text.count("]"):
        raise ChainError(
            f'the brackets in "{text}" do not match; a kernel is written "[1 2; 3 4]"',
            text=text, end=len(text),
        )  # fmt: skip
    # A separator counts only where no bracket is open.
    parts, start, depth = [], 0, 0
    for found in re.finditer(rf"[\[\]{separator}]", text):
        if found[0] == separator:
            if depth == 0:
                parts.append(text[start : found.start()])
                start = found.end()
        else:
            depth += 1 if found[0] == "[" else -1
    return [*parts, text[start:]]


def _parse_step(number: int, text: str, chain: str, start: int, end: int) -> Step:
    name, *parts = _split(text, ":")
    name = name.strip()
    step = Step(number, ALIASES.get(name, name), chain=chain, start=start, end=end)
    if not step.name:
        raise ChainError(
            f"step {number} is empty; steps are separated by single commas",
            text=chain, start=start, end=end,
        )  # fmt: skip
    values: list[str] = []
    for part in _join_pairs(parts):
        key, equals, value = part.partition("=")
        if not equals:
            values.append(part)
        elif key in step.options:
            raise step.error(f'"{key}" is set twice')
        else:
            step.options[key] = value
    return replace(step, values=tuple(values))


def _join_pairs(parts: list[str]) -> list[str]:
    """Put what belongs to a pair together again: anchor=1:0."""
    joined: list[str] = []
    for part in parts:
        key, equals, value = joined[-1].partition("=") if joined else ("", "", "")
        if equals and key in _PAIRS and ":" not in value and "=" not in part:
            joined[-1] += f":{part}"
        else:
            joined.append(part)
    return joined
