"""Reading pictures in order and stacking them: what extraction is fed with."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np

from ..images.dataset import Dataset
from ..images.errors import EdgewiseError, reason_of
from .preparation import prepare

# Pixels given to the loops at a time: some 5 ms of work, so that progress
# moves, Ctrl-C is heard, and little more than the vectors is held in memory. Four
# times as many took 4.0 s for 2,000 photographs of 500x375, against 2.8: fresh
# memory has to be mapped for each chunk then.
CHUNK_PIXELS = 1_000_000

# How many more pictures are looked at before a common size is suggested.
LOOK_AHEAD = 200

Chunk = tuple[list[int], np.ndarray]


def pictures_at_once(shape: tuple[int, ...]) -> int:
    """Return how many pictures of a shape are given to the loops at a time."""
    return max(1, CHUNK_PIXELS // (shape[0] * shape[1]))


@dataclass(eq=False)
class Reading:
    """The pictures of a data set on their way to HoG.

    Parameters
    ----------
    dataset : Dataset
    size : (int, int) or None
        Rows and columns that every picture comes to.
    channels : int
        1 makes colour gray.
    fit : str
        What is done about another proportion of height to width.
    jobs : int or None
        Threads.
    failed : callable or None
        Called with the name of a picture that cannot be read, and the reason.
    """

    dataset: Dataset
    size: tuple[int, int] | None
    channels: int
    fit: str = "stretch"
    jobs: int | None = None
    failed: Callable[[str, str], object] | None = None
    failures: list[tuple[str, str]] = field(default_factory=list)
    # Rows and columns of each picture in its file; 0 where it could not be read.
    sizes: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.sizes = np.zeros((len(self.dataset), 2), np.int32)

    def fail(self, i: int, error: EdgewiseError) -> None:
        """Note that a picture has no features, and say so."""
        self.sizes[i] = 0
        self.failures.append((self.dataset.names[i], reason_of(error)))
        if self.failed:
            self.failed(*self.failures[-1])

    def chunks(self) -> Iterator[Chunk]:
        """Yield the numbers and the stacked pictures of one chunk after the other."""
        array = self.dataset.array
        if array is None or array.ndim != 3 or self.size not in (None, array.shape[1:3]):
            yield from stacked(self._of_one_size())
            return
        self.sizes[:] = array.shape[1:3]
        step = pictures_at_once(array.shape[1:]) if len(array) else 1
        for start in range(0, len(array), step):
            images = array[start : start + step]
            yield list(range(start, start + len(images))), images

    def pictures(self) -> Iterator[tuple[int, np.ndarray | EdgewiseError]]:
        """Yield number and picture, or why it cannot be read, in order."""

        def read(i: int) -> np.ndarray:
            image, self.sizes[i] = self.dataset.read_for(i, self.size)
            return prepare(image, size=self.size, channels=self.channels, fit=self.fit)

        return replace(self.dataset, reader=read).images(self.jobs)

    def _of_one_size(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the pictures that can be read, all of one size; raise if sizes differ."""
        stream, names = self.pictures(), self.dataset.names
        first: tuple[str, tuple[int, int]] | None = None
        for i, image in stream:
            if isinstance(image, EdgewiseError):
                self.fail(i, image)
                continue
            first = first or (names[i], image.shape[:2])
            if image.shape[:2] != first[1]:
                raise EdgewiseError(_sizes_differ(first, (names[i], image.shape[:2]), stream))
            yield i, image

    def nothing_read(self) -> str:
        """Return why there are no features, the first failure's reason too unless it was said."""
        if not self.failures:
            return f"{self.dataset.source}: there are no pictures"
        if self.failed:
            return "no picture could be used, so there are no features"
        name, reason = self.failures[0]
        return f"no picture could be read; the first, {name}: {reason}"


def _sizes_differ(first, second, stream: Iterator) -> str:
    sizes = Counter([first[1], second[1]])
    for _, found in islice(stream, LOOK_AHEAD):
        if not isinstance(found, EdgewiseError):
            sizes[found.shape[:2]] += 1
    (rows, columns), _ = sizes.most_common(1)[0]
    names = " and ".join(f"{name} is {size[1]}x{size[0]}" for name, size in (first, second))
    return (
        f"the pictures differ in size ({names}); give one size for all, "
        f"such as --size {columns}x{rows}, the most common of those seen"
    )


def stacked(pictures: Iterator[tuple[int, np.ndarray]]) -> Iterator[Chunk]:
    """Stack numbered pictures until they are many enough, or the next has another shape or dtype.

    Yields
    ------
    numbers : list of int
    images : ndarray, (N, H, W) or (N, H, W, C)
    """
    indices: list[int] = []
    images: list[np.ndarray] = []
    for i, image in pictures:
        if images and not _goes_with(image, images):
            yield indices, np.stack(images)
            indices, images = [], []
        indices.append(i)
        images.append(image)
    if images:
        yield indices, np.stack(images)


def _goes_with(image: np.ndarray, images: list[np.ndarray]) -> bool:
    alike = image.shape == images[0].shape and image.dtype == images[0].dtype
    return alike and len(images) < pictures_at_once(image.shape)
