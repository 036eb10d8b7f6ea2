"""HoG of all windows of many large pictures, a row a window."""

import os
from collections.abc import Callable
from contextlib import closing

import numpy as np

from ..images.dataset import Dataset
from ..images.errors import EdgewiseError
from .config import HogConfig
from .extract import labels_of
from .reading import Reading
from .rows import Rows
from .table import FeatureTable
from .windows import check_windows, hog_windows


def extract_windows(
    dataset: Dataset,
    config: HogConfig,
    window: tuple[int, int],
    stride: tuple[int, int],
    *,
    size: tuple[int, int] | None = None,
    gray: bool = False,
    jobs: int | None = None,
    progress: Callable[[int], object] | None = None,
    failed: Callable[[str, str], object] | None = None,
    scratch: str | os.PathLike | None = None,
) -> FeatureTable:
    """Compute the HoG vectors of all windows of the pictures of a data set.

    Parameters
    ----------
    dataset : Dataset
        Pictures may differ in size.
    config : HogConfig
    window, stride : (int, int)
        As for `hog_windows`.
    size, gray, jobs, progress, failed
        As for `extract`.
    scratch : path, optional
        A folder where the vectors gather until they are written; that of
        temporary files when left out.

    Returns
    -------
    FeatureTable
        Named as ``photo.jpg[64x128+16+8]``: width, height, left and top. A
        window has its picture's label.

    Raises
    ------
    EdgewiseError
        If no picture can be read and holds a window, the window holds no
        block, or the settings are not for windows.
    """
    check_windows(window, stride, config)
    reading = Reading(dataset, size, 1 if gray else 3, config.fit, jobs, failed)
    with closing(Rows(None, config.length(*window), scratch)) as rows:
        gathered = _Gathered(rows, window, stride, config)
        for done, (i, image) in enumerate(reading.pictures(), start=1):
            if error := gathered.add(i, dataset.names[i], image):
                reading.fail(i, error)
            if progress:
                progress(done)
        if not gathered.names:
            raise EdgewiseError(reading.nothing_read())
        labels, classes = labels_of(dataset, gathered.sources)
        return FeatureTable(
            X=rows.result(),
            names=tuple(gathered.names),
            labels=labels,
            classes=classes,
            config=config,
            size=window,
            channels=gathered.channels,
            failed=tuple(reading.failures),
        )


class _Gathered:
    """The windows so far: their vectors, their names and the numbers of their pictures."""

    def __init__(self, rows: Rows, window, stride, config: HogConfig):
        self._rows, self._window, self._stride, self._config = rows, window, stride, config
        self.names: list[str] = []
        self.sources: list[int] = []
        self.channels = 1

    def add(self, i: int, name: str, image: np.ndarray | EdgewiseError) -> EdgewiseError | None:
        """Add the windows of a picture, or return why it has none."""
        if isinstance(image, EdgewiseError):
            return image
        try:
            found = hog_windows(image, self._window, self._stride, self._config)
        except EdgewiseError as error:
            return error
        for corners, vectors in found:
            self._rows.add(len(vectors), lambda out, vectors=vectors: np.copyto(out, vectors))
            self.names += [_name(name, self._window, corner) for corner in corners.tolist()]
            self.sources += [i] * len(corners)
        self.channels = max(self.channels, 3 if image.ndim == 3 else 1)
        return None


def _name(name: str, window: tuple[int, int], corner: list[int]) -> str:
    return f"{name}[{window[1]}x{window[0]}+{corner[1]}+{corner[0]}]"
