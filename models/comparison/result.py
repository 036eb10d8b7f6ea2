"""What a comparison found, put together from its finished steps."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...images.errors import DataError
from ..evaluation import Answers
from ..intervals import wilson
from ..mcnemar import Difference, mcnemar
from ..measures import measure
from .advice import Advice, advise
from .budget import epochs_for
from .contest import Contest, Run
from .overlap import STEP, Overlap
from .paired import Gap, gap

KINDS = ("linear", "cnn")


@dataclass(frozen=True, eq=False)
class Point:
    """Where a model stands after learning from so many pictures.

    Parameters
    ----------
    count : int
        Pictures.
    facts : tuple of dict
        Of each random seed: what was chosen, seconds; of the model that stays,
        the first of the last point, bytes too.
    answers : tuple of Answers
        Of each random seed.
    """

    count: int
    facts: tuple[dict[str, Any], ...]
    answers: tuple[Answers, ...]

    @cached_property
    def right(self) -> np.ndarray:
        """Whether each test picture was named rightly, (seeds, N) int8."""
        one = [own.values.argmax(axis=1) == own.truth for own in self.answers]
        return np.stack(one).astype(np.int8)

    @property
    def accuracies(self) -> tuple[float, ...]:
        """Share of the test pictures that is named rightly, of each seed."""
        return tuple(self.right.mean(axis=1).tolist())

    @property
    def accuracy(self) -> float:
        """Its mean over the seeds."""
        return float(self.right.mean())

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the mean, for other test pictures."""
        return wilson(self.accuracy, self.right.shape[1])

    @property
    def seconds(self) -> float:
        """What the training took, in the mean over the seeds."""
        return float(np.mean([one["training_seconds"] for one in self.facts]))

    def to_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON."""
        own = {name: value for name, value in self.facts[0].items() if name != "pictures"}
        told = {"accuracy": self.accuracy, "accuracy_95": list(self.interval), **own}
        several = {"accuracies": list(self.accuracies), "training_seconds": self.seconds}
        return told | several if len(self.facts) > 1 else told


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two models.

    Parameters
    ----------
    curve : tuple of Point
        For each size of the training set.
    """

    curve: tuple[Point, ...]

    @property
    def last(self) -> Point:
        """What came of all pictures."""
        return self.curve[-1]

    @property
    def facts(self) -> dict[str, Any]:
        """Of the model that stays: it learned from all pictures, with the first seed."""
        return self.last.facts[0]

    @property
    def answers(self) -> Answers:
        """Those of the model that stays."""
        return self.last.answers[0]

    @property
    def right(self) -> np.ndarray:
        """Whether the model that stays named each test picture rightly, (N,) bool."""
        return self.last.right[0] > 0

    @property
    def gained(self) -> np.ndarray | None:
        """What the last doubling of the pictures changed, (seeds, N): 1 for right after wrong."""
        return None if len(self.curve) < 2 else self.last.right - self.curve[-2].right

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
    overlaps : tuple of Overlap
        Pictures that are in two parts.
    """

    contest: Contest
    linear: Side
    cnn: Side
    overlaps: tuple[Overlap, ...]

    @property
    def difference(self) -> Difference:
        """Of the network that stays from the linear model."""
        return mcnemar(self.linear.answers, self.cnn.answers)

    @cached_property
    def gap(self) -> Gap:
        """How far the network is from the linear model, over all seeds."""
        return gap(self.cnn.last.right - self.linear.last.right)

    @cached_property
    def gains(self) -> tuple[Gap | None, Gap | None, Gap | None]:
        """What twice the pictures brought the linear model, the network, and the latter more."""
        linear, cnn = self.linear.gained, self.cnn.gained
        if linear is None or cnn is None:
            return None, None, None
        return gap(linear), gap(cnn), gap(cnn - linear)

    @cached_property
    def advice(self) -> Advice:
        """What follows."""
        facts, parts = self.cnn.facts, self.contest.parts
        return advise(
            self.gap, *self.gains, epochs=(facts["epochs"], epochs_for(len(parts.train), None)),
            overlaps=self.overlaps, untested=parts.untested,
        )  # fmt: skip

    def only(self, kind: str) -> np.ndarray:
        """Return the places of test pictures that only one kind of model names rightly.

        Those that the other is most wrong about, by what it gives to the true class
        and to its own answer, come first.
        """
        good, bad = (self.linear, self.cnn) if kind == "linear" else (self.cnn, self.linear)
        places = np.flatnonzero(good.right & ~bad.right)
        values, truth = bad.answers.values[places], bad.answers.truth[places]
        lead = values.max(axis=1) - values[np.arange(len(places)), truth]
        return places[np.argsort(-lead, kind="stable")]

    def to_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON."""
        parts, plan = self.contest.parts, self.contest.plan
        names = parts.test.names
        known = plan.to_dict()
        kept = ("network", "features", "validation", "points", "seed", "seeds", "epochs",
                "minutes", "augment", "copies", "group_by", "rate")  # fmt: skip
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
            "seeds": self.gap.to_dict() | {"runs": self._runs()},
            "shared": [one.to_dict() for one in self.overlaps],
            "curve": [
                {"pictures": one.count, "linear": one.to_dict(), "cnn": other.to_dict()}
                for one, other in zip(self.linear.curve, self.cnn.curve, strict=True)
            ],
            "only_linear_right": [names[i] for i in self.only("linear")],
            "only_cnn_right": [names[i] for i in self.only("cnn")],
            "advice": self.advice.to_dict(),
        }

    def _runs(self) -> list[dict[str, Any]]:
        last = self.cnn.last
        rows = zip(self.contest.plan.all_seeds, last.accuracies, self.differences, strict=True)
        return [
            {"seed": seed, "accuracy": accuracy, **one.to_dict()} for seed, accuracy, one in rows
        ]

    @property
    def differences(self) -> list[Difference]:
        """Of the network of each seed from the linear model."""
        return [mcnemar(self.linear.answers, own) for own in self.cnn.last.answers]


def collect(contest: Contest) -> Comparison:
    """Put the finished steps together.

    Raises
    ------
    DataError
        If one is missing.
    """
    found = contest.steps.read(STEP)
    if found is None:
        raise _missing(contest, STEP)
    linear, cnn = (_side(contest, kind) for kind in KINDS)
    return Comparison(contest, linear, cnn, tuple(Overlap(**one) for one in found["overlaps"]))


def _side(contest: Contest, kind: str) -> Side:
    points: dict[int, list[tuple[dict, Answers]]] = {size: [] for size in contest.parts.sizes}
    for run in contest.runs(kind):
        points[run.count].append(_done(contest, run))
    return Side(tuple(Point(count, *zip(*own, strict=True)) for count, own in points.items()))


def _done(contest: Contest, run: Run) -> tuple[dict[str, Any], Answers]:
    facts, values = contest.steps.read(run.name), contest.steps.answers(run.name)
    if facts is None or values is None:
        raise _missing(contest, run.name)
    test = contest.parts.test
    return facts, Answers(test.names, test.labels, values, test.classes, "probability")


def _missing(contest: Contest, name: str) -> DataError:
    return DataError(f"{contest.folder}: the step {name} is missing", hint="run the command again")
