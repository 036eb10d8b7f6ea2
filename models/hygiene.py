"""What there is to know of the pictures of a data set before anything learns from them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b

import numpy as np

from ..images.dataset import Dataset
from ..images.errors import EdgewiseError, reason_of
from .hygiene_signature import signatures
from .linear_threads import single_blas

HASH = 16  # bytes
PICTURES_AT_ONCE = 2048

Watch = Callable[[Iterable, int], Iterable]


@dataclass(frozen=True)
class Sight:
    """What is kept of one picture: some 1.2 kB, whatever its size."""

    digest: bytes
    signature: np.ndarray
    shape: tuple[int, ...]
    dtype: str
    flat: bool
    format: str = ""
    mode: str = ""

    @property
    def size(self) -> str:
        """Width and height, as WxH."""
        return f"{self.shape[1]}x{self.shape[0]}"

    @property
    def colour(self) -> str:
        """Gray or RGB, with or without alpha."""
        channels = 1 if len(self.shape) == 2 else self.shape[2]
        names = {1: "gray", 2: "gray+alpha", 3: "RGB", 4: "RGB+alpha"}
        return names.get(channels, f"{channels} channels")


@dataclass(frozen=True, eq=False)
class Survey:
    """What was seen of a data set.

    Attributes
    ----------
    dataset : Dataset
    places : ndarray of int, (M,)
        The pictures that can be read, by their numbers in the data set.
    sights : list of Sight
        Of these pictures.
    failed : list of (str, str)
        The others: name and reason.
    """

    dataset: Dataset
    places: np.ndarray
    sights: list[Sight]
    failed: list[tuple[str, str]]

    def __len__(self) -> int:
        return len(self.sights)

    @property
    def signatures(self) -> np.ndarray:
        """All signatures, (M, n) float32."""
        return np.stack([one.signature for one in self.sights])

    @property
    def names(self) -> list[str]:
        """The pictures' paths, or what else they are called."""
        names = self.dataset.paths or self.dataset.names
        return [names[int(i)] for i in self.places]

    @property
    def labels(self) -> list[str] | None:
        """The pictures' labels, if they have any."""
        labels = self.dataset.labels
        return None if labels is None else [labels[i] for i in self.places]


def survey(
    dataset: Dataset,
    *,
    jobs: int | None = None,
    watch: Watch = lambda items, total: items,
) -> Survey:
    """Look at every picture of a data set once, in bounded memory.

    Parameters
    ----------
    dataset : Dataset
    jobs : int, optional
        Threads that read; one a core when left out.
    watch : callable, optional
        ``watch(items, total)`` passes items on, under a progress bar say.
    """
    with single_blas():
        if dataset.array is not None:
            return _of_array(dataset, dataset.array, watch)
        return _of_files(dataset, jobs, watch)


def _of_files(dataset: Dataset, jobs: int | None, watch: Watch) -> Survey:
    places, sights, failed = [], [], []
    looking = replace(dataset, reader=partial(_look, dataset))
    for i, found in watch(looking.images(jobs, ahead=64), len(dataset)):
        if isinstance(found, EdgewiseError):
            # The error knows the whole path, the data set a part of it.
            name = getattr(found, "name", dataset.names[i])
            failed.append((name, reason_of(found)))
        else:
            places.append(i)
            sights.append(found)
    return Survey(dataset, np.array(places, np.int64), sights, failed)


def _look(dataset: Dataset, i: int) -> Sight:
    from ..images.decode import read_header

    (sight,) = _sights(dataset.read(i)[None])
    if dataset.paths is None:
        return sight
    header = read_header(dataset.paths[i])
    return replace(sight, format={"PPM": "PNM"}.get(header.format, header.format), mode=header.mode)


def _of_array(dataset: Dataset, array: np.ndarray, watch: Watch) -> Survey:
    sights = []
    starts = range(0, len(array), PICTURES_AT_ONCE)
    for start in watch(starts, len(starts)):
        sights += _sights(array[start : start + PICTURES_AT_ONCE])
    return Survey(dataset, np.arange(len(array)), sights, [])


def _sights(images: np.ndarray) -> list[Sight]:
    """Look at pictures (N, H, W[, C]) of one shape."""
    flat = _flat(images)
    return [
        Sight(pixels_digest(image), signature, image.shape, image.dtype.name, bool(one))
        for image, signature, one in zip(images, signatures(images), flat, strict=True)
    ]


def pixels_digest(image: np.ndarray) -> bytes:
    """Hash the decoded pixels: however a file packs them, the same picture has the same hash."""
    kind = f"{image.shape} {image.dtype.name}".encode()
    return blake2b(
        np.ascontiguousarray(image).data, digest_size=HASH, person=_person(kind)
    ).digest()


def _person(kind: bytes) -> bytes:
    return blake2b(kind, digest_size=16).digest()


def _flat(images: np.ndarray) -> np.ndarray:
    """Tell which pictures have one value in each channel."""
    return (images == images[:, :1, :1]).all(axis=tuple(range(1, images.ndim)))
