"""HoG of a whole data set, streamed: reading, resizing and histograms overlap."""

import os
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial

import numpy as np

from ..images.dataset import Dataset, natural_key
from ..images.errors import EdgewiseError
from .config import HogConfig
from .hog import hog_batch
from .input_index import inputs_of
from .reading import Reading
from .rows import Rows
from .table import FeatureTable


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
    if size is not None:
        config.length(*size)
    reading = Reading(dataset, size, 1 if gray else 3, config.fit, jobs, failed)
    kept: list[int] = []
    rows, saw_colour = None, False
    with ExitStack() as opened:
        for indices, images in reading.chunks():
            if rows is None:
                size = images.shape[1:3]
                length = _length(config, size, dataset.names[indices[0]])
                rows = opened.enter_context(closing(Rows(len(dataset), length, scratch)))
            rows.add(len(indices), partial(_fill, config, images))
            kept += indices
            saw_colour |= images.ndim == 4
            if progress:
                progress(len(kept) + len(reading.failures))
        if size is None or rows is None:
            raise EdgewiseError(reading.nothing_read())
        labels, classes = labels_of(dataset, kept)
        return FeatureTable(
            X=rows.result(),
            names=tuple(dataset.names[i] for i in kept),
            labels=labels,
            classes=classes,
            config=config,
            size=size,
            channels=3 if saw_colour else 1,
            failed=tuple(reading.failures),
            inputs=inputs_of(dataset, reading.sizes, kept, classes),
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


def labels_of(dataset: Dataset, kept: list[int]) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Return labels and classes of the pictures of some numbers."""
    if dataset.labels is None:
        return None, ()
    labels = tuple(dataset.labels[i] for i in kept)
    return labels, tuple(sorted(set(labels), key=natural_key))
