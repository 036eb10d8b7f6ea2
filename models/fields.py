"""What stands in the JSON of a model file, each checked before it is used."""

import json
import math
from typing import Any

from ..images.errors import DataError
from ..images.limits import MAX_PIXELS

# Of the name of a class; a path may have 4,096 bytes, and a label be a sentence.
MOST_LETTERS = 4096


def whole(value: Any, what: str, least: int = 1, most: int = 2**31 - 1) -> int:
    """Return a whole number, or raise ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{what} is no whole number from {least:,} to {most:,}")
    return value


def finite(value: Any, what: str) -> float:
    """Return a number that float32 can hold, or raise ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{what} is no number")
    # First, because a whole number may be too large to be a float.
    if not -3.4e38 <= value <= 3.4e38:
        raise ValueError(f"{what} is no number that can be computed with")
    return float(value)


def texts(value: Any, what: str) -> list[str]:
    """Return a list of texts, or raise ValueError."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"{what} is no list of texts")
    return value


def mapping(value: Any, what: str) -> dict[str, Any]:
    """Return settings by their names, or raise ValueError."""
    if not isinstance(value, dict):
        raise ValueError(f"{what} is no object of JSON")
    return value


def told(value: Any) -> dict[str, Any]:
    """Return what a file says of the training, which is passed on as JSON again."""
    try:
        json.dumps(mapping(value, "training"), allow_nan=False)
    except ValueError:
        raise ValueError("training is no object of JSON with finite numbers") from None
    return value


def class_names(value: Any) -> tuple[str, ...]:
    """Return two or more different names, or raise ValueError (of which DataError is one)."""
    names = tuple(texts(value, "classes"))
    if len(names) < 2 or len(set(names)) < len(names):
        raise ValueError("its classes are no list of two or more different names")
    check_names(names)
    return names


def check_names(names: tuple[str, ...]) -> None:
    """Raise DataError if the name of a class is none that a model file can hold."""
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError:
            raise DataError(
                f"the class {ascii(name)[:40]} is no text in UTF-8",
                hint="rename its folder or label",
            ) from None
    longest = max(names, key=len, default="")
    if len(longest) > MOST_LETTERS:
        raise DataError(
            f'the class "{longest[:20]}..." has a name of {len(longest):,} letters; at most '
            f"{MOST_LETTERS:,} are kept"
        )


def picture_size(value: Any, what: str = "size") -> tuple[int, int]:
    """Return rows and columns of the pictures that a model takes, or raise ValueError."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"{what} is no list of rows and columns")
    rows, columns = (whole(side, what) for side in value)
    if rows * columns > MAX_PIXELS:
        raise ValueError(
            f"its pictures would be {columns}x{rows}; at most {MAX_PIXELS:,} pixels are taken"
        )
    return rows, columns


def positive(value: Any, what: str) -> float:
    """Return a number above 0 that float32 can hold, or raise ValueError."""
    number = finite(value, what)
    if number < 1e-37 or not math.isfinite(1 / number):
        raise ValueError(f"{what} is no number above 0 that can be computed with")
    return number
