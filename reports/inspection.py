"""What a file holds, in a few facts: pictures, data sets, feature files, models."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..features.files import is_feature_file, load_features
from ..features.shards import is_shard_folder
from ..features.shards.verify import shard_facts
from ..features.table import FeatureTable
from ..images.dataset import Dataset, natural_key, open_dataset
from ..images.decode import PictureFile
from ..images.headers import Header
from ..images.idx import is_idx
from ..images.inputs import source_of
from ..images.manifests import is_manifest
from ..models.comparison.folder import is_comparison
from ..models.files import Model, load_model
from ..models.hygiene import Survey, Watch, survey
from ..models.hygiene_duplicates import NEAR, Duplicates, find_duplicates
from ..models.linear import LinearModel
from .comparison_facts import comparison_facts
from .hygiene import examine
from .hygiene_duplicates import duplicate_findings
from .linear_training import features_text, map_text

if TYPE_CHECKING:
    from ..models.cnn.model import CnnModel

Facts = dict[str, object]

CHANNELS = {
    1: ["gray"],
    2: ["gray", "alpha"],
    3: ["red", "green", "blue"],
    4: ["red", "green", "blue", "alpha"],
}
# Pillow's modes that say more than the array does.
STORED = {
    "P": "palette",
    "PA": "palette with alpha",
    "1": "1 bit",
    "CMYK": "CMYK",
    "YCbCr": "YCbCr",
    "LAB": "Lab",
}


def inspect_path(
    word: str,
    *,
    max_pixels: int,
    jobs: int | None = None,
    watch: Watch = lambda items, total: items,
) -> tuple[Facts, list[tuple[str, str]]]:
    """Say what a file or folder holds.

    Parameters
    ----------
    word : str
        A picture, a folder, an IDX file, a manifest, a feature file, a model, a
        comparison, ``digits``, or ``-`` for a picture on stdin.
    max_pixels : int
        The limit of `read_image`.
    jobs : int, optional
        Threads that read a data set; one a core when left out.
    watch : callable, optional
        ``watch(items, total)`` passes items on, under a progress bar say.

    Returns
    -------
    facts : dict
        Numbers, texts, lists and dicts, ready for JSON; ``kind`` comes first.
    failed : list of (str, str)
        Pictures of a data set that cannot be read: name and reason.

    Raises
    ------
    EdgewiseError
        If it cannot be read.
    """
    path = Path(word)
    suffix = path.suffix.lower()
    if word == "-":
        return _picture(source_of(word), "stdin", max_pixels), []
    if suffix == ".safetensors":
        return _model(load_model(path)), []
    if is_shard_folder(path):
        return shard_facts(Path(path)), []
    if is_comparison(path):
        return comparison_facts(path), []
    if is_feature_file(path):
        return _features(load_features(path)), []
    dataset = data_at(word, max_pixels=max_pixels)
    if dataset is not None:
        seen = survey(dataset, jobs=jobs, watch=watch)
        return inspect_data(seen)[0], seen.failed
    return _picture(source_of(word), word, max_pixels), []


def _picture(source: Path | bytes, name: str, max_pixels: int) -> Facts:
    with PictureFile(source, name=name, max_pixels=max_pixels) as picture:
        image, header = picture.read()[0], picture.header
    rows, columns = image.shape[:2]
    return {
        "kind": "picture",
        "size": f"{columns}x{rows}",
        "channels": _channels(image),
        "dtype": image.dtype.name,
        **_stored(header),
        "bytes": len(source) if isinstance(source, bytes) else os.path.getsize(source),
        "values": {
            name: _values(plane)
            for name, plane in zip(
                _channels(image), np.moveaxis(np.atleast_3d(image), 2, 0), strict=True
            )
        },
    }


def _channels(image: np.ndarray) -> list[str]:
    count = 1 if image.ndim == 2 else image.shape[2]
    return CHANNELS.get(count) or [str(channel) for channel in range(count)]


def _stored(header: Header) -> Facts:
    facts: Facts = {"format": {"PPM": "PNM"}.get(header.format, header.format)}
    if header.mode in STORED:
        facts["stored_as"] = STORED[header.mode]
    if header.orientation != 1:
        facts["orientation"] = header.orientation
    if header.frames > 1:
        facts["frames"] = header.frames
    return facts


def _values(plane: np.ndarray) -> Facts:
    finite = plane[np.isfinite(plane)]
    if not finite.size:
        return {"min": None, "max": None, "mean": None, "not_finite": plane.size}
    facts: Facts = {
        "min": finite.min().item(),
        "max": finite.max().item(),
        "mean": round(float(finite.mean(dtype=float)), 3),
    }
    return facts | ({"not_finite": plane.size - finite.size} if finite.size < plane.size else {})


def data_at(word: str, *, max_pixels: int) -> Dataset | None:
    """Open a data set, or return None if a word names something else.

    Raises
    ------
    EdgewiseError
        If it is one that cannot be opened.
    """
    path = Path(word)
    known = is_shard_folder(path) or is_comparison(path) or is_feature_file(path)
    if known or path.suffix == ".safetensors":
        return None
    is_data = path.is_dir() or is_idx(path) or is_manifest(word)
    if is_data or (word == "digits" and not path.exists()):
        return open_dataset(word, labelled=False, max_pixels=max_pixels)
    return None


def inspect_data(
    survey: Survey,
    test: Survey | None = None,
    *,
    near: float | None = NEAR,
    compared: Callable[[int], object] | None = None,
) -> tuple[Facts, Duplicates]:
    """Say what a data set holds, and what is wrong with it.

    Parameters
    ----------
    survey : Survey
    test : Survey, optional
        Of the pictures that a model will be judged by: duplicates are looked
        for across the two. Without it, across the splits of a manifest.
    near : float, optional
        Least correlation of near duplicates; None looks for exact ones only.
    compared : callable, optional
        Told how many pictures were compared with all others.

    Returns
    -------
    facts : dict
        Ready for JSON; ``findings`` are sentences.
    duplicates : Duplicates
        Among the pictures of both, those of the test set last.
    """
    facts = _data_facts(survey)
    both = [one for one in (survey, test) if one is not None and len(one)]
    if not both:
        none = np.empty(0, np.int64)
        return facts, Duplicates(none, none, none, [])
    found = examine(survey)
    digests = [sight.digest for one in both for sight in one.sights]
    signatures = np.concatenate([one.signatures for one in both])
    duplicates = find_duplicates(digests, signatures, near=near, progress=compared)
    names = [name for one in both for name in one.names]
    all_labels = [one.labels for one in both]
    labels = [own for one in all_labels for own in one or ()] if all(all_labels) else None
    found |= duplicate_findings(duplicates, names, labels, _sides(survey, both))
    return facts | found.facts | {"findings": found.sentences}, duplicates


def _sides(survey: Survey, both: list[Survey]) -> list[str]:
    if len(both) > 1:
        return [one.dataset.source for one in both for _ in range(len(one))]
    splits = survey.dataset.splits
    return [splits[i] if splits else "" for i in survey.places]


def _data_facts(survey: Survey) -> Facts:
    dataset = survey.dataset
    facts: Facts = {
        "kind": "data set", "pictures": len(dataset), "unreadable": len(survey.failed)
    }  # fmt: skip
    if dataset.labels is not None:
        counts = Counter(dataset.labels)
        facts["classes"] = {name: counts[name] for name in dataset.classes}
        if empty := _empty_classes(Path(dataset.source), dataset.classes):
            facts["empty_classes"] = empty
    for name, values in (("splits", dataset.splits), ("groups", dataset.groups)):
        if values is not None:
            facts[name] = {key: count for key, count in sorted(Counter(values).items()) if key}
    sizes = Counter(f"{one.size} {one.colour} {one.dtype}" for one in survey.sights)
    facts["sizes"] = dict(sizes.most_common())
    return facts


def _empty_classes(path: Path, classes: tuple[str, ...]) -> list[str]:
    if not path.is_dir():
        return []
    folders = {own.name for own in path.iterdir() if own.is_dir() and own.name[0] != "."}
    return sorted(folders - set(classes), key=natural_key)


def _features(table: FeatureTable) -> Facts:
    counts = Counter(table.labels or ())
    facts: Facts = {"kind": "features", "rows": len(table), "length": table.X.shape[1]}
    if table.labels is not None:
        facts["classes"] = {name: counts[name] for name in table.classes}
    return facts | {
        "failed": dict(table.failed),
        "size": _size(table.size),
        "colour": _colour(table.channels),
        "hog": table.config.to_dict(),
    }


def _model(model: Model) -> Facts:
    return _linear(model) if isinstance(model, LinearModel) else _cnn(model)


def _cnn(model: "CnnModel") -> Facts:
    training = dict(model.training)
    settings = training.pop("settings", {})
    return {
        "kind": "CNN",
        "classes": list(model.classes),
        "size": _size(model.size),
        "colour": "gray" if model.channels == 1 else "red, green, blue",
        "weights": int(model.network.vector.size),
        "layers": [node.layer.text for node in model.network.nodes],
        "training": training,
        "settings": settings,
    }


def _linear(model: LinearModel) -> Facts:
    return {
        "kind": f"linear model, {model.kind}",
        "classes": list(model.classes),
        "length": model.weights.shape[1],
        "size": _size(model.size),
        "colour": _colour(model.channels),
        "features": features_text(model.config),
        **_after(model),
        "hog": model.config.to_dict(),
        "training": model.training,
    }


def _after(model: LinearModel) -> Facts:
    """Return the kernel map and the calibration, where there are any."""
    found: Facts = {} if model.map is None else {"kernel_map": map_text(model.map)}
    if model.calibration is not None:
        found["calibration"] = model.calibration.describe()[0]["name"]
    return found


def _size(size: tuple[int, int]) -> str:
    return f"{size[1]}x{size[0]}"


def _colour(channels: int) -> str:
    return "gray" if channels == 1 else "strongest channel"
