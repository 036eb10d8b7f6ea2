"""Finished steps of a comparison: each a file, there whole or not at all."""

import io
import json
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from ...images.atomic import atomic_file
from ...images.errors import DataError
from ...images.json_text import parse_json
from ...images.regular import read_regular

# The facts of a step are some hundred bytes.
MOST_BYTES = 2**20


@dataclass(frozen=True)
class Steps:
    """The finished steps in a folder.

    Parameters
    ----------
    folder : Path
    identity : str
        Of the plan; a step of another plan counts for nothing.
    shape : (int, int)
        Of what a step answers: test pictures and classes.
    """

    folder: Path
    identity: str
    shape: tuple[int, int]

    def read(self, name: str) -> dict[str, Any] | None:
        """Return the facts of a finished step, None if it is not finished, or damaged."""
        found = self._told(name)
        return None if found is None else found["facts"]

    def answers(self, name: str) -> np.ndarray | None:
        """Return what a finished step answered, (N, classes); None as for `read`."""
        found = self._told(name)
        try:
            content = read_regular(self._place(name, "npy"), limit=self._most_bytes)
        except (OSError, DataError):
            return None
        if found is None or found["answers"] != _digest(content):
            return None
        return _array(content, self.shape)

    def finish(
        self, name: str, facts: dict[str, Any], answers: np.ndarray | None = None
    ) -> dict[str, Any]:
        """Write a step; its facts last, for it is finished when they are there."""
        content = b"" if answers is None else _npy(answers)
        if content:
            self._write(name, "npy", content)
        told = {"plan": self.identity, "facts": facts, "answers": _digest(content)}
        told["digest"] = _digest(_text(told))
        self._write(name, "json", _text(told))
        return json.loads(json.dumps(facts))

    def checkpoint(self, name: str) -> Path:
        """Return where an unfinished step keeps how far it is."""
        return self._place(name, "checkpoint")

    def _told(self, name: str) -> dict[str, Any] | None:
        path = self._place(name, "json")
        try:
            found = parse_json(read_regular(path, limit=MOST_BYTES), path)
        except (OSError, DataError):
            return None
        if not isinstance(found, dict) or found.get("plan") != self.identity:
            return None
        # What is not as it was written is done again.
        digest = found.pop("digest", None)
        return found if digest == _digest(_text(found)) else None

    @property
    def _most_bytes(self) -> int:
        rows, columns = self.shape
        return 8 * rows * columns + MOST_BYTES

    def _write(self, name: str, suffix: str, content: bytes) -> None:
        with atomic_file(self._place(name, suffix), overwrite=True) as file:
            file.write(content)

    def _place(self, name: str, suffix: str) -> Path:
        return self.folder / "steps" / f"{name}.{suffix}"


def _text(told: dict[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True).encode()


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def _npy(array: np.ndarray) -> bytes:
    return _npy_header(array.shape, array.dtype) + array.tobytes()


def _array(content: bytes, shape: tuple[int, int]) -> np.ndarray | None:
    """Return an array from what `_npy` made of one; None if it is anything else."""
    for dtype in (np.dtype(np.float32), np.dtype(np.float64)):
        size = shape[0] * shape[1] * dtype.itemsize
        header = _npy_header(shape, dtype)
        if content.startswith(header) and len(content) == len(header) + size:
            return np.frombuffer(content, dtype, offset=len(header)).reshape(shape)
    return None


def _npy_header(shape: tuple[int, ...], dtype: np.dtype) -> bytes:
    file = io.BytesIO()
    told = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, told)
    return file.getvalue()
