"""The CNN's side of a comparison: one training a size, each gone on with where it was."""

import time

import numpy as np

from ..cnn.model import CnnModel
from ..cnn.network import Network
from ..cnn.training.batches import Normalization
from ..cnn.training.fitting import fit
from ..cnn.training.history import History
from ..cnn.training.settings import TrainingSettings
from ..cnn.training.warming import warm_up
from ..evaluation import count_answers
from ..files import save_model
from ..pictures import Pictures
from .budget import BATCH, epochs_within
from .contest import Contest, step_name
from .plan import Plan
from .timing import seconds_a_picture

KIND = "cnn"
# As `edgewise train cnn` unless it is told otherwise.
SMOOTHING = 0.05
# What the speed of a network is measured on, before its epochs are counted.
SPEED, MEASURED_BATCHES = "speed", 8


def run_cnn(contest: Contest) -> None:
    """Train and judge the network for every size that is not finished."""
    missing = contest.missing(KIND)
    if not missing:
        return
    warm_up(build(contest.plan))
    epochs = dict(zip(contest.parts.sizes, _epochs(contest), strict=True))
    for count in missing:
        _run_one(contest, count, epochs[count])


def build(plan: Plan) -> Network:
    """Return the untrained network of a plan."""
    shape = (plan.channels, *plan.size)
    return Network.from_spec(plan.network, shape, classes=len(plan.classes), seed=plan.seed)


def _epochs(contest: Contest) -> tuple[int, ...]:
    plan, sizes = contest.plan, contest.parts.sizes
    seconds = None if plan.minutes is None else 60 * plan.minutes
    a_picture = 0.0 if seconds is None else _seconds_to_learn(contest)
    return epochs_within(sizes, plan.epochs, seconds, a_picture)


def _seconds_to_learn(contest: Contest) -> float:
    """Return the seconds that learning from a picture takes, measured once for a comparison."""
    if found := contest.steps.read(SPEED):
        return found["seconds_a_picture"]
    few = contest.parts.train.subset(
        np.arange(min(MEASURED_BATCHES * BATCH, len(contest.parts.train)))
    )
    started = time.perf_counter()
    fit(build(contest.plan), few.images, few.labels, threads=contest.jobs, **_settings(contest, 1))
    measured = {"seconds_a_picture": (time.perf_counter() - started) / len(few)}
    return contest.steps.finish(SPEED, measured)["seconds_a_picture"]


def _settings(contest: Contest, epochs: int) -> dict:
    plan = contest.plan
    return {
        "epochs": epochs, "batch": BATCH, "seed": plan.seed, "smoothing": SMOOTHING,
        "augment": plan.augment, "rate": plan.rate,
    }  # fmt: skip


def _run_one(contest: Contest, count: int, epochs: int) -> None:
    parts, name = contest.parts, step_name(KIND, count)
    learned = parts.train.subset(np.arange(count))
    network, normal = build(contest.plan), Normalization.of(learned.images)
    course = _trained(contest, network, normal, learned, epochs, name)
    settings = TrainingSettings(**_settings(contest, epochs))
    kept = course.epochs[course.best - 1]
    facts = {
        "epochs": epochs,
        "best_epoch": course.best,
        "validation_accuracy": kept["validation_accuracy"],
        # Of the epochs only: they are told, however often the training was interrupted.
        "training_seconds": round(sum(row["seconds"] for row in course.epochs), 3),
    }
    told = {"pictures": count, "network": contest.plan.network, "accuracy": kept["accuracy"]}
    timeless = {key: facts[key] for key in ("epochs", "best_epoch", "validation_accuracy")}
    training = told | timeless | {"held_back": len(parts.validation)}
    training["settings"] = settings.to_dict()
    model = CnnModel(network, contest.plan.classes, normal, training)
    values = model.judge_images(parts.test.images, threads=contest.jobs)
    if count == parts.sizes[-1]:
        save_model(contest.model_path(KIND), model, overwrite=True)
        facts |= _costs(contest, model)
    contest.steps.finish(name, {"pictures": count, **facts}, values)
    contest.steps.checkpoint(name).unlink(missing_ok=True)
    found = count_answers(model.classes, parts.test.labels, values.argmax(axis=1))
    contest.say(f"CNN on {count:,} pictures: {found.accuracy:.1%} of the test")


def _trained(
    contest: Contest, network: Network, normal, learned: Pictures, epochs: int, name: str
) -> History:
    held, count = contest.parts.validation, len(learned)
    what = f"CNN on {count:,}, {epochs} epochs"
    with contest.counter(total=epochs * count, unit="picture", what=what) as told:
        return fit(
            network, learned.images, learned.labels, normalization=normal,
            validation=(held.images, held.labels), threads=contest.jobs,
            checkpoint=contest.steps.checkpoint(name), resume=True,
            progress=lambda now: told((now["epoch"] - 1) * count + now["done"]),
            **_settings(contest, epochs),
        )  # fmt: skip


def _costs(contest: Contest, model: CnnModel) -> dict:
    """Return what the model needs: seconds a picture, and bytes of its file."""
    return {
        "seconds_a_picture": seconds_a_picture(
            lambda images: model.judge_images(images, threads=contest.jobs),
            contest.parts.test.images,
        ),
        "bytes": contest.model_path(KIND).stat().st_size,
        "numbers": int(model.network.vector.size),
    }
