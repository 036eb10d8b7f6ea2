"""JSON from files that anybody may have written."""

import json
from typing import Any

from .errors import DataError


def parse_json(content: bytes | str, name: object, *, errors: str = "strict") -> Any:
    """Return what a JSON text holds.

    Parameters
    ----------
    content : bytes or str
        The text; bytes are UTF-8.
    name : str or path
        What the text is called in errors.
    errors : str
        "surrogateescape" where texts may be names of files: the stray bytes of
        those are halves of characters, which can be written again.

    Raises
    ------
    DataError
        If it is no JSON, is nested too deeply, or holds a number of thousands
        of digits or half of a character (a lone surrogate, which no file can hold).
    """
    try:
        found = json.loads(content)
        if not _is_plain(content):
            json.dumps(found, ensure_ascii=False).encode(errors=errors)
    except UnicodeEncodeError:
        raise DataError(f"{name}: its JSON holds half a character (a lone surrogate)") from None
    except RecursionError:
        raise DataError(f"{name}: its JSON is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise DataError(f"{name}: not JSON ({error.msg}, line {error.lineno})") from None
    except UnicodeDecodeError:
        raise DataError(f"{name}: not JSON (not UTF-8 text)") from None
    except ValueError:
        raise DataError(f"{name}: its JSON holds a number of too many digits") from None
    return found


def _is_plain(content: bytes | str) -> bool:
    """Say whether a text holds no character but ASCII, spelled as they are."""
    escaped = "\\u" in content if isinstance(content, str) else b"\\u" in content
    return content.isascii() and not escaped
