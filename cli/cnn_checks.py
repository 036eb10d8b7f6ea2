"""Mistakes in the options of `edgewise train cnn`, found before any picture is read."""

from pathlib import Path
from typing import Any

import click

from .session import Session


def check_choices(settings: dict[str, Any], network: str | None, validation: str | None) -> None:
    """Raise UsageError if settings, network or validation make no sense by themselves."""
    from ..images.errors import EdgewiseError
    from ..models.cnn.spec import read_layers
    from ..models.cnn.training.settings import TrainingSettings

    try:
        TrainingSettings(**settings)
    except EdgewiseError as error:
        raise click.UsageError(str(error)) from None
    try:
        # How many classes there are does not matter yet.
        read_layers(network or "small", classes=2)
    except EdgewiseError as error:
        raise click.BadParameter(str(error), param_hint="--network") from None
    if validation is not None:
        share_of(validation)
    elif settings["patience"]:
        raise click.UsageError(
            "--patience waits for a better validation; give --validation as well, such as "
            "--validation 0.1"
        )


def check_groups(
    session: Session, validation: str | None, group: bool, group_by: str | None
) -> None:
    """Raise UsageError if groups are asked for and refused; say where they make no difference."""
    if group_by and not group:
        raise click.UsageError("--group-by and --no-group exclude each other")
    if group_by and (validation is None or share_of(validation) is None):
        session.say("--group-by is about pictures held back; give --validation 0.1 too")


def share_of(validation: str) -> float | None:
    """Return the share that a text means, None if it names data."""
    try:
        share = float(validation)
    except ValueError:
        return None
    if not 0 < share < 1:
        raise click.BadParameter(
            "a share is above 0 and below 1, such as 0.1", param_hint="--validation"
        )
    return share


def check_places(
    output: str, history: str | None, curves: str | None, checkpoint: Path, *, overwrite: bool,
    resume: bool,
) -> None:  # fmt: skip
    """Raise an error if a file cannot be written, or would take another's place."""
    from ..images.atomic import refuse_existing
    from ..images.errors import EdgewiseError
    from ..models.files import check_name

    check_name(output)
    names = {"-o": output, "--history": history, "--curves": curves, "--checkpoint": checkpoint}
    _refuse_twice({option: Path(name) for option, name in names.items() if name})
    for path in filter(None, (output, history, curves)):
        refuse_existing(Path(path), overwrite)
    refuse_existing(checkpoint, overwrite or checkpoint.exists())
    if checkpoint.exists() and not (resume or overwrite):
        raise EdgewiseError(
            f"{checkpoint} is there, as if a training had been interrupted; go on from it with "
            "--resume, or start anew with --overwrite"
        )
    if curves:
        _check_picture(curves)


def _refuse_twice(paths: dict[str, Path]) -> None:
    taken: dict[Path, str] = {}
    for option, path in paths.items():
        other = taken.setdefault(path.resolve(), option)
        if other != option:
            raise click.UsageError(f"{other} and {option} both name {path}; give one another name")


def _check_picture(name: str) -> None:
    import numpy as np

    from ..images.encode import encode_image

    encode_image(np.zeros((1, 1, 3), np.uint8), Path(name).suffix[1:].lower(), name)
