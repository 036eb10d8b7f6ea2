"""`edgewise demo cnn`: train LeNet-5, and look inside."""

from pathlib import Path

import click

from .options import examples, overwrite_option, seed_option, with_session
from .session import Session


@click.command(epilog=examples("edgewise demo cnn", "edgewise demo cnn -o /tmp/look --seed 7"))
@click.option(
    "-o", "--output", default="edgewise-demo-cnn", show_default=True, metavar="FOLDER",
    help="Where the pictures and the model go.",
)  # fmt: skip
@click.option(
    "--epochs", type=click.IntRange(min=1), default=40, show_default=True,
    help="How often every picture is seen.",
)  # fmt: skip
@seed_option
@overwrite_option
@with_session
def command(session: Session, output, epochs, seed, overwrite):
    """Train LeNet-5 on 600 garments, and look inside.

    Leaves the model, its learning curves, the kernels of its first layer, the
    feature maps of one garment, and its most confident mistakes on 300 other
    pictures, in a folder. Nothing is downloaded.
    """
    from ..images.errors import EdgewiseError
    from ..reports.demo_cnn import run_demo

    target = Path(output)
    if target.exists() and not overwrite:
        raise EdgewiseError(f"{output} exists already; use --overwrite, or another -o FOLDER")
    with session.counter(total=epochs, unit="epoch", what="training LeNet-5") as progress:
        made = run_demo(target, epochs=epochs, seed=seed, progress=progress)
    low, high = made.evaluation.interval
    click.echo("\n".join(f"{path}  {words}" for path, words in made.files.items()))
    click.echo(
        f"""
{made.evaluation.accuracy:.1%} of {made.evaluation.count} unseen garments named rightly \
(95 % interval {low:.1%} to {high:.1%})

Try next:
  edgewise show network lenet5 --input 1x28x28
  edgewise show features {made.model} {made.example} -o maps.png
  edgewise predict {made.model} {made.example.parent}"""
    )
