"""`edgewise show`: networks as tables; models, feature maps and HoG as pictures."""

import json
from pathlib import Path

import click

from .options import examples, json_option, max_pixels_option, overwrite_option, with_session
from .order import refuse_swapped
from .session import Session
from .show_hog import hog
from .show_kernel import kernel
from .show_output import picture_option, refuse_picture, write_picture


@click.group(
    epilog=examples(
        "edgewise show network lenet5 --input 1x28x28",
        "edgewise show model garments.safetensors -o kernels.png",
        "edgewise show features garments.safetensors boot.png -o maps.png",
        "edgewise show hog features.npz --over photo.jpg -o hog.png",
    )
)
def command():
    """Show what a network is made of, what a model looks for, and what it sees."""


class ShapeType(click.ParamType):
    """A shape written CxHxW, given to the command as (channels, rows, columns)."""

    name = "CxHxW"

    def convert(self, value, param, ctx):
        """Parse the text."""
        words = value.lower().split("x") if isinstance(value, str) else value
        if len(words) != 3 or not all(str(word).isdecimal() and int(word) for word in words):
            self.fail(
                f'"{value}" is not a shape; write channels, rows and columns, such as 1x28x28',
                param,
                ctx,
            )
        return tuple(int(word) for word in words)


@command.command(
    epilog=examples(
        "edgewise show network lenet5 --input 1x28x28",
        "edgewise show network garments.safetensors",
        "edgewise show network alexnet --input 3x227x227 --classes 1000",
        'edgewise show network "conv:8:3,relu,globalpool,dense:classes" --input 3x32x32 --json',
    ),
)
@click.argument("network", metavar="NAME|GRAMMAR|MODEL")
@click.option(
    "--input", "shape", type=ShapeType(), metavar="CxHxW",
    help="Channels, rows and columns of a picture; a model file knows its own.",
)  # fmt: skip
@click.option(
    "--classes", type=click.IntRange(min=1), default=10, show_default=True,
    help="What dense:classes stands for.",
)  # fmt: skip
@json_option
@with_session
def network(session: Session, network, shape, classes, as_json):
    """Print a network layer by layer: output shapes, weights, multiply-adds.

    NAME is lenet5, lenet5-1998, mlp:WIDTH:..., small, quick or alexnet; GRAMMAR
    a chain of layers, such as conv:6:5:padding=2,relu,maxpool:2,flatten,dense:10;
    MODEL a .safetensors file.
    Multiply-adds are those of one picture's forward pass.
    """
    from ..reports.network_tables import network_rows, network_text

    built = (
        _of_file(network) if network.endswith(".safetensors") else _of_text(network, shape, classes)
    )
    if not as_json:
        click.echo(network_text(built))
        return
    rows = network_rows(built)
    facts = {
        "network": network,
        "input": list(built.input_shape),
        "output": list(built.output_shape),
        "layers": rows,
    }
    totals = {key: sum(row[key] for row in rows) for key in ("weights", "multiply_adds")}
    click.echo(json.dumps({"schema": "edgewise.show.network/1", **facts, **totals}))


def _of_text(text: str, shape: tuple[int, int, int] | None, classes: int):
    from ..images.errors import EdgewiseError
    from ..models.cnn.network import Network
    from ..models.cnn.spec import build, read_layers

    try:
        # A name that is none is told before what else is missing.
        read_layers(text, classes, shape)
    except EdgewiseError as error:
        raise click.UsageError(str(error)) from None
    if shape is None:
        raise click.UsageError("say what goes in with --input CxHxW, such as --input 1x28x28")
    try:
        # Without chance: numbers are counted here, and AlexNet has 61 million.
        return build(Network(shape, seed=None), text, classes)
    except EdgewiseError as error:
        raise click.UsageError(str(error)) from None


def _of_file(path: str):
    from ..images.errors import EdgewiseError
    from ..models.files import load_model
    from ..models.linear import LinearModel

    loaded = load_model(path)
    if isinstance(loaded, LinearModel):
        raise EdgewiseError(
            f"{path} is a linear model, one layer on HoG features; see edgewise inspect {path}"
        )
    return loaded.network


@command.command(
    epilog=examples(
        "edgewise show model garments.safetensors -o kernels.png",
        "edgewise show model garments.safetensors -o - | display",
    ),
)
@click.argument("model", metavar="MODEL")
@picture_option
@overwrite_option
@with_session
def model(session: Session, model, output, overwrite):
    """Draw what a model looks for.

    Of a CNN the kernels of the first layer, gray for one channel and in colour
    for three, all on one scale around 0. Of a linear model, for each class, the
    HoG edges that speak for it and those that speak against it.
    """
    from ..models.files import load_model
    from ..models.linear import LinearModel

    refuse_picture(output, overwrite)
    loaded = load_model(model)
    # Each imported where it is needed: a linear model need not wait for a network's loops.
    if isinstance(loaded, LinearModel):
        from ..reports.hog_weights import weights_picture

        picture = weights_picture(loaded)
    else:
        from ..reports.kernel_grid import kernels_picture

        picture = kernels_picture(loaded)
    write_picture(output, picture, overwrite)


@command.command(
    epilog=examples(
        "edgewise show features garments.safetensors boot.png -o maps.png",
        "edgewise show features m.safetensors photo.jpg --layer conv1 --maps 32 -o conv1.png",
    ),
)
@click.argument("model", metavar="MODEL")
@click.argument("photo", metavar="PHOTO")
@picture_option
@click.option("--layer", "layers", multiple=True, metavar="NAME", help="Only this layer (repeat).")
@click.option(
    "--maps", type=click.IntRange(min=1), default=16, show_default=True,
    help="Show at most so many channels of a layer.",
)  # fmt: skip
@overwrite_option
@max_pixels_option
@with_session
def features(session: Session, model, photo, output, layers, maps, overwrite, max_pixels):
    """Draw the feature maps of PHOTO in each layer of a CNN.

    PHOTO may have any size and colour; it is adapted as the model says, and is
    shown first. - reads it from stdin.
    """
    from ..images.decode import read_image
    from ..images.errors import EdgewiseError
    from ..images.inputs import source_of
    from ..models.files import load_model
    from ..models.linear import LinearModel
    from ..reports.feature_maps import features_picture

    refuse_swapped(model, [photo])
    refuse_picture(output, overwrite)
    loaded = load_model(model)
    if isinstance(loaded, LinearModel):
        raise EdgewiseError(
            f"{model} is a linear model, which has no feature maps; draw its HoG with "
            "edgewise hog PHOTO --picture PICTURE"
        )
    source = source_of(photo)
    name = "stdin" if photo == "-" else photo
    image = read_image(source, name=name, max_pixels=max_pixels)
    title = Path(name).name
    picture = features_picture(loaded, image, name=title, layers=layers, maps=maps)
    write_picture(output, picture, overwrite)


command.add_command(hog)
command.add_command(kernel)
