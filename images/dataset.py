"""Data sets: many pictures, with or without labels, read when they are needed."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np

from .errors import DataError, EdgewiseError
from .file_reader import FileReader, chosen_reader
from .formats import SUFFIXES
from .inputs import Input, each_input, pictures_below
from .leaving_out import outside
from .natural import natural_key
from .stream import read_in_order
from .texts import Texts


@dataclass(frozen=True)
class Dataset:
    """Pictures by number, decoded when they are read.

    Attributes
    ----------
    names : sequence of str
    labels : tuple of str, or None
    reader : callable
        ``reader(i)`` gives picture i, or raises `ImageError`.
    array : ndarray, (N, H, W) uint8, or None
        All pictures, where they are in memory anyway.
    splits, groups : tuple of str, or None
        From a manifest.
    paths : sequence of str, or None
        The file of each picture, where each has one of its own.
    source : str
        What the user named.
    part : str, or None
        The split that was asked for, as in ``all.csv:train``.
    """

    names: Sequence[str]
    labels: tuple[str, ...] | None
    reader: Callable[[int], np.ndarray] = field(repr=False)
    array: np.ndarray | None = field(default=None, repr=False)
    splits: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None
    paths: Sequence[str] | None = None
    source: str = ""
    part: str | None = None

    def __len__(self) -> int:
        return len(self.names)

    @property
    def classes(self) -> tuple[str, ...]:
        """The distinct labels, in natural order: 2 before 10."""
        return tuple(sorted(set(self.labels or ()), key=natural_key))

    def read(self, i: int) -> np.ndarray:
        """Read one picture; raises `ImageError`."""
        return self.reader(i)

    def read_for(self, i: int, size: tuple[int, int] | None) -> tuple[np.ndarray, tuple[int, int]]:
        """Read one picture that will be resized to rows and columns.

        Returns
        -------
        image : ndarray
            A JPEG may be smaller than in its file, as `read_shrunk` says.
        whole : (int, int)
            Rows and columns in the file.
        """
        if size is not None and isinstance(self.reader, FileReader):
            return self.reader.shrunk(i, size)
        image = self.reader(i)
        return image, (image.shape[0], image.shape[1])

    def exactly(self) -> "Dataset":
        """Return the same pictures, each decoded whole, whatever `read_for` is asked for."""
        return replace(self, reader=self.read)

    def images(
        self, jobs: int | None = None, *, ahead: int | None = None
    ) -> Iterator[tuple[int, np.ndarray | EdgewiseError]]:
        """Yield (i, picture or error) in order, read by worker threads, so many ahead at most."""
        return read_in_order(range(len(self)), self.reader, jobs=jobs, ahead=ahead)

    def subset(self, indices: Sequence[int]) -> "Dataset":
        """Return the pictures of some numbers, in that order."""
        chosen = [int(i) for i in indices]

        def pick(values):
            return None if values is None else tuple(values[i] for i in chosen)

        return replace(
            self,
            names=Texts(self.names[i] for i in chosen),
            labels=pick(self.labels),
            reader=chosen_reader(self.reader, chosen),
            array=None if self.array is None else self.array[chosen],
            splits=pick(self.splits),
            groups=pick(self.groups),
            paths=None if self.paths is None else Texts(self.paths[i] for i in chosen),
        )

    def split(self, name: str) -> "Dataset":
        """Return the pictures whose split has a name, such as ``train``.

        Raises
        ------
        DataError
            If there are none.
        """
        chosen = [i for i, own in enumerate(self.splits or ()) if own == name]
        if not chosen:
            there = ", ".join(sorted({own for own in self.splits or () if own}, key=natural_key))
            raise DataError(f'{self.source} has no split "{name}"; it has {there or "none"}')
        return replace(self.subset(chosen), source=f"{self.source}:{name}", part=name)


def open_dataset(
    source: str | os.PathLike | Sequence[str],
    *,
    labelled: bool = True,
    max_pixels: int | None = None,
    without: str | os.PathLike | None = None,
) -> Dataset:
    """Open a data set.

    Parameters
    ----------
    source : str, path, or sequence of str
        A folder with one sub-folder per class, an IDX images file (plain or
        .gz, its labels beside it), a CSV, TSV or JSONL manifest, one split of
        a manifest (``all.csv:train``), or ``digits``. Without labels: whatever `find_inputs` takes.
    labelled : bool
        Whether labels are needed. If not, they are used where there are some.
    max_pixels : int, optional
        The limit of `read_image`.
    without : path, optional
        A folder of results: pictures that are found in it are left out, as `outside` says.

    Raises
    ------
    DataError
        If the source is not there, has no labels but needs some, or is damaged.
    """
    words = [os.fspath(source)] if isinstance(source, str | os.PathLike) else list(source)
    limit = {} if max_pixels is None else {"max_pixels": max_pixels}
    if len(words) == 1 and (found := _open_one(words[0], limit, labelled)):
        return _outside(found, words, without)
    if labelled:
        raise DataError(_without_labels(words))
    return _outside(_of_inputs(each_input(words), ", ".join(words), limit), words, without)


def _outside(dataset: Dataset, words: list[str], without) -> Dataset:
    if without is None or dataset.paths is None:
        return dataset
    return dataset.subset(outside(words, dataset.paths, without))


def _without_labels(words: list[str]) -> str:
    folder = Path(words[0])
    if len(words) == 1 and os.path.isdir(folder) and not any(folder.iterdir()):
        return f"{folder}: the folder is empty; put each class of pictures in a folder of its own"
    return (
        f"{', '.join(words)}: no labels; give a folder with one sub-folder per class, an IDX "
        "file, or a manifest with the columns path,label"
    )


def _open_one(word: str, limit: dict, labelled: bool) -> Dataset | None:
    from . import digits, idx, manifests

    path = Path(word)
    if word == "digits" and not os.path.exists(word):
        images, labels = digits.load_digits()
        return _of_array(images, labels, word)
    if os.path.isdir(word):
        return _of_folder(path, limit, labelled)
    if path.suffix.lower() in manifests.SUFFIXES:
        return _of_manifest(path, limit, labelled)
    if part := manifests.split_of(word):
        return _of_manifest(Path(part[0]), limit, labelled).split(part[1])
    if idx.is_idx(path):
        return _of_idx(path, labelled)
    if labelled and not os.path.exists(word):
        raise DataError(f"{word}: no such file or folder")
    return None


def _of_folder(folder: Path, limit: dict, labelled: bool) -> Dataset | None:
    classes = sorted(
        (p for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")),
        key=lambda p: natural_key(p.name),
    )
    if not classes or (not labelled and any(pictures_in(folder))):
        return None
    paths, labels = Texts(), []
    for group in classes:
        before = len(paths)
        for path in pictures_below(group):
            paths.append(str(path))
            labels.append(group.name)
        if len(paths) == before and labelled:
            raise DataError(f"{group} holds no pictures; fill the class or remove its folder")
    names = paths.without(os.path.join(folder, "")) if str(folder) != "." else paths
    return _of_files(paths, names, tuple(labels), os.fspath(folder), limit)


def pictures_in(folder: Path) -> Iterator[Path]:
    """Yield the pictures that lie in a folder itself, in no order."""
    return (
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
    )


def _of_files(paths: Texts, names: Sequence[str], labels, source: str, limit: dict, **more):
    return Dataset(
        names, labels, FileReader(paths, None, limit), paths=paths, source=source, **more
    )


def _of_inputs(inputs: Iterable[Input], source: str, limit: dict) -> Dataset:
    names, paths, pipes = Texts(), Texts(), {}
    for i, found in enumerate(inputs):
        names.append(found.name)
        paths.append(os.fspath(found.path or ""))
        if found.path is None:
            # What comes out of a pipe comes once, and may be asked for twice.
            pipes[i] = cache(found.source)
    reader = FileReader(paths, names, limit, pipes)
    return Dataset(names, None, reader, paths=None if pipes else paths, source=source)


def _of_manifest(path: Path, limit: dict, labelled: bool) -> Dataset:
    from .manifests import read_manifest

    rows = read_manifest(path)
    if labelled and rows[0].label is None:
        raise DataError(f'{path}: no column "label"; the first line reads path,label')

    def column(name: str) -> tuple[str, ...] | None:
        values = [getattr(row, name) for row in rows]
        return None if all(value is None for value in values) else tuple(v or "" for v in values)

    paths = Texts(os.fspath(row.path) for row in rows)
    return _of_files(
        paths,
        paths,
        column("label"),
        os.fspath(path),
        limit,
        splits=column("split"),
        groups=column("group"),
    )


def _of_idx(path: Path, labelled: bool) -> Dataset:
    from .idx import labels_beside, read_idx

    images = _idx_pictures(path)
    try:
        beside = labels_beside(path)
    except DataError:
        if labelled:
            raise
        return _of_array(images, None, os.fspath(path))
    labels = read_idx(beside)
    if labels.shape != (len(images),):
        raise DataError(
            f"{path} holds {len(images)} pictures, but {beside} {labels.size} labels; "
            "put the two of one set side by side"
        )
    return _of_array(images, labels, os.fspath(path))


def _idx_pictures(path: Path) -> np.ndarray:
    """Return pictures, (N, H, W) or (N, H, W, C), C from 2 to 4."""
    from .idx import read_idx

    images = read_idx(path)
    if images.ndim not in (3, 4):
        raise DataError(f"{path}: holds {images.ndim} axes; pictures have 3, give the images file")
    if images.size == 0:
        raise DataError(f"{path}: holds no pictures")
    channels = images.shape[3] if images.ndim == 4 else 1
    if channels > 4:
        raise DataError(
            f"{path}: its four axes, {' x '.join(map(str, images.shape))}, are no pictures",
            hint="the last axis of colour pictures holds 1 to 4 channels",
        )
    return images[..., 0] if images.ndim == 4 and channels == 1 else images


def _of_array(images: np.ndarray, labels: np.ndarray | None, source: str) -> Dataset:
    stem = Path(source).name.removesuffix(".gz")
    return Dataset(
        tuple(f"{stem}[{i}]" for i in range(len(images))),
        None if labels is None else tuple(map(str, labels.tolist())),
        lambda i: images[i],
        array=images if images.ndim == 3 else None,
        source=source,
    )
