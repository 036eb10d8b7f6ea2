"""HoG of a whole data set, streamed: reading, resizing and histograms overlap."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from itertools import islice

import numpy as np

from ..images.dataset import Dataset, natural_key
from ..images.errors import EdgewiseError
from .config import HogConfig
from .hog import hog_batch
from .rows import Rows
from .table import FeatureTable

# Pixels given to the loops at a time: some 20 ms of work, so that progress
# moves, Ctrl-C is heard, and little more than the vectors is held in memory.
CHUNK_PIXELS = 4_000_000

# How many more pictures are looked at before a common size is suggested.
LOOK_AHEAD = 200

Chunk = tuple[list[int], np.ndarray]


def extract(
    dataset: Dataset,
    config: HogConfig,
    *,
    size: tuple[int, int] | None = None,
    gray: bool = False,
    jobs: int | None = None,
    progress: Callable[[int], object] | None = None,
    failed: Callable[[str, str], object] | None = None,
    scratch: str | os.PathLike | None = None,
) -> FeatureTable:
    """Compute the HoG vectors of all pictures of a data set.

    Parameters
    ----------
    dataset : Dataset
    config : HogConfig
    size : (int, int), optional
        Rows and columns that every picture is resized to. JPEGs are decoded at
        a half, a quarter or an eighth then where that is no smaller; not so if
        the data set is one of `Dataset.exactly`.
    gray : bool
        Make colour pictures gray instead of using their strongest channel.
    jobs : int, optional
        Threads that read pictures; one a core when left out.
    progress : callable, optional
        Called now and then with the number of pictures dealt with so far.
    failed : callable, optional
        Called with the name of a picture that cannot be read, and the reason.
    scratch : path, optional
        A folder where vectors of more than 256 MiB gather, instead of in memory.

    Returns
    -------
    FeatureTable
        In the order of the data set, without the pictures that failed.

    Raises
    ------
    EdgewiseError
        If no picture can be read, if they differ in size and no size is
        given, or if they are too small.
    """
    failures: list[tuple[str, str]] = []

    def fail(i: int, error: EdgewiseError) -> None:
        failures.append((dataset.names[i], getattr(error, "reason", str(error))))
        if failed:
            failed(*failures[-1])

    if size is not None:
        config.length(*size)
    channels = 1 if gray else 3
    rows, kept, saw_colour = None, [], False
    with ExitStack() as opened:
        for indices, images in _chunks(dataset, size, channels, jobs, fail, config.fit):
            if rows is None:
                size = images.shape[1:3]
                length = _length(config, size, dataset.names[indices[0]])
                rows = opened.enter_context(closing(Rows(len(dataset), length, scratch)))
            rows.add(len(indices), partial(_fill, config, images))
            kept += indices
            saw_colour |= images.ndim == 4
            if progress:
                progress(len(kept) + len(failures))
        if size is None or rows is None:
            raise EdgewiseError(nothing_read(dataset, failures, said=failed is not None))
        return FeatureTable(
            X=rows.result(),
            names=tuple(dataset.names[i] for i in kept),
            config=config,
            size=size,
            channels=3 if saw_colour else 1,
            failed=tuple(failures),
            **labels_of(dataset, kept),
        )


def _fill(config: HogConfig, images: np.ndarray, out: np.ndarray) -> None:
    """Describe pictures by HoG, or by what else knows how to, such as several HoGs joined."""
    if isinstance(config, HogConfig):
        hog_batch(images, config, out=out)
    else:
        config.compute(images, out=out)


def _length(config: HogConfig, size: tuple[int, int], name: str) -> int:
    try:
        return config.length(*size)
    except EdgewiseError as error:
        raise EdgewiseError(f"{name}: {error}") from None


def labels_of(dataset: Dataset, kept: list[int]) -> dict:
    """Return labels and classes of the pictures of some numbers, as `FeatureTable` wants them."""
    if dataset.labels is None:
        return {"labels": None, "classes": ()}
    labels = tuple(dataset.labels[i] for i in kept)
    return {"labels": labels, "classes": tuple(sorted(set(labels), key=natural_key))}


def nothing_read(dataset: Dataset, failures: list[tuple[str, str]], *, said: bool) -> str:
    """Return why there are no features, the first failure's reason too unless it was said."""
    if not failures:
        return f"{dataset.source}: there are no pictures"
    if said:
        return "no picture could be used, so there are no features"
    name, reason = failures[0]
    return f"no picture could be read; the first, {name}: {reason}"


def prepare(
    image: np.ndarray,
    *,
    size: tuple[int, int] | None = None,
    channels: int = 3,
    fit: str = "stretch",
) -> np.ndarray:
    """Return a picture as HoG sees it in a table.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C)
    size : (int, int), optional
        Rows and columns to resize to.
    channels : int
        1 makes colour gray. With 3 colour is kept, and gray too: among
        coloured pictures it needs no change, its strongest channel is itself.
    fit : {"stretch", "crop", "pad"}
        What `resize` does about another proportion of height to width.

    Returns
    -------
    ndarray, (H, W) or (H, W, C), of the same dtype
        Without alpha.
    """
    from ..images.colour import split_alpha, to_gray

    image = to_gray(image) if channels == 1 else split_alpha(image)[0]
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[:, :, 0]
    if size is not None and image.shape[:2] != tuple(size):
        from ..images.resize import resize

        image = resize(image, size, fit)
    return image


def pictures_at_once(shape: tuple[int, ...]) -> int:
    """Return how many pictures of a shape are given to the loops at a time."""
    return max(1, CHUNK_PIXELS // (shape[0] * shape[1]))


def _chunks(dataset: Dataset, size, channels: int, jobs, fail, fit: str) -> Iterator[Chunk]:
    """Yield the numbers and the stacked pictures of one chunk after the other."""
    array = dataset.array
    if array is not None and len(array) and size in (None, array.shape[1:3]) and array.ndim == 3:
        step = pictures_at_once(array.shape[1:])
        for start in range(0, len(array), step):
            images = array[start : start + step]
            yield list(range(start, start + len(images))), images
        return
    yield from _stacked(_read(dataset, size, channels, jobs, fail, fit))


def _read(dataset: Dataset, size, channels, jobs, fail, fit) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the pictures that can be read, all of one size; raise if sizes differ."""

    def read(i: int) -> np.ndarray:
        return prepare(dataset.read_for(i, size)[0], size=size, channels=channels, fit=fit)

    stream = replace(dataset, reader=read).images(jobs)
    first: tuple[str, tuple[int, int]] | None = None
    for i, image in stream:
        if isinstance(image, EdgewiseError):
            fail(i, image)
            continue
        first = first or (dataset.names[i], image.shape[:2])
        if image.shape[:2] != first[1]:
            second = dataset.names[i], image.shape[:2]
            ahead = [found for _, found in islice(stream, LOOK_AHEAD)]
            raise EdgewiseError(_sizes_differ(first, second, ahead))
        yield i, image


def _sizes_differ(first, second, ahead: list) -> str:
    sizes = Counter([first[1], second[1]])
    sizes.update(found.shape[:2] for found in ahead if not isinstance(found, EdgewiseError))
    (rows, columns), _ = sizes.most_common(1)[0]
    names = " and ".join(f"{name} is {size[1]}x{size[0]}" for name, size in (first, second))
    return (
        f"the pictures differ in size ({names}); give one size for all, "
        f"such as --size {columns}x{rows}, the most common of those seen"
    )


def _stacked(pictures: Iterator[tuple[int, np.ndarray]]) -> Iterator[Chunk]:
    """Stack pictures until they are many enough, or the next has another shape or dtype."""
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
