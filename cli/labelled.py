"""Labelled pictures, or a feature file, made into a feature table, under a progress bar."""

from pathlib import Path

from .session import Session


def features_for(session: Session, made, data: str, *, jobs, max_pixels):
    """Return features of other data, made as a model's or another table's were."""
    from ..features.opening import holds_features, open_features
    from ..images.dataset import open_dataset

    if holds_features(data):
        return open_features(data)
    dataset = open_dataset(data, max_pixels=max_pixels)
    gray = made.channels == 1
    return extracted(session, dataset, made.config, gray=gray, size=made.size, jobs=jobs)


def extracted(session: Session, dataset, config, *, gray, size, jobs, scratch=None):
    """Extract features under a progress bar; failures are reported as they come.

    Very many vectors gather in the folder `scratch`, if one is given.
    """
    from ..features.extract import extract

    use_threads(jobs)
    refuse_splits(dataset, dataset.source)
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


def pictures_of(session: Session, data: str, *, size, channels, jobs, max_pixels, classes=None):
    """Return all pictures of a data set in memory, read under a progress bar."""
    from ..features.opening import holds_features
    from ..images.dataset import open_dataset
    from ..images.errors import DataError
    from ..models.pictures import load_pictures

    if holds_features(data):
        raise DataError(f"{data} holds features; a CNN needs the pictures themselves")
    dataset = open_dataset(data, max_pixels=max_pixels)
    refuse_splits(dataset, data)
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


# What folders of pictures for one use or another are called.
SPLITS = {"train", "training", "test", "testing", "val", "valid", "validation", "dev"}


def refuse_splits(dataset, data: str) -> None:
    """Raise DataError if the classes of a data set are called as the parts of a split are."""
    from ..images.errors import DataError

    found = [name for name in dataset.classes if name.lower() in SPLITS]
    if len(found) >= 2 and len(found) == len(dataset.classes):
        train = next((name for name in found if name.lower().startswith("train")), found[0])
        test = next(name for name in found if name != train)
        raise DataError(
            f"the classes of {data} would be {' and '.join(found)}, as if it were split; use "
            f"{Path(data) / train} to learn from, and {Path(data) / test} to test"
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
    return Answers(names, truth, values, model.classes, model.measure)


def judged(session: Session, model, pictures, jobs):
    """Return the evaluation of a CNN on pictures in memory."""
    from ..models.evaluation import count_answers

    with session.waiting("judging"):
        answers = model.judge_images(pictures.images, threads=jobs).argmax(axis=1)
    return count_answers(model.classes, pictures.labels, answers)


def use_threads(jobs: int | None) -> None:
    """Let the compiled loops use so many threads."""
    if jobs is not None:
        from ..jit import set_threads

        set_threads(jobs)
