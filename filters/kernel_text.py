"""Kernels given as text or in a file."""

import json
from pathlib import Path

import numpy as np

from ..images.errors import EdgewiseError


def read_kernel(text: str) -> np.ndarray:
    """Read a kernel from an inline matrix or a file.

    Parameters
    ----------
    text : str
        ``[-1 0 1; -2 0 2]``, rows separated by semicolons, or ``@FILE``: text
        or CSV (a row a line), JSON (a list of rows) or .npy. Numbers may be
        fractions, such as 1/9.

    Returns
    -------
    ndarray of float32, (K, L)

    Raises
    ------
    EdgewiseError
        If the file cannot be read, or what is written is no matrix of numbers.
    """
    if text.startswith("@"):
        return _check(_read_file(Path(text[1:])), text[1:])
    return _check(_matrix(text.strip().removeprefix("[").removesuffix("]").split(";"), text), text)


def _read_file(path: Path) -> object:
    try:
        if path.suffix == ".npy":
            return np.load(path, allow_pickle=False)
        content = path.read_text()
    except OSError as error:
        raise EdgewiseError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except ValueError:
        raise EdgewiseError(f"{path}: a kernel file is text, CSV, JSON or .npy") from None
    if path.suffix == ".json":
        return _from_json(path, content)
    lines = [line.partition("#")[0] for line in content.splitlines()]
    return _matrix([line for line in lines if line.strip()], str(path))


def _from_json(path: Path, content: str) -> object:
    try:
        return json.loads(content)
    except ValueError as error:
        raise EdgewiseError(f"{path}: not valid JSON ({error})") from None


def _matrix(rows: list[str], source: str) -> list[list[float]]:
    return [[_number(word, source) for word in row.replace(",", " ").split()] for row in rows]


def _number(word: str, source: str) -> float:
    above, slash, below = word.partition("/")
    try:
        return float(above) / float(below) if slash else float(above)
    except (ValueError, ZeroDivisionError):
        raise EdgewiseError(f'{source}: "{word}" is not a number') from None


def _check(rows: object, source: str) -> np.ndarray:
    try:
        weights = np.atleast_2d(np.asarray(rows, dtype=np.float32))
    except (ValueError, TypeError):
        raise EdgewiseError(
            f'{source}: the rows of a kernel are numbers, equally many in each, as in "[1 2; 3 4]"'
        ) from None
    if weights.ndim != 2 or weights.size == 0:
        raise EdgewiseError(f'{source}: a kernel is a matrix of numbers, as in "[1 2; 3 4]"')
    if not np.isfinite(weights).all():
        raise EdgewiseError(f"{source}: a kernel holds finite numbers only")
    return weights
