"""`edgewise demo boundary`: what an activation between two layers is good for."""

from pathlib import Path

import click

from .options import examples, overwrite_option, seed_option, with_session
from .session import Session


@click.command(
    epilog=examples("edgewise demo boundary", "edgewise demo boundary -o /tmp/b.png --seed 7")
)
@click.option(
    "-o", "--output", default="boundary.png", show_default=True, metavar="PICTURE",
    help="Where the picture goes.",
)  # fmt: skip
@seed_option
@overwrite_option
@with_session
def command(session: Session, output, seed, overwrite):
    """Draw the boundaries of networks fitted to points.

    One layer parts the plane along a straight line. Two layers without an
    activation between them are one layer, of the product of their weights.
    With a ReLU between them, and enough hidden units, two layers come as close
    as one likes to any continuous function (the universal approximation
    theorem): moons, rings and a spiral are parted. The triangle's network is
    not trained: three perceptrons, set by hand, are its sides.
    """
    from ..images.atomic import refuse_existing
    from ..images.encode import write_image
    from ..reports.boundary import boundary_picture, fit_all

    refuse_existing(Path(output), overwrite)
    with session.waiting("fitting"):
        sets, fits = fit_all(seed=seed)
    write_image(output, boundary_picture(sets, fits), overwrite=overwrite)
    click.echo(_text(fits, output))


def _text(fits: list, output: str) -> str:
    from ..models.cnn.collapse import collapse
    from ..reports.tables import aligned

    rows = [[fit.points, fit.title, f"{fit.accuracy:.1%} right"] for fit in fits]
    unbent = next(fit for fit in fits if len(fit.network.nodes) == 2)
    weight, bias = collapse(unbent.network)
    lines = [
        f"  class {number}: {x:+.3f} x {y:+.3f} y {offset:+.3f}"
        for number, ((x, y), offset) in enumerate(zip(weight, bias, strict=True))
    ]
    return "\n".join(
        [
            aligned(rows, left=2),
            "",
            f"The two layers without an activation, fitted to the {unbent.points}, are this one:",
            *lines,
            "",
            f"written to {output}",
        ]
    )
