"""Labelled pictures, or a feature file, made into a feature table, under a progress bar."""

from .session import Session


def features_of(session: Session, data: str, *, gray, size, jobs, max_pixels, hog: dict):
    """Return the feature table to train on.

    Parameters
    ----------
    session : Session
    data : str
        A data set or a feature file.
    gray : bool
    size : (int, int) or None
    jobs : int or None
    max_pixels : int
    hog : dict
        What the user said of HoG, None where nothing.
    """
    import click

    from ..features.files import is_feature_file, load_features
    from ..images.dataset import open_dataset
    from ..models.settings import default_config, first_size
    from .hog_options import chosen_config

    if is_feature_file(data):
        if gray or size or any(value is not None for value in hog.values()):
            raise click.UsageError(f"{data} holds features already; HoG settings come too late")
        return load_features(data)
    dataset = open_dataset(data, max_pixels=max_pixels)
    config = chosen_config(default_config(size or first_size(dataset)), **hog)
    return extracted(session, dataset, config, gray=gray, size=size, jobs=jobs)


def features_for(session: Session, made, data: str, *, jobs, max_pixels):
    """Return features of other data, made as a model's or another table's were."""
    from ..features.files import is_feature_file, load_features
    from ..images.dataset import open_dataset

    if is_feature_file(data):
        return load_features(data)
    dataset = open_dataset(data, max_pixels=max_pixels)
    gray = made.channels == 1
    return extracted(session, dataset, made.config, gray=gray, size=made.size, jobs=jobs)


def extracted(session: Session, dataset, config, *, gray, size, jobs):
    """Extract features under a progress bar; failures are reported as they come."""
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
        )


def use_threads(jobs: int | None) -> None:
    """Let the compiled loops use so many threads."""
    if jobs is not None:
        from ..jit import set_threads

        set_threads(jobs)
