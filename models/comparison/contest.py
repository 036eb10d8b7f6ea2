"""What both models train on in a comparison, and whom they tell how far they are."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from ...images.errors import DataError
from ...images.regular import read_regular
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


@dataclass(frozen=True)
class Run:
    """One training of a model.

    Parameters
    ----------
    kind : {'linear', 'cnn'}
    count : int
        Pictures to learn from.
    seed : int
    """

    kind: str
    count: int
    seed: int

    @property
    def name(self) -> str:
        """Of its step."""
        return f"{self.kind}-{self.count}-{self.seed}"


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

    def runs(self, kind: str) -> list[Run]:
        """Return all trainings of a kind of model, those of the first seed first."""
        # Nothing in the training of the linear model is left to chance.
        seeds = self.plan.all_seeds[:1] if kind == "linear" else self.plan.all_seeds
        return [Run(kind, count, seed) for seed in seeds for count in self.parts.sizes]

    def missing(self, kind: str) -> list[Run]:
        """Return the trainings of a kind of model that are not finished."""
        return [run for run in self.runs(kind) if not self._is_finished(run)]

    def _is_finished(self, run: Run) -> bool:
        facts = self.steps.read(run.name)
        if facts is None or self.steps.answers(run.name) is None:
            return False
        return not self.keeps(run) or facts["model_digest"] == self.model_digest(run.kind)

    def keeps(self, run: Run) -> bool:
        """Say whether the model of a training stays in the folder."""
        return run.count == self.parts.sizes[-1] and run.seed == self.plan.seed

    def model_digest(self, kind: str) -> str | None:
        """Return what tells the file of a model from any other; None if there is no file."""
        try:
            content = read_regular(self.model_path(kind))
        except (OSError, DataError):
            return None
        return blake2b(content, digest_size=16).hexdigest()

    def model_path(self, kind: str) -> Path:
        """Return where the model of a kind that learned from all pictures stands."""
        return self.folder / f"{kind}.safetensors"
