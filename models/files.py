"""Model files: .safetensors, arrays and one JSON text, nothing that can run."""

import json
import os
from importlib.metadata import version

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from .. import __version__
from ..features.config import HogConfig
from ..images.atomic import atomic_file
from ..images.errors import DataError, EdgewiseError
from .linear import LinearModel

KEY = "edgewise"
FORMAT = 1


def save_model(path: str | os.PathLike, model: LinearModel, *, overwrite: bool = False) -> None:
    """Write a model, whole or not at all.

    The same model gives the same bytes: no date is written.

    Parameters
    ----------
    path : path
        Ends in ``.safetensors``.
    model : LinearModel
    overwrite : bool
        Whether a file may stand there already.

    Raises
    ------
    EdgewiseError
        If the name ends otherwise, or the file exists and must be kept.
    OSError
        If the file cannot be written.
    """
    check_name(path)
    spec = {
        "format": FORMAT,
        "type": "linear",
        "kind": model.kind,
        "classes": list(model.classes),
        "size": list(model.size),
        "channels": model.channels,
        "hog": model.config.to_dict(),
        "training": model.training,
        "versions": {
            "edgewise": __version__,
            **{name: version(name) for name in ("numpy", "scikit-learn")},
        },
    }
    arrays = {"weights": np.ascontiguousarray(model.weights), "bias": model.bias}
    content = save(arrays, metadata={KEY: json.dumps(spec, sort_keys=True)})
    with atomic_file(path, overwrite=overwrite) as file:
        file.write(content)


def check_name(path: str | os.PathLike) -> None:
    """Raise EdgewiseError if a path does not end as model files do."""
    if not os.fspath(path).endswith(".safetensors"):
        raise EdgewiseError(f"{os.fspath(path)}: end the name of a model file in .safetensors")


def load_model(path: str | os.PathLike) -> LinearModel:
    """Read a model and check all of it.

    Parameters
    ----------
    path : path

    Returns
    -------
    LinearModel

    Raises
    ------
    DataError
        If the file is missing, damaged, or none of Edgewise's.
    """
    path = os.fspath(path)
    spec, arrays = _read(path)
    if spec.get("format") != FORMAT or spec.get("type") != "linear":
        raise DataError(
            f"{path}: written by another version of Edgewise (format {spec.get('format')}, "
            f"type {spec.get('type')}); this one reads linear models of format {FORMAT}"
        )
    try:
        return _build(spec, arrays)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"{path}: not a usable model file ({error})") from None


def _read(path: str) -> tuple[dict, dict[str, np.ndarray]]:
    try:
        with safe_open(path, framework="numpy") as file:
            text = (file.metadata() or {}).get(KEY)
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except OSError as error:
        raise DataError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except (SafetensorError, ValueError, TypeError, KeyError) as error:
        raise DataError(f"{path}: not a .safetensors file, or a damaged one ({error})") from None
    try:
        spec = json.loads(text or "")
    except ValueError:
        spec = None
    if not isinstance(spec, dict):
        raise DataError(f"{path}: a .safetensors file, but not a model of Edgewise")
    return spec, arrays


def _build(spec: dict, arrays: dict[str, np.ndarray]) -> LinearModel:
    weights, bias = arrays["weights"], arrays["bias"]
    for array in (weights, bias):
        if array.dtype != np.float32 or not np.isfinite(array).all():
            raise ValueError("its weights are not finite float32 numbers")
    rows, columns = spec["size"]
    classes = tuple(str(name) for name in spec["classes"])
    if len(set(classes)) < 2 or spec["channels"] not in (1, 3):
        raise ValueError("its classes or channels make no sense")
    return LinearModel(
        weights=weights,
        bias=bias,
        kind=spec["kind"],
        classes=classes,
        config=HogConfig.from_dict(spec["hog"]),
        size=(int(rows), int(columns)),
        channels=spec["channels"],
        training=dict(spec["training"]),
    )
