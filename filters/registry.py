"""Functions that can be named in a chain: their signatures are their grammar."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from ..images.errors import EdgewiseError
from .windows import Padding

# Settings meet float32 values: larger numbers are no finite ones there.
GREATEST = 3.4e38

# What a value must be besides its type, checked where a chain is read; AnyFloat may be
# NaN or infinite, all others are finite.
AnyFloat = Annotated[float, "any"]
Odd = Annotated[int, "odd"]
Positive = Annotated[float, "positive"]


@dataclass(frozen=True)
class Named:
    """A function under the name that the terminal knows.

    Its parameters are filled from text: positional values in order, then
    ``key=value``, converted by their annotation.
    """

    name: str
    function: Callable

    @property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """What can be set from text: every parameter with a default."""
        found = inspect.signature(self.function).parameters
        return {name: p for name, p in found.items() if p.default is not p.empty}

    @property
    def usage(self) -> str:
        """The name with its parameters and their defaults, as one writes it in a chain."""
        settings = [f"{key}={_shown(p)}" for key, p in self.parameters.items()]
        return ":".join([self.name, *settings])

    def bind(
        self, values: Iterable[str], options: dict[str, str], also: Iterable[str] = ()
    ) -> dict[str, object]:
        """Turn a step's text into keyword arguments.

        `also` names what a step may set besides, for those who misspell it.

        Raises
        ------
        EdgewiseError
            If there are too many values, an unknown key, or text that is no
            number where one is needed.
        """
        given: dict[str, str] = {}
        names = list(self.parameters)
        values = list(values)
        if len(values) > len(names):
            raise EdgewiseError(f"too many values; it is written {self.usage}")
        given.update(zip(names, values, strict=False))
        for key, value in options.items():
            if key not in names:
                raise EdgewiseError(f'no setting "{key}"{suggest(key, [*names, *also])}')
            if key in given:
                raise EdgewiseError(f'"{key}" is set twice')
            given[key] = value
        return {key: _convert(key, text, self.parameters[key]) for key, text in given.items()}


def _shown(parameter: inspect.Parameter) -> str:
    default = parameter.default
    if get_origin(parameter.annotation) is Literal:
        others = [word for word in get_args(parameter.annotation) if word != default]
        return "|".join(map(str, [default, *others]))
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, tuple):
        return "/".join(map(str, default))
    return "auto" if default is None else f"{default}"


def _convert(key: str, text: str, parameter: inspect.Parameter) -> object:
    read, wanted = _reader(parameter.annotation)
    try:
        return read(text)
    except (ValueError, KeyError):
        raise EdgewiseError(f"{key}={text} is not {wanted}") from None


def _reader(annotation: Any) -> tuple[Callable[[str], object], str]:
    if get_origin(annotation) is Literal:
        words = [str(word) for word in get_args(annotation)]
        known = dict(zip(words, get_args(annotation), strict=True))
        return known.__getitem__, f"one of {', '.join(words)}"
    return READERS[annotation]


def _read_odd(text: str) -> int:
    value = int(text)
    if value < 1 or value % 2 == 0:
        raise ValueError
    return value


def _read_real(text: str) -> float:
    above, slash, below = text.partition("/")
    if slash and not float(below):
        raise ValueError
    return _read_finite(above) / _read_finite(below) if slash else _read_finite(text)


def _read_finite(text: str) -> float:
    value = float(text)
    if not abs(value) <= GREATEST:
        raise ValueError
    return value


def _read_positive(text: str) -> float:
    value = _read_real(text)
    if not value > 0:
        raise ValueError
    return value


def _read_reals(text: str) -> float | tuple[float, float]:
    rows, slash, columns = text.partition("/")
    return (_read_finite(rows), _read_finite(columns)) if slash else _read_finite(rows)


def _read_switch(text: str) -> bool:
    words = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    return words[text.lower()]


def _read_numbers(text: str) -> int | tuple[int, ...]:
    first, *more = (int(word) for word in text.split("/"))
    if len(more) > 1:
        raise ValueError
    return (first, *more) if more else first


def _read_padding(text: str) -> str | int | tuple:
    if text.isalpha():
        return text
    sides = text.split("/")
    if len(sides) != 4:
        return _read_numbers(text)
    top, bottom, left, right = map(int, sides)
    return (top, bottom), (left, right)


_WHOLE = (int, "a whole number")
_REAL = (_read_real, "a number")
_NUMBERS = (_read_numbers, "a whole number or two, rows/columns")

# How a parameter's text is read, by its annotation.
READERS = {
    int: _WHOLE,
    int | None: _WHOLE,
    Odd: (_read_odd, "an odd number above 0"),
    AnyFloat: (float, "a number"),
    float: _REAL,
    float | None: _REAL,
    float | tuple[float, float]: (_read_reals, "a number or two, rows/columns"),
    Positive: (_read_positive, "a number above 0"),
    str: (str, "text"),
    bool: (_read_switch, "yes or no"),
    int | tuple[int, int]: _NUMBERS,
    int | tuple[int, int] | None: _NUMBERS,
    Padding: (_read_padding, "same, valid, full, or pixels: all, rows/columns, or 4 sides"),
}


def suggest(name: str, known: Iterable[str], listed: str = "") -> str:
    """Return the end of a sentence that names the nearest known name.

    Where none is near: all of them, or, if these are many, what `listed` says of
    where they are listed.
    """
    known = list(known)
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1) or get_close_matches(name.lower(), known, n=1)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; {listed}" if listed else f"; there are {', '.join(known) or 'none'}"
