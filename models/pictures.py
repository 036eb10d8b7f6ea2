"""A labelled data set in memory: every picture of one size and colour, as bytes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..features.preparation import prepare
from ..images.colour import to_rgb
from ..images.dataset import Dataset
from ..images.errors import DataError, EdgewiseError, reason_of
from .fields import check_names
from .room import check_room
from .sizes import as_option, moderate_size


@dataclass(frozen=True, eq=False)
class Pictures:
    """Labelled pictures, ready for a network.

    Parameters
    ----------
    images : ndarray, (M, H, W, C) uint8
        C is 1 or 3.
    labels : ndarray, (M,) int64
        Places in `classes`.
    classes : tuple of str
    names : tuple of str
    groups : tuple of str, or None
        Pictures of one group belong together.
    """

    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.images)

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.images.shape[1], self.images.shape[2]

    @property
    def channels(self) -> int:
        """1 for gray, 3 for colour."""
        return self.images.shape[3]

    def subset(self, places: np.ndarray) -> "Pictures":
        """Return some of the pictures, in the order of their places."""
        return replace(
            self,
            images=self.images[places],
            labels=self.labels[places],
            names=tuple(self.names[i] for i in places),
            groups=None if self.groups is None else tuple(self.groups[i] for i in places),
        )


def load_pictures(
    dataset: Dataset,
    *,
    size: tuple[int, int] | None = None,
    channels: int | None = None,
    classes: tuple[str, ...] | None = None,
    jobs: int | None = None,
    progress: Callable[[int], object] | None = None,
    failed: Callable[[str, str], object] | None = None,
) -> Pictures:
    """Read all pictures of a data set into memory.

    Parameters
    ----------
    dataset : Dataset
        With labels.
    size : (int, int), optional
        Rows and columns that every picture is resized to; that of the first
        one when left out.
    channels : int, optional
        1 makes colour gray, 3 gray coloured; when left out, 3 if any picture
        has colour.
    classes : tuple of str, optional
        The classes to number the labels by; the data set's own when left out.
    jobs : int, optional
        Threads that read; one a core when left out.
    progress, failed : callable, optional
        Told how many pictures are dealt with, and of those that cannot be read.

    Raises
    ------
    EdgewiseError
        If none can be read, or sizes differ and no size is given.
    DataError
        If there are no labels, or one that is none of the classes.
    """
    number = _numbers(dataset, classes)
    labels = dataset.labels or ()
    array = dataset.array
    if array is not None and size in (None, array.shape[1:]) and channels != 3:
        # In memory already, and gray: one by one it would take a second for MNIST.
        numbers = np.array([number[label] for label in labels])
        names = tuple(dataset.names)
        return Pictures(array[..., None], numbers, tuple(number), names, dataset.groups)
    if size is not None:
        needed = len(dataset) * size[0] * size[1] * (channels or 1)
        check_room(needed, f"{len(dataset):,} pictures of {size[1]}x{size[0]}")
    shelf = _Shelf(len(dataset), channels)
    kept: list[int] = []

    def read(i: int) -> np.ndarray:
        return as_bytes(prepare(dataset.read_for(i, size)[0], size=size, channels=channels or 3))

    for done, (i, image) in enumerate(replace(dataset, reader=read).images(jobs), start=1):
        if isinstance(image, EdgewiseError):
            if failed:
                failed(dataset.names[i], reason_of(image))
        else:
            shelf.put(len(kept), image, dataset.names[i])
            kept.append(i)
        if progress and (done % 256 == 0 or done == len(dataset)):
            progress(done)
    if not kept:
        raise EdgewiseError(f"{dataset.source}: no picture could be read")
    return Pictures(
        images=shelf.images[: len(kept)],
        labels=np.array([number[labels[i]] for i in kept]),
        classes=tuple(number),
        names=tuple(dataset.names[i] for i in kept),
        groups=None if dataset.groups is None else tuple(dataset.groups[i] for i in kept),
    )


def _numbers(dataset: Dataset, classes: tuple[str, ...] | None) -> dict[str, int]:
    if dataset.labels is None:
        raise DataError(
            "the pictures have no labels; put each class in a folder of its own, or use a "
            "manifest with the columns path,label"
        )
    number = {name: i for i, name in enumerate(classes or dataset.classes)}
    if unknown := [name for name in dataset.classes if name not in number]:
        raise DataError(
            f'the class "{unknown[0]}" was not learned; the classes are {", ".join(number)}'
        )
    check_names(tuple(number))
    return number


class _Shelf:
    """Room for pictures of one size; becomes coloured when the first coloured one comes."""

    def __init__(self, count: int, channels: int | None):
        self.count, self.channels = count, channels
        self.images = np.empty((0, 0, 0, 0), np.uint8)
        self.first = ""

    def put(self, place: int, image: np.ndarray, name: str) -> None:
        """Keep a picture."""
        channels = self.channels or (1 if image.ndim == 2 else 3)
        if not place:
            self.first = name
            needed = self.count * image.shape[0] * image.shape[1] * channels
            check_room(needed, f"{self.count:,} pictures of {_size(image)}")
            self.images = np.empty((self.count, *image.shape[:2], channels), np.uint8)
        if image.shape[:2] != self.images.shape[1:3]:
            raise EdgewiseError(
                f"the pictures differ in size ({self.first} is {_size(self.images[0])} and "
                f"{name} is {_size(image)}); give one size for all, such as "
                f"{as_option(*moderate_size(*self.images.shape[1:3]))}"
            )
        if channels > self.images.shape[-1]:
            self.images = np.repeat(self.images, 3, axis=3)
        self.images[place] = image[..., None] if image.ndim == 2 else image


def _size(image: np.ndarray) -> str:
    return f"{image.shape[1]}x{image.shape[0]}"


def as_bytes(image: np.ndarray) -> np.ndarray:
    """Return a picture as uint8: 16 bits lose their lower half, others are rounded and cut off.

    NaN becomes 0.
    """
    if image.dtype == np.uint16:
        return (image >> 8).astype(np.uint8)
    if image.dtype != np.uint8:
        return np.clip(np.nan_to_num(np.rint(image)), 0, 255).astype(np.uint8)
    return image


def as_network_sees(image: np.ndarray, size: tuple[int, int], channels: int) -> np.ndarray:
    """Return a picture as (H, W, C) uint8 of a model's size and colour."""
    image = as_bytes(prepare(image, size=size, channels=channels))
    return image[..., None] if channels == 1 else to_rgb(image)
