"""The linear side of a comparison: HoG of every picture once, then one training a size."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...features.reading import pictures_at_once
from ...features.table import FeatureTable
from ..evaluation import count_answers
from ..files import save_model
from ..fitting import fit_linear
from ..linear import LinearModel
from ..linear_copies import Change, copies_of, copy_name, parse_copies
from ..linear_features import Features, compute, features_from_dict
from ..metrics import log_loss
from ..pictures import Pictures
from ..room import check_room
from .budget import COSTS
from .contest import Contest, Run
from .timing import seconds_a_picture

KIND = "linear"
# More pictures than NumPy alone would take.
WARMING = 64


def run_linear(contest: Contest) -> None:
    """Train and judge the linear model for every size that is not finished."""
    missing = contest.missing(KIND)
    if not missing:
        return
    vectors = _vectors_for(contest, max(run.count for run in missing))
    for run in missing:
        _run_one(contest, vectors, run)


@dataclass(frozen=True, eq=False)
class _Vectors:
    """Of all pictures, those to learn from each followed by its copies."""

    features: Any
    learned: np.ndarray
    chosen: np.ndarray
    copies: int
    seconds_a_vector: float

    def seconds(self, count: int) -> float:
        """Return what the vectors of `count` pictures, and those to choose by, took."""
        return self.seconds_a_vector * (count * self.copies + len(self.chosen))


def _vectors_for(contest: Contest, count: int) -> _Vectors:
    parts, features = contest.parts, features_from_dict(contest.plan.features)
    changes = parse_copies(contest.plan.copies)
    vectors = count * len(changes) + len(parts.validation)
    _check_room(features, vectors, contest)
    _warm_up(features, parts.train)
    started = time.perf_counter()
    own = parts.train.images[:count]
    learned = _vectors(contest, features, own, changes, "HoG to learn")
    chosen = _vectors(contest, features, parts.validation.images, changes[:1], "HoG to choose by")
    seconds = (time.perf_counter() - started) / vectors
    return _Vectors(features, learned, chosen, len(changes), seconds)


def _run_one(contest: Contest, vectors: _Vectors, run: Run) -> None:
    test, count = contest.parts.test, run.count
    model, facts = choose(contest, _table(contest, vectors, count), vectors.chosen)
    facts["training_seconds"] = round(facts["training_seconds"] + vectors.seconds(count), 3)
    values = _judge(model, test.images)
    if contest.keeps(run):
        save_model(contest.model_path(KIND), model, overwrite=True)
        facts |= _costs(contest, model)
    contest.steps.finish(run.name, {"pictures": count, **facts}, values)
    found = count_answers(model.classes, test.labels, values.argmax(axis=1))
    contest.say(f"HoG + linear on {count:,} pictures: {found.accuracy:.1%} of the test")


def _warm_up(features: Features, pictures: Pictures) -> None:
    """Load the compiled loops and scikit-learn, which the first training would be charged for."""
    import sklearn.linear_model  # noqa: F401

    compute(features, _plain(np.repeat(pictures.images[:1], WARMING, axis=0)))


def _check_room(features: Features, count: int, contest: Contest) -> None:
    length = features.length(*contest.plan.size)
    copies, remedy = contest.plan.copies, {}
    if copies:
        remedy = {"remedy": f"leave {' or '.join(copies.split(','))} out of --augment"}
    what = f"the features of {count:,} pictures{' and copies of them' if copies else ''}"
    check_room(4 * count * length, what, **remedy)


def _vectors(
    contest: Contest, features: Features, images: np.ndarray, changes: list[Change], what: str
) -> np.ndarray:
    copies = len(changes)
    X = np.empty((len(images) * copies, features.length(*contest.plan.size)), np.float32)
    with contest.counter(total=len(X), unit="picture", what=what) as told:
        for part in _blocks(images, copies):
            rows = slice(part.start * copies, part.stop * copies)
            X[rows] = compute(features, _plain(copies_of(images[part], changes)))
            told(rows.stop)
    return X


def _blocks(images: np.ndarray, copies: int = 1) -> list[slice]:
    step = max(1, pictures_at_once(images.shape[1:]) // copies)
    return [slice(at, min(at + step, len(images))) for at in range(0, len(images), step)]


def _plain(images: np.ndarray) -> np.ndarray:
    """Return images (N, H, W, C) as HoG wants them: gray ones have no channels."""
    return images[..., 0] if images.shape[3] == 1 else images


def _table(contest: Contest, vectors: _Vectors, count: int) -> FeatureTable:
    train, plan, copies = contest.parts.train, contest.plan, vectors.copies
    labels = tuple(train.classes[k] for k in train.labels[:count] for _ in range(copies))
    return FeatureTable(
        X=vectors.learned[: count * copies],
        names=tuple(copy_name(name, k) for name in train.names[:count] for k in range(copies)),
        labels=labels,
        classes=tuple(name for name in train.classes if name in set(labels)),
        config=vectors.features,
        size=plan.size,
        channels=plan.channels,
    )


def choose(contest: Contest, table: FeatureTable, unseen: np.ndarray) -> tuple[LinearModel, dict]:
    """Train with every C of `COSTS`, and keep the model that names the validation pictures best.

    Returns
    -------
    model : LinearModel
    facts : dict
        C, validation_accuracy and training_seconds, of all trainings together.
    """
    labels = contest.parts.validation.labels
    best: tuple[tuple[float, float], LinearModel] | None = None
    started = time.perf_counter()
    what = f"linear model on {len(table):,}"
    with contest.counter(total=len(COSTS), unit="training", what=what) as told:
        for number, cost in enumerate(COSTS, start=1):
            model = fit_linear(table, C=cost, seed=contest.plan.seed, jobs=contest.jobs)
            values = model.judge(unseen)
            right = float((values.argmax(axis=1) == labels).mean())
            quality = right, -log_loss(labels, values)
            if best is None or quality > best[0]:
                best = quality, model
            told(number)
    assert best is not None
    facts = {"C": best[1].training["C"], "validation_accuracy": best[0][0]}
    return best[1], facts | {"training_seconds": time.perf_counter() - started}


def _judge(model: LinearModel, images: np.ndarray) -> np.ndarray:
    judged = [model.judge_images(_plain(images[part])) for part in _blocks(images)]
    return np.concatenate(judged)


def _costs(contest: Contest, model: LinearModel) -> dict:
    """Return what the model needs: seconds a picture, and bytes of its file."""
    judge: Callable[[np.ndarray], np.ndarray] = lambda images: _judge(model, images)  # noqa: E731
    return {
        "seconds_a_picture": seconds_a_picture(judge, contest.parts.test.images),
        "bytes": contest.model_path(KIND).stat().st_size,
        "model_digest": contest.model_digest(KIND),
        "numbers": int(model.weights.size + model.bias.size),
    }
