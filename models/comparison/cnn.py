"""The CNN's side of a comparison: one training a size, each gone on with where it was."""

import time

import numpy as np

from ...images.errors import EdgewiseError
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
from .budget import BATCH, epochs_within, steps_an_epoch
from .contest import Contest, Run
from .plan import Plan
from .timing import seconds_a_picture

KIND = "cnn"
# As `edgewise train cnn` unless it is told otherwise.
SMOOTHING = 0.05
# What the speed of a network is measured on, before its epochs are counted.
SPEED, MEASURED_BATCHES = "speed", 8


def run_cnn(contest: Contest) -> None:
    """Train and judge the network for every size and seed that is not finished."""
    missing = contest.missing(KIND)
    if not missing:
        return
    warm_up(build(contest.plan, contest.plan.seed))
    epochs = dict(zip(contest.parts.sizes, _epochs(contest), strict=True))
    for run in missing:
        _run_one(contest, run, epochs[run.count])


def build(plan: Plan, seed: int) -> Network:
    """Return the untrained network of a plan."""
    shape = (plan.channels, *plan.size)
    return Network.from_spec(plan.network, shape, classes=len(plan.classes), seed=seed)


def _epochs(contest: Contest) -> tuple[int, ...]:
    plan, parts = contest.plan, contest.parts
    seconds = None if plan.minutes is None else 60 * plan.minutes
    a_picture = 0.0 if seconds is None else _seconds_to_learn(contest)
    return epochs_within(
        parts.sizes, plan.epochs, seconds, a_picture,
        validation=len(parts.validation), seeds=plan.seeds,
    )  # fmt: skip


def _seconds_to_learn(contest: Contest) -> float:
    """Return the seconds that learning from a picture takes, measured once for a comparison."""
    if found := contest.steps.read(SPEED):
        return found["seconds_a_picture"]
    few = contest.parts.train.subset(
        np.arange(min(MEASURED_BATCHES * BATCH, len(contest.parts.train)))
    )
    seed, started = contest.plan.seed, time.perf_counter()
    settings = _settings(contest, seed, 1)
    fit(build(contest.plan, seed), few.images, few.labels, threads=contest.jobs, **settings)
    measured = {"seconds_a_picture": (time.perf_counter() - started) / len(few)}
    return contest.steps.finish(SPEED, measured)["seconds_a_picture"]


def _settings(contest: Contest, seed: int, epochs: int) -> dict:
    plan = contest.plan
    return {
        "epochs": epochs, "batch": BATCH, "seed": seed, "smoothing": SMOOTHING,
        "augment": plan.augment, "rate": plan.rate,
    }  # fmt: skip


def _run_one(contest: Contest, run: Run, epochs: int) -> None:
    parts, count = contest.parts, run.count
    learned = parts.train.subset(np.arange(count))
    network, course, normal = _trained(contest, run, learned, epochs)
    settings = TrainingSettings(**_settings(contest, run.seed, epochs))
    kept = course.epochs[course.best - 1]
    facts = {
        "epochs": epochs,
        "steps": epochs * steps_an_epoch(count),
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
    if contest.keeps(run):
        save_model(contest.model_path(KIND), model, overwrite=True)
        facts |= _costs(contest, model)
    contest.steps.finish(run.name, {"pictures": count, **facts}, values)
    contest.steps.checkpoint(run.name).unlink(missing_ok=True)
    found = count_answers(model.classes, parts.test.labels, values.argmax(axis=1))
    contest.say(f"CNN on {count:,} pictures{_seed(contest, run)}: {found.accuracy:.1%} of the test")


def _seed(contest: Contest, run: Run) -> str:
    return f", seed {run.seed}" if contest.plan.seeds > 1 else ""


def _trained(
    contest: Contest, run: Run, learned: Pictures, epochs: int
) -> tuple[Network, History, Normalization]:
    """Train from the checkpoint, or anew where there is none that can be used."""
    normal, place = Normalization.of(learned.images), contest.steps.checkpoint(run.name)
    network = build(contest.plan, run.seed)
    try:
        return network, _fitted(contest, run, network, normal, learned, epochs), normal
    except EdgewiseError as error:
        # A training that cannot go on has removed its checkpoint itself.
        if not place.exists():
            raise
        contest.say(f"{error}\nthis training begins anew")
        place.unlink()
    network = build(contest.plan, run.seed)
    return network, _fitted(contest, run, network, normal, learned, epochs), normal


def _fitted(
    contest: Contest, run: Run, network: Network, normal, learned: Pictures, epochs: int
) -> History:
    held, count = contest.parts.validation, len(learned)
    what = f"CNN on {count:,}{_seed(contest, run)}, {epochs} epochs"
    with contest.counter(total=epochs * count, unit="picture", what=what) as told:
        return fit(
            network, learned.images, learned.labels, normalization=normal,
            validation=(held.images, held.labels), threads=contest.jobs,
            checkpoint=contest.steps.checkpoint(run.name), resume=True,
            progress=lambda now: told((now["epoch"] - 1) * count + now["done"]),
            **_settings(contest, run.seed, epochs),
        )  # fmt: skip


def _costs(contest: Contest, model: CnnModel) -> dict:
    """Return what the model needs: seconds a picture, and bytes of its file."""
    return {
        "seconds_a_picture": seconds_a_picture(
            lambda images: model.judge_images(images, threads=contest.jobs),
            contest.parts.test.images,
        ),
        "bytes": contest.model_path(KIND).stat().st_size,
        "model_digest": contest.model_digest(KIND),
        "numbers": int(model.network.vector.size),
    }
