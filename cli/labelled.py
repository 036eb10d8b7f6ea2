"""Labelled pictures, or a feature file, made into a feature table, under a progress bar."""

import shlex
from pathlib import Path

from .session import Session, plural


def features_for(session: Session, made, data: str, *, jobs, max_pixels):
    """Return features of other data, made as a model's or another table's were."""
    from ..features.opening import holds_features, open_features

    if holds_features(data):
        return open_features(data)
    dataset = opened(session, data, "test", max_pixels=max_pixels)
    gray = made.channels == 1
    return extracted(session, dataset, made.config, gray=gray, size=made.size, jobs=jobs)


def extracted(session: Session, dataset, config, *, gray, size, jobs, scratch=None):
    """Extract features under a progress bar; failures are reported as they come.

    Very many vectors gather in the folder `scratch`, if one is given.
    """
    from ..features.extract import extract

    use_threads(jobs)
    with session.counter(total=len(dataset), unit="picture", what="HoG") as progress:
        return extract(
            dataset,
            config,
            size=size,
            gray=gray,
            jobs=jobs,
            progress=progress,
            failed=session.failed,
            scratch=scratch,
        )


def pictures_of(
    session: Session, data: str, *, use="test", size, channels, jobs, max_pixels, classes=None,
    group_by=None, dividing=False,
):  # fmt: skip
    """Return all pictures of a data set in memory, read under a progress bar.

    Those that are to be divided are looked at for series that would be torn apart.
    """
    from ..features.opening import holds_features
    from ..images.errors import DataError
    from ..models.pictures import load_pictures

    if holds_features(data):
        raise DataError(f"{data} holds features; a CNN needs the pictures themselves")
    dataset = opened(session, data, use, max_pixels=max_pixels, group_by=group_by)
    if dividing:
        warn_of_series(session, dataset)
    with session.counter(total=len(dataset), unit="picture", what="reading") as progress:
        return load_pictures(
            dataset,
            size=size,
            channels=channels,
            classes=classes,
            jobs=jobs,
            progress=progress,
            failed=session.failed,
        )


def opened(session: Session, data: str, use: str, *, max_pixels, group_by=None):
    """Open a labelled data set for a use: train, validation or test.

    Of a manifest that is divided the part for the use is taken, and that is said.
    """
    from ..images.dataset import open_dataset
    from ..images.groups import grouped
    from ..images.parts import choose_part, refuse_parts

    dataset = open_dataset(data, max_pixels=max_pixels)
    refuse_parts(dataset.classes, data, folders=Path(data).is_dir())
    chosen = choose_part(dataset, use)
    if chosen is not None:
        session.say(_part_text(data, chosen))
        dataset = chosen.dataset
    return grouped(dataset, group_by)


def own_test(data: str, *, max_pixels) -> str | None:
    """Return the part to test with of a manifest that is divided, where no part was named."""
    from ..images.dataset import open_dataset
    from ..images.manifests import is_manifest
    from ..images.parts import choose_part

    if not is_manifest(data):
        return None
    chosen = choose_part(open_dataset(data, max_pixels=max_pixels), "train")
    return f"{data}:{chosen.test}" if chosen and chosen.test else None


def warn_of_series(session: Session, dataset) -> None:
    """Say so where pictures look like frames of a series, and nothing keeps these together."""
    from ..models.hygiene_series import sample_series

    if dataset.groups is not None or session.quiet:
        return
    if found := sample_series(dataset):
        from ..reports.hygiene import series_text

        session.say(series_text(found, dataset.names))


def _part_text(data: str, chosen) -> str:
    count = len(chosen.dataset)
    test = shlex.quote(f"{data}:{chosen.test}")
    later = f"; edgewise evaluate MODEL {test} tests" if chosen.test else ""
    return (
        f"{data}: {count:,} picture{plural(count)} of its split {chosen.name}, without the other "
        f"{chosen.others:,}{later}"
    )


def answered(session: Session, model, data: str, *, jobs, max_pixels):
    """Return what a model of either kind says of labelled pictures."""
    from ..models.evaluation import Answers, truth_of
    from ..models.linear import LinearModel

    if isinstance(model, LinearModel):
        table = features_for(session, model, data, jobs=jobs, max_pixels=max_pixels)
        truth, values, names = truth_of(model, table), model.judge(table.X), table.names
    else:
        pictures = pictures_of(
            session, data, size=model.size, channels=model.channels, jobs=jobs,
            max_pixels=max_pixels, classes=model.classes,
        )  # fmt: skip
        with session.waiting("judging"):
            values = model.judge_images(pictures.images, threads=jobs)
        truth, names = pictures.labels, pictures.names
    usable = _with_scores(session, names, values)
    return Answers(
        tuple(name for name, good in zip(names, usable, strict=True) if good),
        truth[usable], values[usable], model.classes, model.measure,
    )  # fmt: skip


def _with_scores(session: Session, names, values):
    """Say which pictures the model gives finite numbers for; the others are failures."""
    import numpy as np

    from ..models.evaluation import UNJUDGED

    usable = np.isfinite(values).all(axis=1)
    for place in np.flatnonzero(~usable):
        session.failed(names[place], UNJUDGED)
    return usable


def judged(session: Session, model, pictures, jobs):
    """Return the evaluation of a CNN on pictures in memory."""
    from ..models.evaluation import count_answers

    with session.waiting("judging"):
        answers = model.judge_images(pictures.images, threads=jobs).argmax(axis=1)
    return count_answers(model.classes, pictures.labels, answers)


def use_threads(jobs: int | None) -> None:
    """Let the compiled loops use so many threads."""
    if jobs is not None:
        from ..compiled.threads import set_threads

        set_threads(jobs)
