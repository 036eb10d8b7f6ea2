"""Pictures that are in two of the parts of a comparison, exactly or nearly."""

from dataclasses import asdict, dataclass

import numpy as np

from ..hygiene import pixels_digest
from ..hygiene_duplicates import Duplicates, find_duplicates
from ..hygiene_signature import signatures
from ..linear_threads import single_blas
from .contest import Contest
from .parts import Parts

STEP = "overlap"
# The first part, whose pictures are counted, and the one where they are looked for.
PAIRS = (("test", "train"), ("test", "validation"), ("validation", "train"))


@dataclass(frozen=True)
class Overlap:
    """How many pictures of one part are in another.

    Parameters
    ----------
    part, other : {'train', 'validation', 'test'}
    count : int
        Pictures of the part.
    exact : int
        Those that are in the other one, pixel by pixel.
    near : int
        Those, of the rest, that look nearly the same as one there, or as its
        mirror image.
    """

    part: str
    other: str
    count: int
    exact: int
    near: int

    @property
    def counts(self) -> tuple[int, int, int]:
        """The three numbers."""
        return self.count, self.exact, self.near

    def to_dict(self) -> dict:
        """Return everything ready for JSON."""
        return asdict(self)


def run_overlap(contest: Contest) -> None:
    """Look for pictures that are in two parts, if that is not done."""
    if contest.steps.read(STEP) is not None:
        return
    count = contest.parts.count
    with contest.counter(total=count, unit="picture", what="looking for duplicates") as told:
        found = overlaps(contest.parts, told)
    contest.steps.finish(STEP, {"overlaps": [one.to_dict() for one in found]})


def overlaps(parts: Parts, progress=None) -> tuple[Overlap, ...]:
    """Return what any two of the parts have in common, for each of `PAIRS`."""
    names = ("train", "validation", "test")
    own = [getattr(parts, name) for name in names]
    digests = [pixels_digest(image) for part in own for image in part.images]
    with single_blas():
        looks = np.concatenate([signatures(part.images) for part in own])
    found = find_duplicates(digests, looks, progress=progress)
    sides = np.repeat(names, [len(part) for part in own])
    return tuple(_overlap(found, sides, *pair) for pair in PAIRS)


def _overlap(found: Duplicates, sides: np.ndarray, part: str, other: str) -> Overlap:
    own, known = sides == part, sides == other
    exact, alike = (
        np.isin(groups[own], groups[known]) for groups in (found.exact, found.twins)
    )  # fmt: skip
    return Overlap(
        part, other, int(own.sum()), int(exact.sum()), int((alike & ~exact).sum())
    )  # fmt: skip
