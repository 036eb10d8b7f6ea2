"""`edgewise inspect` of data sets: what is wrong with them, and how to divide them."""

from dataclasses import dataclass
from pathlib import Path

import click

from .session import Session, plural


@dataclass(frozen=True)
class DataOptions:
    """What was asked of data sets."""

    test: str | None
    near: float | None
    write_split: str | None
    group_by: str | None
    share: float
    seed: int
    overwrite: bool
    max_pixels: int
    jobs: int | None

    def check(self, names: list[str]) -> None:
        """Refuse what does not go together, before anything is read."""
        from ..images.atomic import refuse_existing
        from ..models.hygiene_split import check_manifest

        if (self.test or self.write_split) and len(names) != 1:
            raise click.UsageError("--test and --write-split are for one data set at a time")
        if self.test and self.write_split:
            raise click.UsageError(
                "--write-split divides a data set, and --test is divided already"
            )
        if self.write_split:
            check_manifest(self.write_split)
            refuse_existing(Path(self.write_split), self.overwrite)

    @property
    def least(self) -> float | None:
        """Correlation of near duplicates; None for exact ones only."""
        from ..models.hygiene_duplicates import NEAR

        least = NEAR if self.near is None else self.near
        return least if least < 1 else None


def inspect_data_set(session: Session, name: str, asked: DataOptions) -> dict | None:
    """Return the facts of a data set, or None if a name is something else."""
    from ..images.groups import grouped
    from ..reports.inspection import data_at, inspect_data

    dataset = data_at(name, max_pixels=asked.max_pixels)
    if dataset is None:
        return None
    seen = _survey(session, grouped(dataset, asked.group_by), asked)
    test = _test(session, asked) if asked.test else None
    total = len(seen) + (len(test) if test else 0)
    with session.counter(total=total, unit="picture", what="comparing") as compared:
        facts, duplicates = inspect_data(seen, test, near=asked.least, compared=compared)
    if asked.write_split:
        _write_split(session, seen, duplicates, asked)
    return facts


def _survey(session: Session, dataset, asked: DataOptions):
    from ..models.hygiene import survey

    def watch(items, total):
        return session.progress(items, total=total, unit="picture", what="reading")

    seen = survey(dataset, jobs=asked.jobs, watch=watch)
    for picture, reason in seen.failed:
        session.failed(picture, reason)
    return seen


def _test(session: Session, asked: DataOptions):
    from ..reports.inspection import data_at

    dataset = data_at(str(asked.test), max_pixels=asked.max_pixels)
    if dataset is None:
        raise click.UsageError(f"--test is a data set, and {asked.test} is none")
    return _survey(session, dataset, asked)


def _write_split(session: Session, seen, duplicates, asked: DataOptions) -> None:
    from ..models.hygiene_split import split_survey, write_split

    path = str(asked.write_split)
    splits, groups = split_survey(seen, duplicates.twins, asked.share, seed=asked.seed)
    write_split(path, seen, splits, groups, overwrite=asked.overwrite)
    count = splits.count("test")
    kept = len(splits) - count
    session.say(f"{kept:,} picture{plural(kept)} in {path}:train, {count:,} in {path}:test")
    if seen.labels:
        _say_untested(session, path, seen.labels, splits)


def _say_untested(session: Session, path: str, labels: list[str], splits: list[str]) -> None:
    """Name the classes of which nothing could be put into the test split."""
    from ..images.dataset import natural_key

    tested = {label for label, split in zip(labels, splits, strict=True) if split == "test"}
    if missing := sorted(set(labels) - tested, key=natural_key):
        session.say(
            f"{path}:test has no picture of {', '.join(missing)}: what there is of "
            f"{'it' if len(missing) == 1 else 'each'} is one picture, or one group of them"
        )
