"""Names of files and labels as text that is safe to show: no terminal obeys it, no line breaks."""

import re
import unicodedata

# What would move a cursor, colour a screen, end a line or turn text around.
_CONTROL = ("Cc", "Cf", "Zl", "Zp", "Cs")
_SUSPECT = re.compile("[^ -~]")
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
# Joins letters and emoji; harmless.
_HARMLESS = "\u200c\u200d"


def printable(text: object, *, keep: str = "") -> str:
    r"""Return text with every control character written out, such as ``\n`` or ``\x1b``.

    Parameters
    ----------
    text : object
        Mostly a name; bytes of it that are no text (lone surrogates, as Python
        has them) are written out too.
    keep : str
        Characters to leave as they are.

    Examples
    --------
    >>> printable("two\nlines \x1b[31m")
    'two\\nlines \\x1b[31m'
    """
    return _SUSPECT.sub(lambda found: _written_out(found[0], keep), str(text))


def _written_out(character: str, keep: str) -> str:
    if character in keep or character in _HARMLESS:
        return character
    if unicodedata.category(character) not in _CONTROL:
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no text
        return f"\\x{code - 0xDC00:02x}"
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
