"""Where the pictures of `edgewise show` go: a file, or stdout as PNG."""

import sys
from pathlib import Path

import click

from .streams import refuse_terminal

picture_option = click.option(
    "-o", "--output", required=True, metavar="PICTURE", help="Where to write; - is stdout."
)


def refuse_picture(output: str, overwrite: bool) -> None:
    """Refuse a terminal, an unknown format and a file that stands there, before any work."""
    from ..images.atomic import refuse_existing
    from ..images.encode import check_picture_name

    if output == "-":
        refuse_terminal("a picture")
    else:
        check_picture_name(output)
        refuse_existing(Path(output), overwrite)


def write_picture(output: str, picture, overwrite: bool) -> None:
    """Write the picture, whole or not at all."""
    from ..images.encode import write_image

    if output == "-":
        write_image(sys.stdout.buffer, picture, format="png")
    else:
        write_image(output, picture, overwrite=overwrite)
