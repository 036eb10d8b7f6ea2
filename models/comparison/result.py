"""What a comparison found, put together from its finished steps."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...images.errors import DataError
from ..evaluation import Answers
from ..mcnemar import Difference, mcnemar
from ..measures import measure
from .advice import Advice, advise
from .budget import epochs_for
from .contest import Contest, step_name

KINDS = ("linear", "cnn")


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two models.

    Parameters
    ----------
    facts : dict
        Of the model that learned from all pictures: what was chosen, seconds,
        bytes.
    curve : tuple of (int, dict, Answers)
        For each size of the training set: pictures, facts, answers.
    """

    facts: dict[str, Any]
    curve: tuple[tuple[int, dict[str, Any], Answers], ...]

    @property
    def answers(self) -> Answers:
        """Those of the model that learned from all pictures."""
        return self.curve[-1][2]

    @property
    def right(self) -> np.ndarray:
        """Whether each test picture was named rightly, (N,) bool."""
        return self.answers.values.argmax(axis=1) == self.answers.truth

    @property
    def growth(self) -> Difference | None:
        """What the last doubling of the pictures to learn from brought."""
        if len(self.curve) < 2:
            return None
        return mcnemar(self.curve[-2][2], self.curve[-1][2])

    def to_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON."""
        answers = self.answers
        told = answers.evaluation.to_dict() | measure(answers).to_dict(answers.classes)
        return self.facts | told


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two models that learned from the same pictures, on the same test pictures.

    Parameters
    ----------
    contest : Contest
    linear, cnn : Side
    """

    contest: Contest
    linear: Side
    cnn: Side

    @property
    def difference(self) -> Difference:
        """Of the network from the linear model."""
        return mcnemar(self.linear.answers, self.cnn.answers)

    @cached_property
    def advice(self) -> Advice:
        """What follows."""
        facts, parts = self.cnn.facts, self.contest.parts
        return advise(
            self.difference, self.linear.growth, self.cnn.growth,
            epochs=(facts["epochs"], epochs_for(len(parts.train), None)), shared=parts.shared,
            untested=parts.untested,
        )  # fmt: skip

    def only(self, kind: str) -> np.ndarray:
        """Return the places of test pictures that only one kind of model names rightly.

        Those that the other is most wrong about, by what it gives to the true class
        and to its own answer, come first.
        """
        good, bad = (self.linear, self.cnn) if kind == "linear" else (self.cnn, self.linear)
        places = np.flatnonzero(good.right & ~bad.right)
        values, truth = bad.answers.values[places], bad.answers.truth[places]
        gap = values.max(axis=1) - values[np.arange(len(places)), truth]
        return places[np.argsort(-gap, kind="stable")]

    def to_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON."""
        parts, plan = self.contest.parts, self.contest.plan
        names = parts.test.names
        known = plan.to_dict()
        kept = ("network", "features", "validation", "points", "seed", "epochs", "minutes",
                "augment", "rate")  # fmt: skip
        return {
            "classes": list(plan.classes),
            "size": list(plan.size),
            "channels": plan.channels,
            "pictures": {
                "train": len(parts.train),
                "validation": len(parts.validation),
                "test": len(parts.test),
            },
            "settings": {name: known[name] for name in kept},
            "linear": self.linear.to_dict(),
            "cnn": self.cnn.to_dict(),
            "difference": self.difference.to_dict(),
            "curve": [self._point(i) for i in range(len(parts.sizes))],
            "only_linear_right": [names[i] for i in self.only("linear")],
            "only_cnn_right": [names[i] for i in self.only("cnn")],
            "advice": self.advice.to_dict(),
        }

    def _point(self, number: int) -> dict[str, Any]:
        point: dict[str, Any] = {"pictures": self.linear.curve[number][0]}
        for kind in KINDS:
            _, facts, answers = getattr(self, kind).curve[number]
            found = answers.evaluation
            own = {name: value for name, value in facts.items() if name != "pictures"}
            point[kind] = {"accuracy": found.accuracy, "accuracy_95": list(found.interval), **own}
        return point


def collect(contest: Contest) -> Comparison:
    """Put the finished steps together.

    Raises
    ------
    DataError
        If one is missing.
    """
    return Comparison(contest, *(_side(contest, kind) for kind in KINDS))


def _side(contest: Contest, kind: str) -> Side:
    test, curve = contest.parts.test, []
    for count in contest.parts.sizes:
        name = step_name(kind, count)
        facts, values = contest.steps.read(name), contest.steps.answers(name)
        if facts is None or values is None:
            raise DataError(f"{contest.folder}: the step {name} is missing; run the command again")
        answers = Answers(test.names, test.labels, values, test.classes, "probability")
        curve.append((count, facts, answers))
    return Side(curve[-1][1], tuple(curve))
