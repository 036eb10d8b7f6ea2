"""What `edgewise train cnn` does between its options and its summary."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .cnn_checks import share_of
from .labelled import pictures_of
from .session import Session

if TYPE_CHECKING:
    from ..models.cnn.model import CnnModel
    from ..models.cnn.network import Network
    from ..models.cnn.training.history import History
    from ..models.pictures import Pictures


@dataclass(frozen=True)
class Ready:
    """Everything that a training starts from."""

    pictures: "Pictures"
    held: "Pictures | None"
    network: "Network"
    text: str

    def more(self, session: Session, data: str, use: str, *, jobs, max_pixels) -> "Pictures":
        """Read other pictures, of the same size, colour and classes."""
        own = self.pictures
        return pictures_of(
            session, data, use=use, size=own.size, channels=own.channels, classes=own.classes,
            jobs=jobs, max_pixels=max_pixels,
        )  # fmt: skip


def prepared(
    session: Session, data: str, text: str | None, *, size, gray, validation, group, group_by,
    seed, **reading,
) -> Ready:  # fmt: skip
    """Read the pictures, hold some back, and build the network for them."""
    from ..images.errors import DataError
    from ..models.cnn.architectures import default_network

    channels = 1 if gray else None
    share = None if validation is None else share_of(validation)
    pictures = pictures_of(
        session, data, use="train", size=size, channels=channels, group_by=group_by,
        dividing=share is not None and group, **reading,
    )  # fmt: skip
    present = sorted(set(pictures.labels.tolist()))
    if len(present) < 2:
        raise DataError(
            f'all pictures are of one class, "{pictures.classes[present[0]]}"; a classifier needs '
            "two or more"
        )
    text = text or default_network(pictures.size, pictures.channels)
    shape = (pictures.channels, *pictures.size)
    network = network_of(text, shape, len(pictures.classes), seed)
    ready = Ready(pictures, None, network, text)
    if validation is None:
        return ready
    if share is None:
        held = ready.more(session, validation, "validation", **reading)
        return Ready(pictures, held, network, text)
    return Ready(*_split(pictures, share, seed, group), network, text)


def network_of(text: str, shape: tuple[int, int, int], classes: int, seed: int) -> "Network":
    """Build a network; UsageError if it does not fit the pictures or the classes."""
    import click

    from ..images.errors import EdgewiseError
    from ..models.cnn.network import Network

    try:
        network = Network.from_spec(text, shape, classes=classes, seed=seed)
    except EdgewiseError as error:
        raise click.BadParameter(str(error), param_hint="--network") from None
    if network.output_shape != (classes,):
        found = "x".join(map(str, network.output_shape))
        raise click.BadParameter(
            f"the network ends with {found} numbers, and there are {classes} classes; end it with "
            "dense:classes, after flatten or globalpool",
            param_hint="--network",
        )
    return network


def _split(pictures: "Pictures", share: float, seed: int, group: bool):
    from ..models.splits import hold_out

    groups = pictures.groups if group else None
    kept, held = hold_out(pictures.labels, share, seed=seed, groups=groups)
    return pictures.subset(kept), pictures.subset(held)


def train(
    session: Session, ready: Ready, settings: dict[str, Any], place: Path, *, resume: bool, jobs
) -> "tuple[CnnModel, History]":
    """Train under a progress bar; return the model and the course of its training."""
    from ..models.cnn.activity import check_cost
    from ..models.cnn.model import CnnModel
    from ..models.cnn.training.batches import Normalization
    from ..models.cnn.training.fitting import fit
    from ..models.cnn.training.warming import warm_up

    count, batch = len(ready.pictures), settings["batch"]
    if told := check_cost(ready.network, ready.text, count, batch, jobs):
        session.say(told)
    with session.waiting("compiling the loops, where that is not done yet"):
        warm_up(ready.network)
    if resume and not place.exists():
        session.say(f"{place}: no such checkpoint, so the training starts anew")
    normal, held = Normalization.of(ready.pictures.images), ready.held
    try:
        with _bar(session, settings["epochs"], len(ready.pictures)) as told:
            course = fit(
                ready.network, ready.pictures.images, ready.pictures.labels,
                normalization=normal,
                validation=None if held is None else (held.images, held.labels),
                threads=jobs, checkpoint=place, resume=resume, progress=told, **settings,
            )  # fmt: skip
    except KeyboardInterrupt:
        if place.exists():
            session.say(f"\nthe same command with --resume goes on from {os.fspath(place)}")
        raise
    facts = _facts(ready, settings, course)
    _say_if_nothing_is_learned(session, ready, facts)
    return CnnModel(ready.network, ready.pictures.classes, normal, facts), course


def _say_if_nothing_is_learned(session: Session, ready: Ready, facts: dict) -> None:
    import numpy as np

    counts = np.bincount(ready.pictures.labels)
    if facts["accuracy"] <= counts.max() / counts.sum():
        session.say(
            "the network answers no better than always naming "
            f'"{ready.pictures.classes[counts.argmax()]}", the most frequent class; try a smaller '
            f"--rate, such as {facts['settings']['rate'] / 10:g}, or more --epochs"
        )


def _facts(ready: Ready, settings: dict, course: "History") -> dict:
    """Return what the model file says of the training: nothing that differs from run to run."""
    from ..models.cnn.training.settings import TrainingSettings

    best = course.epochs[course.best - 1]
    return {
        "pictures": len(ready.pictures),
        "held_back": 0 if ready.held is None else len(ready.held),
        "network": ready.text,
        "settings": TrainingSettings(**settings).to_dict(),
        "epochs": len(course.epochs),
        "best_epoch": course.best,
        "accuracy": best["accuracy"],
        "validation_accuracy": best["validation_accuracy"],
    }


def _bar(session: Session, epochs: int, count: int):
    """Return a context that gives `fit` a function to tell its progress to."""
    from contextlib import contextmanager

    from tqdm import tqdm

    # Short enough for 80 columns.
    form = "{desc}: {percentage:3.0f}%|{bar}| {remaining} left, {rate_noinv_fmt}{postfix}"

    @contextmanager
    def context():
        with tqdm(
            total=epochs * count, unit=" picture", unit_scale=True, bar_format=form,
            disable=True if session.quiet else None,
        ) as bar:  # fmt: skip

            def told(now: dict) -> None:
                before = (now["epoch"] - 1) * count
                if before and not bar.n:
                    # Epochs of an earlier run say nothing about the speed of this one.
                    bar.initial = bar.n = bar.last_print_n = before
                bar.set_description_str(f"epoch {now['epoch']} of {epochs}", refresh=False)
                words = f"loss {now['loss']:.3f}, {now['accuracy']:.1%} right"
                bar.set_postfix_str(words, refresh=False)
                bar.update(before + now["done"] - bar.n)

            yield told

    return context()
