"""Settings of HoG from text, as on a command line."""

import re
from dataclasses import fields
from textwrap import wrap
from typing import Any

from ..images.errors import EdgewiseError
from .config import HogConfig


def parse_setting(name: str, text: str) -> Any:
    """Return the value that a setting's text stands for.

    Parameters
    ----------
    name : str
        A field of `HogConfig`.
    text : str
        A number, a word, yes or no, RxC for two numbers, none for nothing.

    Raises
    ------
    EdgewiseError
        If it is no number where there has to be one.

    Examples
    --------
    >>> parse_setting("cell", "8x6"), parse_setting("signed", "yes")
    ((8, 6), True)
    """
    kinds = {field.name: field.type for field in fields(HogConfig)}
    low, kind = text.lower(), str(kinds.get(name, ""))
    if low in ("yes", "true", "no", "false"):
        return low in ("yes", "true")
    if low == "none" and "None" in kind:
        return None
    if "tuple" in kind and "x" in low:
        low, _, second = low.partition("x")
        return parse_number(low), parse_number(second)
    if "str" in kind and not ("float" in kind and low[:1] in "0123456789.-"):
        return low
    return parse_number(low)


def parse_number(text: str) -> int | float:
    """Return a number; whole ones as int."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        raise EdgewiseError(f'"{text}" is not a number') from None


def describe_settings() -> str:
    """Return every setting, its default, and what its documentation says, as text."""
    default, lines = HogConfig(), []
    for name, kind, text in _documented():
        value = getattr(default, name)
        shown = "x".join(map(str, value)) if isinstance(value, tuple) else str(value).lower()
        lines += [
            f"{name}={shown}   ({kind})",
            *wrap(
                text, 76, initial_indent="    ", subsequent_indent="    ", break_long_words=False
            ),
            "",
        ]
    return "\n".join(lines).rstrip()


def _documented() -> list[tuple[str, str, str]]:
    """Return name, kind and text of every field, from the documentation of `HogConfig`."""
    body = (HogConfig.__doc__ or "").split("----------\n")[1].split("    References")[0]
    parts = re.split(r"^    (\w+) : (.+)\n", body, flags=re.MULTILINE)[1:]
    return [
        (name, kind, " ".join(text.split()).replace("``", "").replace("`", ""))
        for name, kind, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    ]
