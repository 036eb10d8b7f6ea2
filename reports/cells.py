"""Names and labels as cells of a table that other programs open."""

import re

# A spreadsheet takes what begins so for a formula, and runs it; a number is harmless.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[-+]?((\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|inf)\Z")


def csv_cell(text: str) -> str:
    """Return text for CSV: what a spreadsheet would run as a formula begins with an apostrophe.

    Examples
    --------
    >>> csv_cell("=1+1"), csv_cell("-1"), csv_cell("cat")
    ("'=1+1", '-1', 'cat')
    """
    is_formula = _FORMULA.match(text) and not _NUMBER.match(text)
    return f"'{text}" if is_formula else text
