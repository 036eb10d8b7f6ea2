"""Checkpoints: all that a training needs to go on as if nothing had happened."""

import hashlib
import json
import os

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from ....images.atomic import atomic_file
from ....images.errors import DataError, EdgewiseError

KEY = "edgewise-checkpoint"


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
        with safe_open(path, framework="numpy") as file:
            facts = json.loads((file.metadata() or {})[KEY])
            return {name: file.get_tensor(name) for name in file.keys()}, facts  # noqa: SIM118
    except FileNotFoundError:
        raise DataError(f"{path}: no such file, so there is nothing to resume") from None
    except (OSError, SafetensorError, ValueError, TypeError, KeyError) as error:
        raise DataError(f"{path}: not a checkpoint, or a damaged one ({error})") from None


def refuse_changes(path: str | os.PathLike, before: dict, now: dict) -> None:
    """Raise EdgewiseError if a training is not the one that a checkpoint is of.

    Parameters
    ----------
    path : path
    before, now : dict
        `settings`, whose values can be shown, and what was `given`, which is
        too long for that.
    """
    had, has = before.get("settings", {}), now["settings"]
    changed = [
        f"{name} was {_shown(had.get(name))}, and is {_shown(has[name])}"
        for name in has
        if had.get(name) != has[name]
    ]
    given = before.get("given", {})
    changed += [f"other {name}" for name in now["given"] if given.get(name) != now["given"][name]]
    if changed:
        raise EdgewiseError(
            f"{os.fspath(path)} is of another training: {'; '.join(changed)}; go on with the "
            "settings and pictures of before, or start anew without --resume"
        )


def _shown(value) -> str:
    return "none" if value in (None, "") else str(value)


def digest(*arrays: np.ndarray) -> str:
    """Return a short name of what arrays hold."""
    found = hashlib.blake2b(digest_size=8)
    for array in arrays:
        found.update(f"{array.shape}{array.dtype}".encode())
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()
