"""What a linear model learns from: DATA as the features that were asked for."""

from dataclasses import replace
from pathlib import Path

import click

from .session import Session


def training_table(
    session: Session, data: str, features: str | None, *, copies, gray, size, group_by, dividing,
    jobs, max_pixels, hog: dict,
):  # fmt: skip
    """Return the feature table to train on, and the groups of its rows or None.

    Parameters
    ----------
    session : Session
    data : str
        A data set, a feature file or a folder of shards.
    features : str or None
        Where the features of `data` stand already, or what vectors consist of.
    copies : str or None
        Changed copies of the pictures to learn from, too.
    gray : bool
    size : (int, int) or None
    group_by : str or None
        A rule that finds groups in the pictures' names.
    dividing : bool
        Whether there will be cross-validation.
    jobs : int or None
    max_pixels : int
    hog : dict
        What the user said of HoG, None where nothing.
    """
    from ..features.opening import holds_features
    from ..images.parts import refuse_parts
    from ..models.linear_features import with_fit
    from ..models.linear_table import open_table
    from .hog_options import refuse_fit_without_size
    from .labelled import extracted, opened, warn_of_series

    hog, fit = dict(hog), hog["fit"]
    del hog["fit"]
    given = [name for name, value in hog.items() if value is not None]
    _check(data, features, given, holds_features(data), gray or size or copies)
    refuse_fit_without_size(fit, size)
    if holds_features(data):
        table = open_table(data)
        refuse_parts(table.classes, data, folders=False)
        return table, _groups_by(table, group_by)
    dataset = opened(session, data, "train", max_pixels=max_pixels, group_by=group_by)
    if dividing:
        warn_of_series(session, dataset)
    if copies:
        from ..models.linear_copies import with_copies

        dataset = with_copies(dataset, copies)
    if features and holds_features(features):
        table = _labelled(open_table(features), features, dataset)
    else:
        config = _chosen(dataset, features, hog, gray=gray, size=size)
        config = with_fit(config, fit) if fit else config
        table = extracted(session, dataset, config, gray=gray, size=size, jobs=jobs)
    return table, _groups(table, dataset)


def _groups_by(table, rule: str | None) -> tuple[str, ...] | None:
    from ..images.groups import groups_of, refuse_one_a_class

    if rule is None:
        return None
    groups = groups_of(table.names, rule)
    refuse_one_a_class(groups, table.labels or ())
    return groups


def _check(data: str, features: str | None, given: list[str], made: bool, other) -> None:
    if made and (features or given or other):
        raise click.UsageError(f"{data} holds features already; settings come too late")
    if features and given:
        raise click.UsageError(
            f'--{given[0]} and --features exclude each other; write --features "hog:{given[0]}=..."'
        )
    if features and Path(features).exists() and other:
        raise click.UsageError(
            f"{features} holds features; --gray, --size and --copies come too late"
        )


def _chosen(dataset, features: str | None, hog: dict, *, gray, size):
    """Return what describes the pictures: as asked for, or what suits their size."""
    from ..models.linear_grammar import parse_features
    from ..models.settings import default_config, default_features, first_picture
    from .hog_options import chosen_config

    rows, columns, channels = first_picture(dataset)
    seen = size or (rows, columns)
    channels = 1 if gray else channels
    if features:
        return parse_features(features, channels, default_config(seen))
    if any(value is not None for value in hog.values()):
        return chosen_config(default_config(seen), **hog)
    return default_features(seen, channels)


def _labelled(table, path: str, dataset):
    """Return a table with the labels of a data set, by the pictures' names."""
    from ..images.errors import DataError

    label = dict(zip(dataset.names, dataset.labels, strict=True))
    if unknown := [name for name in table.names if name not in label]:
        raise DataError(
            f"{path}: {unknown[0]} is none of the pictures of {dataset.source}; make the features "
            "of the same pictures"
        )
    labels = tuple(label[name] for name in table.names)
    classes = tuple(name for name in dataset.classes if name in set(labels))
    return replace(table, labels=labels, classes=classes)


def _groups(table, dataset) -> tuple[str, ...] | None:
    if dataset.groups is None:
        return None
    group = dict(zip(dataset.names, dataset.groups, strict=True))
    return tuple(group[name] for name in table.names)
