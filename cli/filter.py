"""`edgewise filter`: run a chain on pictures."""

from textwrap import wrap

import click

from .complaints import reading_words
from .effects import refuse_idle_encoding, refuse_idle_skipping, refuse_idle_windows
from .options import (
    dry_run_option,
    examples,
    inputs_argument,
    jobs_option,
    max_pixels_option,
    output_option,
    overwrite_option,
    with_session,
)
from .order import refuse_chain_behind, refuse_output_without_option
from .session import Session

WINDOW_OPTIONS = {
    "stride": "Step from window to window: 2, or 2/1 for rows/columns.",
    "dilation": "Step between a kernel's positions.",
    "padding": "same, valid, full, or pixels: all sides, rows/columns, or "
    "top/bottom/left/right.  [default: same]",
    "border": "What lies outside: reflect, constant, edge, symmetric, wrap or renormalize "
    "(it does not count).  [default: reflect]",
    "fill": "The value outside, for --border constant.  [default: 0]",
}


DTYPES = {"8": "uint8", "16": "uint16", "float": "float32"}


class FilterCommand(click.Command):
    """A command whose help lists the catalogue itself."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words; a missing -o is said with the words in their right order."""
        try:
            return super().parse_args(ctx, args)
        except click.MissingParameter as error:
            chain, inputs = ctx.params.get("chain"), ctx.params.get("inputs")
            is_output = error.param is not None and error.param.name == "output"
            if not (is_output and chain and inputs):
                raise
            with ctx:
                refuse_chain_behind(chain, inputs)
                refuse_output_without_option(chain, inputs)
            raise

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Append every filter and kernel, read from the catalogue."""
        from ..filters import FILTERS, KERNELS

        for title, entries in (("Filters", FILTERS), ("Kernels", KERNELS)):
            with formatter.section(f"{title} (edgewise kernels NAME says more)"):
                indent = " " * formatter.current_indent
                # A name's own hyphens are no place to break it.
                lines = wrap(", ".join(entries), formatter.width - 4, break_on_hyphens=False)
                formatter.write("".join(f"{indent}{line}\n" for line in lines))
        super().format_epilog(ctx, formatter)


def _window_options(function):
    for name, text in reversed(WINDOW_OPTIONS.items()):
        function = click.option(f"--{name}", metavar=name.upper(), help=text)(function)
    return function


@click.command(
    cls=FilterCommand,
    epilog=examples(
        "edgewise filter sobel photo.jpg -o edges.png",
        "edgewise filter gaussian:2,sobel,maxpool:2 photos/ -o edges/",
        'edgewise filter "[-1 0 1; -2 0 2; -1 0 1]" photo.png -o x.png --range shift',
        "edgewise filter @kernel.txt:border=wrap *.png -o out/ --gray",
        "edgewise filter 3x3:0,1,0,1,-4,1,0,1,0:bias=128 photo.png -o laplacian.png",
        "edgewise filter sobel photos/ -o edges/ --format jpg --quality 85 --skip-existing",
        "edgewise filter laplacian - -o - < photo.png > laplacian.png",
    ),
)
@click.argument("chain", metavar="CHAIN")
@inputs_argument
@output_option
@_window_options
@click.option("--flip", is_flag=True, help="Convolve: flip every kernel.")
@click.option("--gray", is_flag=True, help="Make the picture gray first (Rec. 601).")
@click.option(
    "--range",
    "rule",
    type=click.Choice(["clip", "abs", "rescale", "shift", "float"]),
    default="clip",
    show_default=True,
    help="How results fit an 8- or 16-bit file.",
)
@click.option(
    "--depth", type=click.Choice(["8", "16", "float"]),
    help="Bits of the written values; whole numbers are brought from 8 bits to 16 and back.  "
    "[default: the input's]",
)  # fmt: skip
@click.option(
    "--format",
    "suffix",
    metavar="NAME",
    help="png, jpg, tif, webp, bmp, pgm, ppm or npy.  [default: by OUT's name, or the input's]",
)
@click.option(
    "--quality", type=click.IntRange(1, 100), metavar="1..100",
    help="Of JPEG and WebP.  [default: 92]",
)  # fmt: skip
@click.option(
    "--compress", type=click.IntRange(0, 9), metavar="0..9",
    help="Of PNG and TIFF: 0 none, 9 smallest.  [default: fast for PNG, none for TIFF]",
)  # fmt: skip
@overwrite_option
@click.option("--skip-existing", is_flag=True, help="Leave out what has its output already.")
@max_pixels_option
@jobs_option
@dry_run_option
@with_session
def command(
    session: Session, chain, inputs, output, rule, depth, suffix, quality, compress, gray, flip,
    overwrite, skip_existing, max_pixels, jobs, dry_run, **windows,
):  # fmt: skip
    """Filter pictures with a CHAIN of steps.

    CHAIN is a comma-separated list of steps, each name[:value][:key=value]...;
    a step is a filter, a kernel, a matrix in brackets or @FILE. Correlating
    steps take stride= dilation= padding= border= fill= flip= too.

    INPUT is pictures, folders, globs, @list.txt, or - for stdin. OUT is a file
    for one input, a folder for several (their relative paths are kept), - for
    stdout. Results are rounded and clipped to the depth; the colour
    profile and the resolution are kept. -v says how much was clipped, and how
    each kernel was run. PNG is compressed fast unless --compress is given.
    """
    from ..images.encode import Encoding
    from ..images.inputs import find_inputs
    from ..images.leaving_out import outside
    from .batch import Batch
    from .outputs import (
        leave_out_existing,
        leave_out_results,
        plan_outputs,
        refuse_existing,
        refuse_unwritable,
    )  # fmt: skip

    if rule == "float" and depth in ("8", "16"):
        raise click.UsageError("--range float writes float values; leave --depth out")
    refuse_chain_behind(chain, inputs)
    refuse_idle_skipping(skip_existing, overwrite, output)
    run = _compile(chain, flip, gray, windows)
    found = find_inputs(inputs)
    results = leave_out_results(session, inputs, output)
    found = [found[i] for i in outside(inputs, [one.path for one in found], results)]
    outputs = plan_outputs(found, inputs, output, suffix)
    refuse_idle_encoding(outputs, _given(quality=quality, compress=compress))
    if skip_existing:
        found, outputs = leave_out_existing(found, outputs, session)
    if dry_run:
        _describe(found, outputs)
        return
    refuse_unwritable(outputs)
    if not overwrite:
        refuse_existing(found, outputs)
    batch = Batch(
        session, run, rule=rule, dtype=DTYPES.get(depth), encoding=Encoding(quality, compress),
        overwrite=overwrite, max_pixels=max_pixels, jobs=jobs,
    )  # fmt: skip
    try:
        done = batch.run(found, outputs)
    except KeyboardInterrupt as stop:
        batch.abandon(stop)
        raise
    session.finish(done)


def _compile(chain: str, flip: bool, gray: bool, windows: dict[str, str | None]):
    """Read the chain now, so that a mistake in it shows before any picture is read."""
    from ..filters.chain import WINDOWS, compile_chain
    from ..filters.rehearsal import rehearse

    if windows["fill"] is not None and not windows["border"] and "border=" not in chain:
        raise click.UsageError("--fill is seen with --border constant only; set that too")
    given = {key: value for key, value in windows.items() if value is not None}
    with reading_words():
        compiled = compile_chain(chain, flip=flip, **WINDOWS.bind((), given))
        rehearse(compiled)
    refuse_idle_windows(compiled, [*given, *(["flip"] if flip else [])])
    return compile_chain("gray").then(compiled) if gray else compiled


def _given(**options: int | None) -> list[str]:
    return [f"--{name}" for name, value in options.items() if value is not None]


def _describe(found, outputs) -> None:
    for source, output in zip(found, outputs, strict=True):
        size = f" ({source.path.stat().st_size:,} bytes)" if source.path else ""
        click.echo(f"{source.name}{size} -> {output.name}")
    click.echo(f"{len(found)} to filter; nothing was written")
