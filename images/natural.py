"""The order in which people count: 2 before 10."""

import re


def natural_key(text: str) -> list:
    """Return a sorting key that puts 2 before 10."""
    parts = re.split(r"(\d+)", text)
    return [_number_key(part) if part.isdecimal() else (1, 0, part) for part in parts if part]


def _number_key(digits: str) -> tuple[int, int, str]:
    # Not as an int: a label may have more digits than Python turns into one.
    digits = digits.lstrip("0")
    return 0, len(digits), digits
