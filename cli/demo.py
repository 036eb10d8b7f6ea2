"""`edgewise demo`: everything once, on the sample pictures."""

from pathlib import Path

import click

from .options import examples, overwrite_option, with_session
from .session import Session


@click.command(epilog=examples("edgewise demo", "edgewise demo -o /tmp/look --overwrite"))
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
def command(session: Session, output, overwrite):
    """Show everything once, on the sample pictures.

    Filters photographs with several chains, draws a HoG, trains and evaluates
    a classifier on 600 garments, and leaves the pictures and one contact sheet
    in a folder. Nothing is downloaded.
    """
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
