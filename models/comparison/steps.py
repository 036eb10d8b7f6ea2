"""Finished steps of a comparison: each a file, there whole or not at all."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...features.files.npy import write_array
from ...images.atomic import atomic_file


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
        """Return the facts of a finished step, None if it is not finished."""
        try:
            found = json.loads(self._place(name, "json").read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        if not isinstance(found, dict) or found.pop("plan", None) != self.identity:
            return None
        return found

    def answers(self, name: str) -> np.ndarray | None:
        """Return what a finished step answered, (N, classes); None if it is not there, or torn."""
        try:
            found = np.load(self._place(name, "npy"), allow_pickle=False)
        except (FileNotFoundError, ValueError, EOFError):
            return None
        return found if found.shape == self.shape else None

    def finish(
        self, name: str, facts: dict[str, Any], answers: np.ndarray | None = None
    ) -> dict[str, Any]:
        """Write a step; its facts last, for it is finished when they are there."""
        if answers is not None:
            with atomic_file(self._place(name, "npy"), overwrite=True) as file:
                write_array(file, np.ascontiguousarray(answers))
        text = json.dumps({"plan": self.identity, **facts})
        with atomic_file(self._place(name, "json"), overwrite=True) as file:
            file.write(text.encode())
        return json.loads(json.dumps(facts))

    def checkpoint(self, name: str) -> Path:
        """Return where an unfinished step keeps how far it is."""
        return self._place(name, "checkpoint")

    def _place(self, name: str, suffix: str) -> Path:
        return self.folder / "steps" / f"{name}.{suffix}"
