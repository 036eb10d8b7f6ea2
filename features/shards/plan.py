"""The plan of a folder of shards: which inputs, which settings, cut up how."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from ... import __version__
from ...images.dataset import Dataset
from ...images.errors import EdgewiseError
from ..config import HogConfig
from .places import json_line

SCHEMA = "edgewise.shards/1"

# Unless told otherwise: a shard is held in memory while it is computed, and
# what an interruption costs is one.
SHARD_BYTES, MOST_INPUTS = 2**26, 10_000
# Several processes share the work by shards: two that did 5,000 pictures in shards of 4,438
# and 562 took 1.8 times as long as need be. Fewer inputs would cost more in files.
LEAST_INPUTS, ENOUGH_SHARDS = 250, 32

# So many pictures are looked at before all are planned to be of one size.
LOOK_AHEAD = 10


@dataclass(frozen=True)
class ShardPlan:
    """What a folder of shards is to hold.

    Parameters
    ----------
    config : dict
        The HoG settings, as `HogConfig.to_dict` gives them.
    size : (int, int)
        Rows and columns that HoG sees.
    resize : bool
        Whether pictures of another size are resized, or fail.
    gray : bool
    pictures : int
    shard_size : int
        Inputs of a shard; the last one may have fewer.
    inputs : str
        SHA-256 over names, labels, sizes and times of change of the inputs.
    source : str
        A file that holds all pictures, absolute, or the word digits; "" where
        every picture has a file of its own.
    max_pixels : int or None
    classes : tuple of str
    labelled : bool
    exact : bool
        Whether JPEGs are decoded whole where a smaller scale would do.
    version : str
        Of Edgewise.
    """

    config: dict[str, Any]
    size: tuple[int, int]
    resize: bool
    gray: bool
    pictures: int
    shard_size: int
    inputs: str
    source: str = ""
    max_pixels: int | None = None
    classes: tuple[str, ...] = ()
    labelled: bool = False
    exact: bool = False
    version: str = field(default=__version__)

    @property
    def shards(self) -> int:
        """How many shards there are."""
        return -(-self.pictures // self.shard_size)

    @property
    def identity(self) -> str:
        """Twelve hexadecimal digits that tell this plan from any other."""
        return hashlib.sha256(json_line(self.to_dict())).hexdigest()[:12]

    @property
    def hog(self) -> HogConfig:
        """The HoG settings."""
        return HogConfig.from_dict(self.config)

    def to_dict(self) -> dict[str, Any]:
        """Return the plan for JSON."""
        return {"schema": SCHEMA, **asdict(self)}

    def inputs_of(self, number: int) -> int:
        """Return how many inputs a shard has."""
        return min(self.shard_size, self.pictures - number * self.shard_size)

    def numbers(self, part: tuple[int, int] = (1, 1)) -> range:
        """Return the numbers of the shards of part I of N."""
        return range(part[0] - 1, self.shards, part[1])


def make_plan(
    dataset: Dataset,
    config: HogConfig,
    *,
    size: tuple[int, int] | None = None,
    gray: bool = False,
    shard_size: int | None = None,
    max_pixels: int | None = None,
    exact: bool = False,
) -> ShardPlan:
    """Plan the shards of a data set.

    Without `size` the first picture that can be read sets it, and pictures of
    another size will fail.

    Raises
    ------
    EdgewiseError
        If no picture can be read, the first few differ in size, or they are
        too small for the settings.
    """
    found = size or _common_size(dataset)
    length = config.length(*found)
    digest = hashlib.sha256()
    for facts in facts_of(dataset, times=True):
        digest.update(json_line(facts))
    return ShardPlan(
        config=config.to_dict(),
        size=found,
        resize=size is not None,
        gray=gray,
        pictures=len(dataset),
        shard_size=shard_size or shard_size_for(len(dataset), length),
        inputs=digest.hexdigest(),
        source="" if dataset.paths else _source(dataset),
        max_pixels=max_pixels,
        classes=dataset.classes,
        labelled=dataset.labels is not None,
        exact=exact,
    )


def shard_size_for(pictures: int, length: int) -> int:
    """Return how many inputs a shard has that is neither too large nor one of too few."""
    most = max(1, min(MOST_INPUTS, SHARD_BYTES // (4 * length)))
    return min(most, max(LEAST_INPUTS, -(-pictures // ENOUGH_SHARDS)))


def _source(dataset: Dataset) -> str:
    if dataset.array is None:
        raise EdgewiseError(
            "a picture from stdin cannot be read again after an interruption, as a folder of "
            "shards needs it; name its file, or write to a file such as features.npz"
        )
    return dataset.source if dataset.source == "digits" else os.path.abspath(dataset.source)


def _common_size(dataset: Dataset) -> tuple[int, int]:
    found: list[tuple[str, tuple[int, int]]] = []
    for i, name in enumerate(dataset.names):
        if len(found) == LOOK_AHEAD:
            break
        try:
            rows, columns = dataset.read(i).shape[:2]
        except EdgewiseError:
            continue
        found.append((name, (rows, columns)))
    if not found:
        raise EdgewiseError("no picture can be read, so there is no size to plan for")
    different = [one for one in found if one[1] != found[0][1]]
    if different:
        raise EdgewiseError(
            f"the pictures differ in size ({_said(found[0])} and {_said(different[0])}); give one "
            "size for all, such as --size 64x128"
        )
    return found[0][1]


def _said(picture: tuple[str, tuple[int, int]]) -> str:
    name, (rows, columns) = picture
    return f"{name} is {columns}x{rows}"


def facts_of(dataset: Dataset, *, times: bool) -> Iterator[dict[str, Any]]:
    """Yield what is known of each input before it is read."""
    for i, name in enumerate(dataset.names):
        facts: dict[str, Any] = {"name": name}
        if dataset.labels is not None:
            facts["label"] = dataset.labels[i]
        if dataset.paths:
            facts["path"] = os.path.abspath(dataset.paths[i])
            if times:
                facts |= _stamp(dataset.paths[i])
        yield facts


def _stamp(path: str) -> dict[str, int]:
    try:
        found = os.stat(path)
    except OSError:
        return {"bytes": -1, "changed": -1}
    return {"bytes": found.st_size, "changed": found.st_mtime_ns}
