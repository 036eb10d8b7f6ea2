"""Judging raw pictures, one after the other, as a model's file says."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..images.dataset import Dataset
from ..images.errors import EdgewiseError
from .files import Model
from .linear import LinearModel

# Pictures judged at a time: enough for the loops, few enough to come promptly.
AT_ONCE = 64

Judgement = tuple[int, np.ndarray | EdgewiseError]


def judge_pictures(
    model: Model, dataset: Dataset, *, jobs: int | None = None
) -> Iterator[Judgement]:
    """Judge pictures in order.

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

    def read(i: int) -> np.ndarray:
        return model.prepare(dataset.read(i))

    waiting: list[tuple[int, np.ndarray | EdgewiseError]] = []
    for item in replace(dataset, reader=read).images(jobs):
        waiting.append(item)
        if len(waiting) == AT_ONCE:
            yield from _judge(model, waiting, jobs)
            waiting = []
    yield from _judge(model, waiting, jobs)


def _judge(model: Model, waiting: list, jobs: int | None) -> Iterator[Judgement]:
    # The loops of a linear model share their work by themselves.
    threads = {} if isinstance(model, LinearModel) else {"threads": jobs}
    pictures = [(i, image) for i, image in waiting if isinstance(image, np.ndarray)]
    judged = dict(waiting)
    # Gray and colour may be mixed; the loops want one shape and dtype at a time.
    for kind in dict.fromkeys((image.shape, image.dtype) for _, image in pictures):
        alike = [(i, image) for i, image in pictures if (image.shape, image.dtype) == kind]
        answers = model.judge_images(np.stack([image for _, image in alike]), **threads)
        judged.update(zip([i for i, _ in alike], answers, strict=True))
    yield from judged.items()
