"""The chain grammar: `name[:value][:key=value]...`, steps separated by commas.

The same text spells a filter chain and a network. A step's name may also be a
kernel in brackets or `@file`; commas and colons inside brackets belong to it.
ImageMagick's kernels, `3x3:0,1,0,...` or `3:0,1,0,...`, begin with a digit, as no name does, and
are put in brackets first.
"""

import re
from dataclasses import dataclass, field

from ..images.errors import EdgewiseError

_NUMBER = r"(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|-)"
_IMAGEMAGICK = re.compile(
    rf"(?<![^,])\s*(\d+(?:x\d+)?(?:[-+]\d+[-+]\d+)?:\s*{_NUMBER}(?:[\s,]+{_NUMBER})*)(?=\s*(?:[:,]|$))"
)
# What is written with a colon inside: X:Y.
_PAIRS = {"anchor"}
# Names by which a filter or layer goes elsewhere; here it has one.
ALIASES = {"averagepool": "avgpool"}


class ChainError(EdgewiseError):
    """A mistake in a chain; its text points at the step."""


@dataclass(frozen=True)
class Step:
    """One step, still text.

    `number` counts from 1; `values` are the positional parts, `options` the
    ``key=value`` parts.
    """

    number: int
    name: str
    values: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)

    def error(self, problem: str) -> ChainError:
        """Return a mistake of this step, ready to be raised."""
        # A kernel in brackets is named by its own mistakes too.
        problem = problem.removeprefix(f"{self.name}: ")
        return ChainError(f'step {self.number}, "{self.name}": {problem}')


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
    parts = _split(_IMAGEMAGICK.sub(r"[\1]", text), ",")
    return [_parse_step(number, part.strip()) for number, part in enumerate(parts, start=1)]


def _split(text: str, separator: str) -> list[str]:
    if text.count("[") != text.count("]"):
        raise ChainError(f'the brackets in "{text}" do not match; a kernel is written "[1 2; 3 4]"')
    # A separator counts only where no bracket is open, that is, where the next
    # bracket, if any, is an opening one.
    return re.split(rf"{separator}(?![^\[]*\])", text)


def _parse_step(number: int, text: str) -> Step:
    name, *parts = _split(text, ":")
    step = Step(number, ALIASES.get(name.strip(), name.strip()))
    if not step.name:
        raise ChainError(f"step {number} is empty; steps are separated by single commas")
    values: list[str] = []
    for part in _join_pairs(parts):
        key, equals, value = part.partition("=")
        if not equals:
            values.append(part)
        elif key in step.options:
            raise step.error(f'"{key}" is set twice')
        else:
            step.options[key] = value
    return Step(number, step.name, tuple(values), step.options)


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
