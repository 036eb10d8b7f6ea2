"""Files of any kind under names of their own, so that every message shows whom it is about."""

import itertools
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from edgewise.images.formats import SUFFIXES

STRANGE = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST = 60
CHUNK = 250


@dataclass(frozen=True)
class Specimen:
    """A file, and a number that stands in the name of every link to it."""

    token: str
    path: Path

    @property
    def name(self) -> str:
        """The name under which commands over many files see it."""
        return f"{self.token}-{STRANGE.sub('_', self.path.name)[-LONGEST:]}"

    @property
    def looks_like_picture(self) -> bool:
        """Whether a search of folders takes it for a picture."""
        return Path(self.name).suffix.lower() in SUFFIXES


def specimens(folder: Path) -> list[Specimen]:
    """Return everything below a folder that is no folder, in sorted order."""
    return [Specimen(f"t{n:06}", path) for n, path in enumerate(sorted(_files(folder)))]


def _files(folder: Path) -> Iterator[Path]:
    for above, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(above, name) for name in names)


def chunks(found: Sequence[Specimen], size: int = CHUNK) -> Iterator[list[Specimen]]:
    """Yield lists of at most so many."""
    yield from (
        map(list, itertools.batched(found, size))
        if hasattr(itertools, "batched")
        else (list(found[start : start + size]) for start in range(0, len(found), size))
    )


def stage(found: Sequence[Specimen], place: Path) -> Path:
    """Make a folder of links, divided into the classes bag and sneaker; return the folder."""
    data = place / "data"
    for label in ("bag", "sneaker"):
        (data / label).mkdir(parents=True)
    for number, one in enumerate(found):
        (data / ("bag", "sneaker")[number % 2] / one.name).symlink_to(one.path.absolute())
    (place / "list.txt").write_text("\n".join(f"{p}" for p in sorted(data.glob("*/*"))) + "\n")
    return data
