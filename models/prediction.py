"""Judging raw pictures, many or few, as a model's file says."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from ..images.dataset import Dataset
from ..images.errors import EdgewiseError
from .evaluation import UNJUDGED
from .files import Model
from .linear import LinearModel

# Pictures judged at a time. The first answers come promptly; then the lists
# double, so that of many pictures little time goes to anything but the loops.
# The lengths depend on nothing but the place in the data set: the last digits
# of an answer may depend on how many are judged together.
FEWEST, MOST = 16, 1024
PIXELS_AT_ONCE = 4_000_000
# Even of few pictures, where each is of millions.
MOST_PIXELS = 64_000_000

Judged: TypeAlias = np.ndarray | EdgewiseError
Judgement: TypeAlias = tuple[int, Judged]
Batch: TypeAlias = list[tuple[Any, Judged]]


def judge_pictures(
    model: Model, dataset: Dataset, *, jobs: int | None = None
) -> Iterator[Judgement]:
    """Judge pictures in order, in bounded memory.

    Parameters
    ----------
    model : LinearModel or CnnModel
    dataset : Dataset
        Pictures of any size and colour; they are adapted to the model's.
    jobs : int, optional
        Threads that read pictures, and that a CNN judges on; one a core when
        left out.

    Yields
    ------
    (i, judgement) : (int, ndarray (classes,) float32, or EdgewiseError)
        What the model's `judge_images` says of picture i, or why it cannot be read.
    """
    for batch in judge_in_batches(model, dataset, jobs=jobs):
        yield from batch


def judge_in_batches(model: Model, dataset: Dataset, *, jobs: int | None = None) -> Iterator[Batch]:
    """Judge pictures as `judge_pictures` does, and yield lists of what it yields."""
    if _ready(model, dataset):
        return _judge_array(model, dataset.array, jobs)
    return judge_lists(model, _read_in_lists(model, dataset, jobs), jobs=jobs)


def judge_lists(
    model: Model, lists: Iterable[Batch], *, jobs: int | None = None
) -> Iterator[Batch]:
    """Judge lists of (anything, prepared picture or error); yield (the same, judgement or error).

    Parameters
    ----------
    model : LinearModel or CnnModel
    lists : iterable of lists
        The pictures as the model's `prepare` gives them.
    jobs : int, optional
        Threads that a CNN judges on.
    """
    for items in lists:
        judged: list[Any] = [found for _, found in items]
        # Gray and colour may be mixed; the loops want one shape and dtype at a time.
        for places in _alike(judged):
            images = np.stack([judged[place] for place in places])
            for place, answer in zip(places, _judge(model, images, jobs), strict=True):
                judged[place] = _finite(answer)
        yield [(item, found) for (item, _), found in zip(items, judged, strict=True)]


def _finite(answer: np.ndarray) -> Judged:
    return answer if np.isfinite(answer).all() else EdgewiseError(UNJUDGED)


def _alike(found: list) -> list[list[int]]:
    """Return the places of the pictures of each shape and dtype."""
    places: dict[tuple, list[int]] = {}
    for place, image in enumerate(found):
        if isinstance(image, np.ndarray):
            places.setdefault((image.shape, image.dtype), []).append(place)
    return list(places.values())


def _judge(model: Model, images: np.ndarray, jobs: int | None) -> np.ndarray:
    if isinstance(model, LinearModel):
        # Its loops share their work by themselves.
        return model.judge_images(images)
    return model.judge_images(images, threads=jobs)


def _ready(model: Model, dataset: Dataset) -> bool:
    """Tell whether a data set's array is what the model wants already."""
    array = dataset.array
    gray = model.channels == 1 or isinstance(model, LinearModel)
    return array is not None and array.ndim == 3 and array.shape[1:] == model.size and gray


def _judge_array(model: Model, array: Any, jobs: int | None) -> Iterator[Batch]:
    start = 0
    for length in _lengths(model):
        answers = _judge(model, array[start : start + length], jobs)
        yield [(start + k, _finite(answer)) for k, answer in enumerate(answers)]
        start += length
        if start >= len(array):
            return


def _read_in_lists(model: Model, dataset: Dataset, jobs: int | None) -> Iterator[Batch]:
    lengths = _lengths(model)
    length, waiting = next(lengths), []
    reading = replace(dataset, reader=partial(_prepared, model, dataset))
    for item in reading.images(jobs, ahead=_longest(model)):
        waiting.append(item)
        if len(waiting) == length:
            yield waiting
            length, waiting = next(lengths), []
    if waiting:
        yield waiting


def _prepared(model: Model, dataset: Dataset, i: int) -> np.ndarray:
    return model.prepare(dataset.read_for(i, model.size)[0])


def _lengths(model: Model) -> Iterator[int]:
    longest = _longest(model)
    length = min(FEWEST, longest)
    while True:
        yield length
        length = min(2 * length, longest)


def _longest(model: Model) -> int:
    rows, columns = model.size
    pixels = rows * columns
    return min(max(PIXELS_AT_ONCE // pixels, min(FEWEST, MOST_PIXELS // pixels), 1), MOST)
