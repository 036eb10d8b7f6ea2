"""Names and labels as cells of a table that other programs open."""

import re

# A spreadsheet takes a text that begins so for a formula, and runs it; one more
# apostrophe before it makes it a text. Numbers, such as the labels -1 and +1, stay.
FORMULA = re.compile(r"'*[=+\-@\t\r]")
HIDDEN = re.compile(r"'+[=+\-@\t\r]")
NUMBER = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|inf)")


def guarded(text: str) -> str:
    """Return a text as no spreadsheet takes it for a formula; see `unguarded`.

    Examples
    --------
    >>> guarded("=1+1"), guarded("-1"), guarded("cat")
    ("'=1+1", '-1', 'cat')
    """
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Return the text that `guarded` was given."""
    return text[1:] if HIDDEN.match(text) else text
