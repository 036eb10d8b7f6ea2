"""Model files: .safetensors, arrays and one JSON text, nothing that can run."""

import json
import os
from importlib.metadata import version
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from .. import __version__
from ..images.atomic import atomic_file
from ..images.errors import DataError, WordError
from . import linear
from .linear import LinearModel

if TYPE_CHECKING:
    from .cnn.model import CnnModel

KEY = "edgewise"
FORMAT = 1

Model: TypeAlias = "LinearModel | CnnModel"


def _cnn() -> ModuleType:
    # A linear model should not have to wait for the layers.
    from .cnn import model

    return model


# What a file's type says of who describes and rebuilds such a model.
KINDS = {"linear": lambda: linear, "cnn": _cnn}


def save_model(path: str | os.PathLike, model: Model, *, overwrite: bool = False) -> None:
    """Write a model, whole or not at all.

    The same model gives the same bytes: no date is written.

    Parameters
    ----------
    path : path
        Ends in ``.safetensors``.
    model : LinearModel or CnnModel
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
    kind = "linear" if isinstance(model, LinearModel) else "cnn"
    facts, arrays = KINDS[kind]().describe(model)
    spec = {"format": FORMAT, "type": kind, **facts, "versions": _versions()}
    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    content = save(whole, metadata={KEY: json.dumps(spec, sort_keys=True)})
    with atomic_file(path, overwrite=overwrite) as file:
        file.write(content)


def _versions() -> dict[str, str]:
    others = {name: version(name) for name in ("numpy", "scikit-learn")}
    return {"edgewise": __version__, **others}


def check_name(path: str | os.PathLike) -> None:
    """Raise WordError if a path does not end as model files do."""
    if not os.fspath(path).endswith(".safetensors"):
        raise WordError(f"{os.fspath(path)}: end the name of a model file in .safetensors")


def load_model(path: str | os.PathLike) -> Model:
    """Read a model and check all of it.

    Parameters
    ----------
    path : path

    Returns
    -------
    LinearModel or CnnModel

    Raises
    ------
    DataError
        If the file is missing, damaged, or none of Edgewise's.
    """
    path = os.fspath(path)
    spec, arrays = _read(path)
    if spec.get("format") != FORMAT or spec.get("type") not in KINDS:
        raise DataError(
            f"{path}: written by another version of Edgewise (format {spec.get('format')}, "
            f"type {spec.get('type')}); this one reads {' and '.join(KINDS)} models of format "
            f"{FORMAT}"
        )
    try:
        return KINDS[spec["type"]]().rebuild(spec, arrays)
    except ValueError as error:
        raise DataError(f"{path}: not a usable model file ({error})") from None
    except (KeyError, TypeError, AttributeError):
        raise DataError(
            f"{path}: not a usable model file, its description is damaged; copy it again from its "
            "source, or train the model anew"
        ) from None


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
