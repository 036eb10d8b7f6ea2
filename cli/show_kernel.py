"""`edgewise show kernel`: a kernel's weights and its frequency response as a picture."""

import click

from .options import examples, overwrite_option, with_session
from .session import Session
from .show_output import picture_option, refuse_picture, write_picture


@click.command(
    epilog=examples(
        "edgewise show kernel gaussian:2 -o gaussian.png",
        'edgewise show kernel "[-1 0 1; -2 0 2; -1 0 1]" -o sobel.png',
        "edgewise show kernel @kernel.mat:normalize=sum -o - | display",
    ),
)
@click.argument("name", metavar="KERNEL")
@picture_option
@overwrite_option
@with_session
def kernel(session: Session, name, output, overwrite):
    """Draw a kernel: its weights, and which waves it lets through.

    KERNEL is what one step of a chain may be: a name with its settings, a
    matrix in brackets, an ImageMagick kernel, or @FILE.
    """
    from ..filters.chain import single_kernel
    from ..reports.kernel_picture import kernel_picture

    refuse_picture(output, overwrite)
    write_picture(output, kernel_picture(single_kernel(name), name), overwrite)
