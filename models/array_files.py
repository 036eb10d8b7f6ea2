"""Files of safetensors: arrays and one JSON text, read without trust in what they say."""

import os
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from ..images.errors import DataError
from ..images.json_text import parse_json
from ..images.printable import printable
from ..images.regular import open_regular

# Bytes of the header, names and settings together. Ten thousand classes with
# long names, or a network of ten thousand layers, take a quarter of it.
MOST_HEADER = 8 << 20
# Of a sentence about what a file says.
MOST_WORDS = 300


def read_arrays(
    path: str | os.PathLike, key: str, what: str = "a .safetensors file"
) -> tuple[Any, dict[str, np.ndarray]]:
    """Return the JSON under a key of a file's header, None if there is none, and its arrays.

    Parameters
    ----------
    path : path
    key : str
    what : str
        What the file is called in errors.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    DataError
        If it may not be read, is no regular file, or is damaged.
    """
    name = os.fspath(path)
    _check_header(name, what)
    try:
        with safe_open(name, framework="numpy") as file:
            text = (file.metadata() or {}).get(key)
            arrays = {one: file.get_tensor(one) for one in file.keys()}  # noqa: SIM118
    except (SafetensorError, ValueError, TypeError, KeyError, AttributeError, OSError) as error:
        raise _damaged(name, what, error) from None
    return (None if text is None else parse_json(text, name)), arrays


def _check_header(name: str, what: str) -> None:
    """Look at the first bytes, before anything is believed or waited for."""
    try:
        with open_regular(name) as file:
            length = int.from_bytes(file.read(8), "little")
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DataError(f"{name}: {(error.strerror or str(error)).lower()}") from None
    if size < 8 or length > size - 8:
        raise _damaged(name, what, "its header would be longer than the file")
    if length > MOST_HEADER:
        raise _damaged(
            name, what, f"its header has {length:,} bytes, and at most {MOST_HEADER:,} are read"
        )


def _damaged(name: str, what: str, reason: object) -> DataError:
    return DataError(f"{name}: not {what}, or a damaged one ({shortened(reason)})")


def shortened(text: object) -> str:
    """Return what a file says as a few words on one line, whatever stands in it."""
    words = printable(text)
    return words if len(words) <= MOST_WORDS else f"{words[: MOST_WORDS - 3]}..."
