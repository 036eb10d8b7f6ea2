"""`edgewise export`: a model for other programs."""

import shlex
from pathlib import Path

import click

from .options import examples, overwrite_option, with_session
from .session import Session


@click.command(epilog=examples("edgewise export garments.safetensors -o garments.onnx"))
@click.argument("model", metavar="MODEL")
@click.option("-o", "--output", required=True, metavar="FILE.onnx", help="Where to write.")
@overwrite_option
@with_session
def command(session: Session, model, output, overwrite):
    """Write MODEL as ONNX.

    A CNN becomes a graph from pictures (N, C, H, W), float32 in 0 to 255 and
    of the model's size and colour, to probabilities (N, classes); the
    normalisation is inside. A linear model becomes its classifier alone, from
    feature vectors: HoG is no operator of ONNX, and it is said what computes
    them. The file's metadata name the classes, the size and the settings.

    Needs the package onnx: pip install onnx.
    """
    from ..images.atomic import refuse_existing
    from ..models.files import load_model
    from ..models.linear import LinearModel
    from ..models.onnx_export import check_onnx_name, require_onnx, save_onnx

    check_onnx_name(output)
    require_onnx()
    refuse_existing(Path(output), overwrite)
    loaded = load_model(model)
    save_onnx(output, loaded, overwrite=overwrite)
    if isinstance(loaded, LinearModel):
        session.say(
            f"{output} takes vectors of {loaded.weights.shape[1]:,} values, not pictures; "
            f"{_maker(loaded, model)}"
        )


def _maker(model, path: str) -> str:
    """Say what makes the vectors of a linear model."""
    from ..features.config import HogConfig
    from ..models.onnx_export import FROM_PYTHON

    if isinstance(model.config, HogConfig):
        return f"edgewise hog with the settings that edgewise inspect {shlex.quote(path)} shows"
    module, _, name = FROM_PYTHON.rpartition(".")
    return (
        "they join several features, which no command writes; in Python, after from "
        f"{module} import {name}: {name}(model.config, model.prepare(picture)[None])"
    )
