"""Reading pictures that are files by their number, whole or only as large as needed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class FileReader:
    """Reads pictures that are files, whole or shrunk.

    Attributes
    ----------
    sources : sequence
        What `read_image` takes, or a function that gives it.
    names : sequence of str, or None
        What pictures are called in errors; their paths when left out.
    limit : dict
        ``max_pixels``, or nothing.
    """

    sources: Sequence[Any]
    names: Sequence[str] | None
    limit: dict

    def __call__(self, i: int) -> np.ndarray:
        """Read picture i."""
        return self.shrunk(i, None)[0]

    def shrunk(self, i: int, size: tuple[int, int] | None) -> tuple[np.ndarray, tuple[int, int]]:
        """Read picture i as `read_shrunk` does."""
        from .decode import read_shrunk

        source: Any = self.sources[i]
        name = self.names[i] if self.names else None
        source = source() if callable(source) else source
        return read_shrunk(source, size, name=name, **self.limit)


def chosen_reader(
    reader: Callable[[int], np.ndarray], chosen: list[int]
) -> Callable[[int], np.ndarray]:
    """Return a reader of some numbers of another."""
    if not isinstance(reader, FileReader):
        return lambda i: reader(chosen[i])
    names = reader.names and [reader.names[i] for i in chosen]
    return FileReader([reader.sources[i] for i in chosen], names, reader.limit)
