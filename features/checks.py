"""What HoG settings may be: each check returns the value as it is kept, or says what is wrong."""

import math
from difflib import get_close_matches
from typing import Any

from ..images.errors import EdgewiseError

# Beyond these neither float32 nor a picture has room.
MOST_COUNT = 2**31 - 1
LEAST_NUMBER, MOST_NUMBER = 1e-15, 1e15
# Characters of a wrong value that a sentence repeats.
LONGEST_SHOWN = 60


def hint(name: str, known: Any) -> str:
    """Return the end of a sentence about an unknown name: the nearest one, or all."""
    near = get_close_matches(name, list(known), n=1)
    return f'; did you mean "{near[0]}"?' if near else f"; there are {', '.join(known)}"


def shown(value: Any) -> str:
    """Return a value for a sentence, cut off where it is long."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def one_of(name: str, value: Any, known: tuple[str, ...]) -> None:
    """Refuse what is not one of the known words."""
    if value not in known:
        said = (
            f'"{value}"' if isinstance(value, str) and len(value) < LONGEST_SHOWN else shown(value)
        )
        raise EdgewiseError(f"{name} is one of {', '.join(known)}, not {said}")


def count(name: str, value: Any) -> int:
    """Return a whole number of at least 1."""
    # bool is an int to Python, and True cells are a mistake.
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < 1:
        raise EdgewiseError(f"{name} is a whole number of at least 1, not {shown(value)}")
    if value > MOST_COUNT:
        raise EdgewiseError(f"{name} is a whole number of at most {MOST_COUNT:,}")
    return int(value)


def pair(name: str, value: Any) -> tuple[int, int]:
    """Return two whole numbers, (rows, columns)."""
    both = (value, value) if hasattr(value, "__index__") else value
    if not isinstance(both, (tuple, list)) or len(both) != 2:
        raise EdgewiseError(
            f"{name} is one whole number or two, (rows, columns), not {shown(value)}"
        )
    return count(name, both[0]), count(name, both[1])


def flag(name: str, value: Any) -> bool:
    """Return True or False."""
    # Also takes NumPy's bool, which is no bool to Python; but no text.
    if type(value).__name__ not in ("bool", "bool_"):
        raise EdgewiseError(f"{name} is True or False, not {shown(value)}")
    return bool(value)


def positive(name: str, value: Any) -> float:
    """Return a number above 0 that float32 can be computed with."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not LEAST_NUMBER <= number <= MOST_NUMBER:
        raise EdgewiseError(
            f"{name} is a number above 0, from {LEAST_NUMBER:g} to {MOST_NUMBER:g}, "
            f"not {shown(value)}"
        )
    return number


def power(name: str, value: Any, known: tuple[str, ...]) -> str | float:
    """Return one of the known words, or a power above 0."""
    if isinstance(value, str) and value in known:
        return value
    try:
        return positive(name, value)
    except EdgewiseError:
        words = ", ".join(known)
        raise EdgewiseError(
            f"{name} is one of {words}, or a power above 0, not {shown(value)}"
        ) from None


def sigma(name: str, value: Any) -> float | tuple[float, float] | None:
    """Return None, a number above 0, or one for rows and one for columns."""
    if value is None:
        return None
    if isinstance(value, (tuple, list)) and len(value) == 2:
        return positive(name, value[0]), positive(name, value[1])
    return positive(name, value)
