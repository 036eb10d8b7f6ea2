"""The linear side of a comparison: HoG of every picture once, then one training a size."""

import time
from collections.abc import Callable

import numpy as np

from ...features.reading import pictures_at_once
from ...features.table import FeatureTable
from ..evaluation import count_answers
from ..files import save_model
from ..fitting import fit_linear
from ..linear import LinearModel
from ..linear_features import Features, compute, features_from_dict
from ..metrics import log_loss
from ..pictures import Pictures
from ..room import check_room
from .budget import COSTS
from .contest import Contest, step_name
from .timing import seconds_a_picture

KIND = "linear"
# More pictures than NumPy alone would take.
WARMING = 64


def run_linear(contest: Contest) -> None:
    """Train and judge the linear model for every size that is not finished."""
    parts, steps = contest.parts, contest.steps
    missing = contest.missing(KIND)
    if not missing:
        return
    features = features_from_dict(contest.plan.features)
    largest = max(missing)
    _check_room(features, largest + len(parts.validation), contest)
    _warm_up(features, parts.train)
    started = time.perf_counter()
    learned = _vectors(contest, features, parts.train.subset(np.arange(largest)), "HoG to learn")
    chosen = _vectors(contest, features, parts.validation, "HoG to choose by")
    a_picture = (time.perf_counter() - started) / (largest + len(parts.validation))
    for count in missing:
        extracting = a_picture * (count + len(parts.validation))
        table = _table(contest, features, learned, count)
        model, facts = choose(contest, table, chosen)
        facts["training_seconds"] = round(facts["training_seconds"] + extracting, 3)
        values = _judge(model, parts.test.images)
        if count == parts.sizes[-1]:
            save_model(contest.model_path(KIND), model, overwrite=True)
            facts |= _costs(contest, model)
        name = step_name(KIND, count)
        steps.finish(name, {"pictures": count, **facts}, values)
        found = count_answers(model.classes, parts.test.labels, values.argmax(axis=1))
        contest.say(f"HoG + linear on {count:,} pictures: {found.accuracy:.1%} of the test")


def _warm_up(features: Features, pictures: Pictures) -> None:
    """Load the compiled loops and scikit-learn, which the first training would be charged for."""
    import sklearn.linear_model  # noqa: F401

    compute(features, _plain(np.repeat(pictures.images[:1], WARMING, axis=0)))


def _check_room(features: Features, count: int, contest: Contest) -> None:
    length = features.length(*contest.plan.size)
    check_room(4 * count * length, f"the features of {count:,} pictures")


def _vectors(contest: Contest, features: Features, pictures: Pictures, what: str) -> np.ndarray:
    X = np.empty((len(pictures), features.length(*contest.plan.size)), np.float32)
    with contest.counter(total=len(X), unit="picture", what=what) as told:
        for part in _blocks(pictures.images):
            X[part] = compute(features, _plain(pictures.images[part]))
            told(part.stop)
    return X


def _blocks(images: np.ndarray) -> list[slice]:
    step = pictures_at_once(images.shape[1:])
    return [slice(at, min(at + step, len(images))) for at in range(0, len(images), step)]


def _plain(images: np.ndarray) -> np.ndarray:
    """Return images (N, H, W, C) as HoG wants them: gray ones have no channels."""
    return images[..., 0] if images.shape[3] == 1 else images


def _table(contest: Contest, features, learned: np.ndarray, count: int) -> FeatureTable:
    train, plan = contest.parts.train, contest.plan
    labels = tuple(train.classes[k] for k in train.labels[:count])
    return FeatureTable(
        X=learned[:count],
        names=train.names[:count],
        labels=labels,
        classes=tuple(name for name in train.classes if name in set(labels)),
        config=features,
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
        "numbers": int(model.weights.size + model.bias.size),
    }
