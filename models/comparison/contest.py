"""What both models train on in a comparison, and whom they tell how far they are."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...images.errors import EdgewiseError
from ..files import load_model
from .parts import Parts
from .plan import Plan
from .steps import Steps


class Counter(Protocol):
    """Shows how much is done; yields a function that is told it."""

    def __call__(  # noqa: D102
        self, *, total: int, unit: str, what: str
    ) -> AbstractContextManager[Callable[[int], object]]: ...


def silent(*, total: int, unit: str, what: str) -> AbstractContextManager[Callable[[int], object]]:
    """Show nothing."""
    return nullcontext(lambda done: None)


@dataclass(frozen=True, eq=False)
class Contest:
    """A comparison on its way.

    Parameters
    ----------
    plan : Plan
    parts : Parts
    folder : Path
    jobs : int, optional
        Threads; one a core when left out.
    counter : callable
        Shows the progress of a step.
    say : callable
        Told of each finished step, in a sentence.
    """

    plan: Plan
    parts: Parts
    folder: Path
    jobs: int | None = None
    counter: Counter = silent
    say: Callable[[str], object] = lambda words: None

    @property
    def steps(self) -> Steps:
        """What is finished."""
        shape = (len(self.parts.test), len(self.plan.classes))
        return Steps(self.folder, self.plan.identity, shape)

    def missing(self, kind: str) -> list[int]:
        """Return the sizes of the training set that a kind of model is not finished with."""
        sizes = self.parts.sizes
        return [n for n in sizes if not self._is_finished(kind, n) or self._lacks_model(kind, n)]

    def _is_finished(self, kind: str, count: int) -> bool:
        name = step_name(kind, count)
        return self.steps.read(name) is not None and self.steps.answers(name) is not None

    def _lacks_model(self, kind: str, count: int) -> bool:
        """Say whether the model that learned from all pictures is not there, or torn."""
        if count < self.parts.sizes[-1]:
            return False
        try:
            load_model(self.model_path(kind))
        except (OSError, EdgewiseError):
            return True
        return False

    def model_path(self, kind: str) -> Path:
        """Return where the model of a kind that learned from all pictures stands."""
        return self.folder / f"{kind}.safetensors"


def step_name(kind: str, count: int) -> str:
    """Return the name of the step that trains a kind of model on so many pictures."""
    return f"{kind}-{count}"
