"""Model files: .safetensors, arrays and one JSON text, nothing that can run."""

import json
import os
from importlib.metadata import version
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from safetensors.numpy import save

from .. import __version__
from ..images.atomic import atomic_file
from ..images.errors import DataError, WordError
from . import linear
from .array_files import read_arrays, shortened
from .linear import LinearModel

if TYPE_CHECKING:
    from .cnn.model import CnnModel

KEY, SUFFIX = "edgewise", ".safetensors"
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
    if not os.fspath(path).endswith(SUFFIX):
        raise WordError(f"{os.fspath(path)}: end the name of a model file in {SUFFIX}")


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
    version, kind = spec.get("format"), spec.get("type")
    if version != FORMAT or not isinstance(kind, str) or kind not in KINDS:
        raise DataError(
            f"{path}: written by another version of Edgewise (format {shortened(version)}, "
            f"type {shortened(kind)}); this one reads {' and '.join(KINDS)} models of format "
            f"{FORMAT}"
        )
    try:
        return KINDS[kind]().rebuild(spec, arrays)
    except KeyError as error:
        raise _unusable(path, f"{error.args[0]} is missing") from None
    except ValueError as error:
        raise _unusable(path, error) from None
    except (TypeError, AttributeError, LookupError, ArithmeticError):
        raise _unusable(path, "its description is damaged") from None


def _unusable(path: str, reason: object) -> DataError:
    return DataError(
        f"{path}: not a usable model file ({shortened(reason)})",
        hint="copy it again from its source, or train the model anew",
    )


def _read(path: str) -> tuple[dict, dict[str, np.ndarray]]:
    try:
        spec, arrays = read_arrays(path, KEY)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except DataError as error:
        if not path.endswith(SUFFIX):
            error.hint = f"the name of a model ends in {SUFFIX}, and it comes before the pictures"
        raise
    if not isinstance(spec, dict):
        raise DataError(f"{path}: a .safetensors file, but not a model of Edgewise")
    return spec, arrays
