"""`edgewise demo`: everything once, on the sample pictures."""

from pathlib import Path

import click
from click.core import ParameterSource

from . import demo_boundary, demo_cnn
from .options import examples, overwrite_option, with_session
from .session import Session


@click.group(
    invoke_without_command=True,
    epilog=examples(
        "edgewise demo",
        "edgewise demo -o /tmp/look --overwrite",
        "edgewise demo cnn",
        "edgewise demo boundary -o boundary.png",
    ),
)
@click.option(
    "-o",
    "--output",
    default="edgewise-demo",
    show_default=True,
    metavar="FOLDER",
    help="Where the pictures go.",
)
@overwrite_option
@with_session
@click.pass_context
def command(ctx: click.Context, session: Session, output, overwrite):
    """Show everything once, on the sample pictures.

    Filters photographs with several chains, draws a HoG, trains and evaluates
    a classifier on 600 garments, and leaves the pictures and one contact sheet
    in a folder. Nothing is downloaded. With cnn or boundary, shows how a CNN is
    trained, or what an activation is good for.
    """
    if ctx.invoked_subcommand:
        _refuse_early_options(ctx)
        return
    from ..images.errors import EdgewiseError
    from ..reports.demo import run_demo

    target = Path(output)
    if target.exists() and not overwrite:
        raise EdgewiseError(f"{output} exists already; use --overwrite, or another -o FOLDER")
    made = run_demo(target, session.say, overwrite=True)
    low, high = made.evaluation.interval
    samples = Path(__file__).parent.parent / "sample_images"
    click.echo(
        f"""
{len(made.files)} pictures in {output}, all on one sheet: {made.sheet}
{made.evaluation.accuracy:.1%} of {made.evaluation.count} unseen garments named rightly \
(95 % interval {low:.1%} to {high:.1%})

Try next:
  edgewise filter gaussian:2,sobel {samples / "chelsea.png"} -o edges.png
  edgewise kernels gaussian:1
  edgewise hog {samples / "astronaut.png"} --picture hog.png
  edgewise train linear {samples / "fashion" / "train"} -o garments.safetensors
  edgewise evaluate garments.safetensors {samples / "fashion" / "test"}
  edgewise predict garments.safetensors {samples / "fashion" / "test" / "bag"}"""
    )


def _refuse_early_options(ctx: click.Context) -> None:
    """Say where options of a demonstration belong, rather than pass over them."""
    for parameter in ctx.command.params:
        if ctx.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE:
            name = ctx.invoked_subcommand
            raise click.UsageError(
                f"write {parameter.opts[0]} behind {name}: edgewise demo {name} "
                f"{parameter.opts[0]} ..."
            )


command.add_command(demo_cnn.command, "cnn")
command.add_command(demo_boundary.command, "boundary")
