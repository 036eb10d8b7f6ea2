"""Reading pictures that are files by their number, whole or only as large as needed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .texts import Texts


@dataclass(frozen=True)
class FileReader:
    """Reads pictures that are files, whole or shrunk.

    Attributes
    ----------
    paths : sequence of str
    names : sequence of str, or None
        What pictures are called in errors; their paths when left out.
    limit : dict
        ``max_pixels``, or nothing.
    pipes : dict
        By their numbers: what gives the bytes of those that have no path.
    """

    paths: Sequence[str]
    names: Sequence[str] | None
    limit: dict
    pipes: dict[int, Callable[[], Path | bytes]] = field(default_factory=dict)

    def __call__(self, i: int) -> np.ndarray:
        """Read picture i."""
        return self.shrunk(i, None)[0]

    def shrunk(self, i: int, size: tuple[int, int] | None) -> tuple[np.ndarray, tuple[int, int]]:
        """Read picture i as `read_shrunk` does."""
        from .decode import read_shrunk

        source = self.pipes[i]() if i in self.pipes else self.paths[i]
        name = self.names[i] if self.names else None
        return read_shrunk(source, size, name=name, **self.limit)


def chosen_reader(
    reader: Callable[[int], np.ndarray], chosen: list[int]
) -> Callable[[int], np.ndarray]:
    """Return a reader of some numbers of another."""
    if not isinstance(reader, FileReader):
        return lambda i: reader(chosen[i])
    names = reader.names and Texts(reader.names[i] for i in chosen)
    pipes = {new: reader.pipes[i] for new, i in enumerate(chosen) if i in reader.pipes}
    return FileReader(Texts(reader.paths[i] for i in chosen), names, reader.limit, pipes)
