"""What `edgewise compare` does between its options and its steps."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .labelled import pictures_of, use_threads
from .session import Session

if TYPE_CHECKING:
    from ..models.comparison.contest import Contest
    from ..models.linear_features import Features
    from ..models.pictures import Pictures

# Of the plan as they are given; the others depend on the pictures.
PLAIN = ("validation", "points", "seed", "seeds", "epochs", "minutes", "augment", "rate")


def check_choices(settings: dict[str, Any]) -> None:
    """Raise UsageError if an option makes no sense by itself, before any picture is read."""
    from .cnn_checks import check_choices as check_training

    chosen = {name: settings[name] for name in ("seed", "augment", "rate")}
    chosen |= {"epochs": settings["epochs"] or 1, "patience": None}
    check_training(chosen, settings["network"] or "small", None)
    if settings["features"]:
        _features(settings["features"], (512, 512), 1)


def refuse_inside(folder: Path, *words: str | None) -> None:
    """Raise EdgewiseError if a folder for results lies in one of pictures, and would be a class."""
    from ..images.errors import EdgewiseError

    for word in filter(None, words):
        if Path(word).is_dir() and folder.resolve().is_relative_to(Path(word).resolve()):
            raise EdgewiseError(
                f"{folder} lies in {word}, whose folders are classes; name a folder elsewhere"
            )


def contest_of(
    session: Session, data: str, test: str | None, folder: Path, settings: dict[str, Any], *,
    jobs, max_pixels,
) -> "Contest":  # fmt: skip
    """Read the pictures, divide them, and fix the plan."""
    from ..models.comparison.contest import Contest
    from ..models.comparison.parts import divide

    use_threads(jobs)
    reading = {"jobs": jobs, "max_pixels": max_pixels}
    channels = 1 if settings["gray"] else None
    own = pictures_of(
        session, data, use="train", size=settings["size"], channels=channels,
        group_by=settings["group_by"], dividing=True, **reading,
    )  # fmt: skip
    others = None
    if test is not None:
        others = pictures_of(
            session, test, size=own.size, channels=own.channels, classes=own.classes, **reading
        )
    parts = divide(
        own, others, validation=settings["validation"], points=settings["points"],
        seed=settings["seed"],
    )  # fmt: skip
    plan = _plan(own, others, settings)
    _check_network(session, plan, len(parts.train), jobs)
    return Contest(plan, parts, folder, jobs, session.counter, session.say)


def _plan(own: "Pictures", others: "Pictures | None", settings: dict[str, Any]):
    from ..models.cnn.architectures import default_network
    from ..models.comparison.copies import copies_like
    from ..models.comparison.parts import pictures_digest
    from ..models.comparison.plan import Plan

    features = _features(settings["features"], own.size, own.channels)
    return Plan(
        classes=own.classes,
        size=own.size,
        channels=own.channels,
        train_pictures=pictures_digest(own),
        test_pictures="" if others is None else pictures_digest(others),
        network=settings["network"] or default_network(own.size, own.channels),
        features=features.to_dict(),
        copies=copies_like(settings["augment"], own.size),
        group_by=settings["group_by"] or "",
        **{name: settings[name] for name in PLAIN},
    )


def _features(text: str | None, size: tuple[int, int], channels: int) -> "Features":
    from ..images.errors import EdgewiseError
    from ..models.linear_grammar import parse_features
    from ..models.settings import default_config, default_features

    if text is None:
        return default_features(size, channels)
    try:
        found = parse_features(text, channels, default_config(size))
        found.length(*size)
    except EdgewiseError as error:
        raise click.BadParameter(str(error), param_hint="--features") from None
    return found


def _check_network(session: Session, plan, pictures: int, jobs) -> None:
    from ..models.cnn.activity import check_cost
    from ..models.comparison.budget import BATCH
    from .cnn_training import network_of

    network = network_of(plan.network, (plan.channels, *plan.size), len(plan.classes), plan.seed)
    if told := check_cost(network, plan.network, pictures, BATCH, jobs):
        session.say(told)
