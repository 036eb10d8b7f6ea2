"""What a file holds, in a few facts: pictures, data sets, feature files, models."""

import os
from collections import Counter
from pathlib import Path

import numpy as np

from ..features.files import is_feature_file, load_features
from ..features.table import FeatureTable
from ..images.dataset import Dataset, open_dataset
from ..images.decode import read_image
from ..images.errors import EdgewiseError
from ..images.idx import is_idx
from ..images.manifests import SUFFIXES as MANIFESTS
from ..models.files import load_model
from ..models.linear import LinearModel

Facts = dict[str, object]


def inspect_path(word: str, *, max_pixels: int) -> tuple[Facts, list[tuple[str, str]]]:
    """Say what a file or folder holds.

    Parameters
    ----------
    word : str
        A picture, a folder, an IDX file, a manifest, a feature file, a model,
        or ``digits``.
    max_pixels : int
        The limit of `read_image`.

    Returns
    -------
    facts : dict
        Numbers, texts and lists, ready for JSON; ``kind`` comes first.
    failed : list of (str, str)
        Pictures of a data set that cannot be read: name and reason.

    Raises
    ------
    EdgewiseError
        If it cannot be read.
    """
    path = Path(word)
    suffix = path.suffix.lower()
    if suffix == ".safetensors":
        return _model(load_model(path)), []
    if is_feature_file(path):
        return _features(load_features(path)), []
    is_data = path.is_dir() or suffix in MANIFESTS or is_idx(path)
    if is_data or (word == "digits" and not path.exists()):
        return _dataset(open_dataset(word, labelled=False, max_pixels=max_pixels))
    return _picture(path, read_image(path, max_pixels=max_pixels)), []


def _picture(path: Path, image: np.ndarray) -> Facts:
    rows, columns = image.shape[:2]
    planes = image.reshape(rows, columns, -1)
    names = {1: ["gray"], 2: ["gray", "alpha"], 3: ["red", "green", "blue"]}
    names[4] = [*names[3], "alpha"]
    channels = names.get(planes.shape[2], [str(c) for c in range(planes.shape[2])])
    return {
        "kind": "picture",
        "size": f"{columns}x{rows}",
        "channels": channels,
        "dtype": image.dtype.name,
        "bytes": os.path.getsize(path),
        "values": {
            name: {
                "min": float(planes[:, :, c].min()),
                "max": float(planes[:, :, c].max()),
                "mean": round(float(planes[:, :, c].mean(dtype=float)), 3),
            }
            for c, name in enumerate(channels)
        },
    }


def _dataset(dataset: Dataset) -> tuple[Facts, list[tuple[str, str]]]:
    sizes: Counter[str] = Counter()
    failed: list[tuple[str, str]] = []
    for i, image in dataset.images():
        if isinstance(image, EdgewiseError):
            failed.append((dataset.names[i], getattr(image, "reason", str(image))))
        else:
            channels = 1 if image.ndim == 2 else image.shape[2]
            sizes[f"{image.shape[1]}x{image.shape[0]}, {channels} x {image.dtype.name}"] += 1
    facts: Facts = {"kind": "data set", "pictures": len(dataset), "unreadable": len(failed)}
    if dataset.labels is not None:
        counts = Counter(dataset.labels)
        facts["classes"] = {name: counts[name] for name in dataset.classes}
    if dataset.splits is not None:
        facts["splits"] = dict(Counter(dataset.splits))
    facts["sizes"] = dict(sizes.most_common())
    return facts, failed


def _features(table: FeatureTable) -> Facts:
    counts = Counter(table.labels or ())
    return {
        "kind": "features",
        "rows": len(table),
        "length": table.X.shape[1],
        "classes": {name: counts[name] for name in table.classes},
        "failed": len(table.failed),
        "size": _size(table.size),
        "colour": _colour(table.channels),
        "hog": table.config.to_dict(),
    }


def _model(model: LinearModel) -> Facts:
    return {
        "kind": f"linear model, {model.kind}",
        "classes": list(model.classes),
        "length": model.weights.shape[1],
        "size": _size(model.size),
        "colour": _colour(model.channels),
        "hog": model.config.to_dict(),
        "training": model.training,
    }


def _size(size: tuple[int, int]) -> str:
    return f"{size[1]}x{size[0]}"


def _colour(channels: int) -> str:
    return "gray" if channels == 1 else "strongest channel"


def facts_text(facts: Facts) -> str:
    """Return facts as lines of text, a name and a value each."""
    return "\n".join(_lines(facts, 0))


def _lines(facts: Facts, depth: int) -> list[str]:
    lines = []
    width = max((len(str(name)) for name in facts), default=0)
    for name, value in facts.items():
        start = f"{'  ' * depth}{name!s:<{width}}"
        if isinstance(value, dict) and _is_flat(value):
            lines.append(f"{start}  {_flat(value)}")
        elif isinstance(value, dict):
            lines += [start.rstrip(), *_lines(value, depth + 1)]
        else:
            lines.append(f"{start}  {_words(value)}")
    return lines


def _is_flat(value: dict) -> bool:
    return len(value) <= 3 and not any(isinstance(own, dict | list) for own in value.values())


def _flat(value: dict) -> str:
    return ", ".join(f"{name} {_words(own)}" for name, own in value.items())


def _words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, float):
        return f"{value:g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
