"""Checkpoints: all that a training needs to go on as if nothing had happened."""

import hashlib
import json
import os
from typing import Any

import numpy as np
from safetensors.numpy import save

from ....images.atomic import atomic_file
from ....images.errors import DataError, EdgewiseError
from ...array_files import read_arrays, shortened
from ...fields import finite, mapping, whole
from .history import COLUMNS

KEY = "edgewise-checkpoint"
MOST_STEPS = 2**53
# Columns of the history that have a number in every training.
ALWAYS = {"epoch", "loss", "accuracy", "rate", "seconds"}


def save_checkpoint(path: str | os.PathLike, arrays: dict[str, np.ndarray], facts: dict) -> None:
    """Write a checkpoint, whole or not at all, in place of the one before."""
    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    content = save(whole, metadata={KEY: json.dumps(facts)})
    with atomic_file(path, overwrite=True) as file:
        file.write(content)


def load_checkpoint(path: str | os.PathLike) -> tuple[dict[str, np.ndarray], dict]:
    """Return arrays and facts of a checkpoint.

    Raises
    ------
    DataError
        If the file is missing, damaged, or no checkpoint.
    """
    path = os.fspath(path)
    try:
        facts, arrays = read_arrays(path, KEY, "a checkpoint")
        if facts is None:
            raise DataError(f"{path}: a .safetensors file, but not a checkpoint")
        _check(facts)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file, so there is nothing to resume") from None
    except (KeyError, ValueError) as error:
        # Of reading, in a sentence already.
        if isinstance(error, DataError):
            raise
        raise _damaged(path, error) from None
    return arrays, facts


def _check(facts: Any) -> None:
    """Raise KeyError or ValueError if facts are not those of a training."""
    mapping(facts, "the description")
    for name in ("settings", "given"):
        mapping(facts[name], name)
    if not isinstance(facts["epochs"], list):
        raise ValueError("epochs is no list")
    for row in facts["epochs"]:
        for column in COLUMNS:
            if mapping(row, "an epoch")[column] is not None or column in ALWAYS:
                finite(row[column], column)
    whole(facts["best"], "best", 0, len(facts["epochs"]))
    whole(facts["steps"], "steps", 0, MOST_STEPS)
    if not isinstance(facts["stopped"], bool):
        raise ValueError("stopped is neither true nor false")


def refuse_other_arrays(
    path: str | os.PathLike, arrays: dict[str, np.ndarray], wanted: dict[str, np.ndarray]
) -> None:
    """Raise DataError if a checkpoint's arrays are not like those of the training."""
    for name, like in wanted.items():
        found = arrays.get(name)
        if found is None:
            raise _damaged(path, f"{name} is missing")
        if found.shape != like.shape or found.dtype != like.dtype:
            raise _damaged(path, f"{name} is not of the network's shape and {like.dtype}")
        if not np.isfinite(found).all():
            raise _damaged(path, f"{name} holds NaN or infinity")


def _damaged(path: str | os.PathLike, reason: object) -> DataError:
    words = f"{reason.args[0]} is missing" if isinstance(reason, KeyError) else shortened(reason)
    return DataError(f"{os.fspath(path)}: not a checkpoint, or a damaged one ({words})")


def refuse_changes(path: str | os.PathLike, before: dict, now: dict) -> None:
    """Raise EdgewiseError if a training is not the one that a checkpoint is of.

    Parameters
    ----------
    path : path
    before, now : dict
        `settings`, whose values can be shown, and what was `given`, which is
        too long for that.
    """
    had, has = before["settings"], now["settings"]
    changed = [
        f"{name} was {_shown(had.get(name))}, and is {_shown(has[name])}"
        for name in has
        if had.get(name) != has[name]
    ]
    given = before["given"]
    changed += [f"other {name}" for name in now["given"] if given.get(name) != now["given"][name]]
    if changed:
        raise EdgewiseError(
            f"{os.fspath(path)} is of another training: {'; '.join(changed)}; go on with the "
            "settings and pictures of before, or start anew without --resume"
        )


def _shown(value) -> str:
    return "none" if value in (None, "") else shortened(value)


def digest(*arrays: np.ndarray) -> str:
    """Return a short name of what arrays hold."""
    found = hashlib.blake2b(digest_size=8)
    for array in arrays:
        found.update(f"{array.shape}{array.dtype}".encode())
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()
