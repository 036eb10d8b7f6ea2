"""Kernels given as text or in a file: our own spelling, libvips' and ImageMagick's."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..images.errors import DataError, EdgewiseError
from ..images.json_text import parse_json
from ..images.npy_format import read_header, read_values
from ..images.regular import open_regular, read_regular

LARGEST_FILE = 1 << 26
_GEOMETRY = re.compile(r"\s*(\d+)(?:x(\d+))?(?:([-+]\d+)([-+]\d+))?\s*:(.*)", re.DOTALL)


@dataclass(frozen=True)
class GivenKernel:
    """A kernel as it was given.

    Attributes
    ----------
    weights : ndarray of float32, (K, L)
    bias : float
        What a libvips matrix file adds to every result.
    anchor : (int, int) or None
        (row, column) that lies on the pixel, where the text says it.
    """

    weights: np.ndarray
    bias: float = 0.0
    anchor: tuple[int, int] | None = None


def read_kernel(text: str) -> np.ndarray:
    """Read a kernel's weights from an inline matrix or a file; see `given_kernel`."""
    return given_kernel(text).weights


def given_kernel(text: str) -> GivenKernel:
    """Read a kernel from an inline matrix or a file.

    Parameters
    ----------
    text : str
        ``[-1 0 1; -2 0 2]``, rows separated by semicolons; ImageMagick's
        ``WxH+X+Y:v,v,...`` in brackets, where ``nan`` and ``-`` are taps that
        do not count; or ``@FILE``: text or CSV (a row a line), JSON (a list of
        rows), .npy, libvips' .mat (``width height scale offset``, then the
        rows, which are divided by the scale), or ImageMagick's string. Numbers
        may be fractions, such as 1/9.

    Returns
    -------
    GivenKernel

    Raises
    ------
    DataError
        If a file cannot be read, or holds no matrix of numbers.
    EdgewiseError
        If what is written is no matrix of numbers.
    """
    if text.startswith("@"):
        try:
            return _read_file(Path(text[1:]))
        except EdgewiseError as error:
            raise DataError(str(error), hint=error.hint) from None
    inside = text.strip().removeprefix("[").removesuffix("]")
    return _of_words(inside, inside.split(";"), text)


def _of_words(content: str, rows: list[str], source: str) -> GivenKernel:
    if geometry := _GEOMETRY.fullmatch(content):
        return _imagemagick(geometry, source)
    return GivenKernel(_check(_matrix(rows, source), source))


def _read_file(path: Path) -> GivenKernel:
    try:
        if path.suffix == ".npy":
            return GivenKernel(_check(_array(path), str(path)))
        content = read_regular(path, limit=LARGEST_FILE).decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except EdgewiseError:
        raise
    except UnicodeDecodeError:
        raise DataError(
            f"{path}: a kernel file is text, CSV, JSON, .npy, libvips' .mat or an ImageMagick "
            "string",
            hint="save the matrix as .npy or .csv",
        ) from None
    if path.suffix == ".json":
        return GivenKernel(_check(parse_json(content, path), str(path)))
    lines = [line.partition("#")[0] for line in content.splitlines()]
    lines = [line for line in lines if line.strip()]
    if path.suffix == ".mat":
        return _libvips(lines, str(path))
    return _of_words("\n".join(lines), lines, str(path))


def _array(path: Path) -> np.ndarray:
    with open_regular(path) as file:
        try:
            header = read_header(file)
            if header.end > LARGEST_FILE:
                raise DataError(f"larger than {LARGEST_FILE:,} bytes; kernels are small")
            return read_values(file, header)
        except DataError as error:
            raise DataError(f"{path}: {error}") from None


def _libvips(lines: list[str], source: str) -> GivenKernel:
    """Read ``width height [scale [offset]]`` and the rows below; sums are divided by the scale."""
    head, *rows = _matrix(lines, source) or [[]]
    width, height, scale, offset = [*head, *(0, 0, 1, 0)[len(head) :]][:4]
    numbers = [number for row in rows for number in row]
    if not 2 <= len(head) <= 4 or scale == 0 or len(numbers) != width * height or not numbers:
        raise EdgewiseError(
            f"{source}: a libvips matrix begins with its width, height, scale (not 0) and offset, "
            "and holds width x height numbers below"
        )
    weights = np.reshape(numbers, (int(height), int(width))) / scale
    return GivenKernel(_check(weights, source), float(offset))


def _imagemagick(geometry: re.Match, source: str) -> GivenKernel:
    width, height, x, y, numbers = geometry.groups()
    columns, rows = int(width), int(height or width)
    words = numbers.replace(",", " ").split()
    if len(words) != columns * rows:
        raise EdgewiseError(
            f"{source}: {columns}x{rows} wants {columns * rows} numbers, and there are {len(words)}"
        )
    # ImageMagick's middle, left of and above the true one for even sizes.
    anchor = (int(y), int(x)) if x else ((rows - 1) // 2, (columns - 1) // 2)
    if not (0 <= anchor[0] < rows and 0 <= anchor[1] < columns):
        raise EdgewiseError(
            f"{source}: the origin {x}{y} lies outside the kernel, which has {columns} columns and "
            f"{rows} rows, counted from 0"
        )
    values = [0.0 if word.lower() in ("-", "nan") else _number(word, source) for word in words]
    return GivenKernel(_check(np.reshape(values, (rows, columns)), source), 0.0, anchor)


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
        with np.errstate(over="ignore"):
            weights = np.atleast_2d(np.asarray(rows, dtype=np.float32))
    except (ValueError, TypeError):
        raise EdgewiseError(
            f'{source}: the rows of a kernel are numbers, equally many in each, as in "[1 2; 3 4]"'
        ) from None
    if weights.ndim != 2 or weights.size == 0:
        raise EdgewiseError(f'{source}: a kernel is a matrix of numbers, as in "[1 2; 3 4]"')
    if not np.isfinite(weights).all():
        raise EdgewiseError(f"{source}: a kernel holds finite numbers only, up to 3.4e38")
    return weights
