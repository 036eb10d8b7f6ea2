"""`edgewise show hog`: stored HoG vectors as pictures."""

import click

from .options import examples, max_pixels_option, overwrite_option, with_session
from .session import Session
from .show_output import picture_option, refuse_picture, write_picture

# Names that a misspelt one is compared with: some seconds' worth.
MOST_COMPARED = 10_000


@click.command(
    epilog=examples(
        "edgewise show hog features.npz -o hog.png",
        "edgewise show hog features.npz --name cats/7.jpg --over photos/cats/7.jpg -o hog.png",
        "edgewise show hog features.csv --row 12 --cell-pixels 32 -o - | display",
    ),
)
@click.argument("features", metavar="FEATURES")
@picture_option
@click.option("--row", type=click.IntRange(min=0), help="Which vector; the first is 0.")
@click.option("--name", metavar="NAME", help="The vector of the picture of this name.")
@click.option("--over", metavar="PHOTO", help="Draw over this photograph; - is stdin.")
@click.option(
    "--cell-pixels", type=click.IntRange(4, 256), default=16, show_default=True,
    help="Pixels of a cell's shorter side in the drawing.",
)  # fmt: skip
@overwrite_option
@max_pixels_option
@with_session
def hog(session: Session, features, output, row, name, over, cell_pixels, overwrite, max_pixels):
    """Draw a HoG vector out of a feature file: strokes run along the edges.

    The vector says it all; the photograph is needed only to draw over it.
    """
    from ..features import open_features
    from ..reports.glyphs import hog_picture
    from ..reports.hog_overlay import strokes_over

    refuse_picture(output, overwrite)
    if row is not None and name is not None:
        raise click.UsageError("say which vector with --row or with --name, not with both")
    table = open_features(features)
    at = _row(features, table, row, name)
    drawing = hog_picture(table.X[at], table.config, table.size, cell_pixels=cell_pixels)
    if over:
        photo = _read(over, max_pixels)
        drawing = strokes_over(photo, drawing, table.config, table.size)
    write_picture(output, drawing, overwrite)


def _row(features: str, table, row: int | None, name: str | None) -> int:
    from ..images.errors import EdgewiseError

    names = list(table.names)
    if name is not None:
        if name not in names:
            raise EdgewiseError(
                f'{features} has no vector of "{name}"',
                hint=f'the first of its {len(names):,} names is "{names[0]}"{_near(name, names)}',
            )
        return names.index(name)
    if (row or 0) >= len(names):
        raise EdgewiseError(f"{features} has {len(names)} vectors, and the first is number 0")
    return row or 0


def _near(name: str, names: list[str]) -> str:
    """Return the name that was meant, where one of the same file or nearly the same is there."""
    from difflib import get_close_matches
    from pathlib import PurePath

    same = [one for one in names if PurePath(one).name == PurePath(name).name]
    near = same or get_close_matches(name, names[:MOST_COMPARED], n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


def _read(photo: str, max_pixels: int):

    from ..images.decode import read_image
    from ..images.inputs import source_of

    source = source_of(photo)
    return read_image(source, name="stdin" if photo == "-" else photo, max_pixels=max_pixels)
