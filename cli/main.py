"""The `edgewise` command: a table of sub-commands, and what every exit code means."""

import os
import sys
from importlib import import_module

import click

from .. import __version__
from .complaints import complain, report
from .signals import PIPE_CLOSED, WORDS, code_of, unwinding
from .streams import forget_output

# name: (module, one-line help). The module is imported only when its command
# is used; its command is the object called `command`.
COMMANDS = {
    "filter": ("filter", "Filter pictures with a chain of kernels, pooling and point operations."),
    "kernels": ("kernels", "List the named kernels and filters, or print one kernel."),
    "hog": ("hog", "Extract HoG features from pictures."),
    "train": ("train", "Train a classifier on labelled pictures or features."),
    "evaluate": ("evaluate", "Measure a model on labelled pictures."),
    "compare": ("compare", "Compare HoG with a linear model and a CNN: is a CNN worth it?"),
    "predict": ("predict", "Name what is in pictures, with a trained model."),
    "show": ("show", "Show a network as a table, and what a model looks for and sees."),
    "export": ("export", "Write a model as ONNX, for other programs."),
    "inspect": ("inspect", "Say what a picture, data set, feature file or model holds."),
    "demo": ("demo", "Show everything once, on the sample pictures."),
    "warm-up": ("warm_up", "Compile all loops now, so that no other command has to wait."),
}

EPILOG = """\b
Examples:
  edgewise filter sobel photo.jpg -o edges.png
  edgewise hog photos/ -o features.npz
  edgewise train linear photos/ -o model.safetensors
  edgewise predict model.safetensors new.jpg

Exit codes: 0 done; 1 a file or data is at fault; 2 the words of the command
are; 3 finished, but some inputs failed, each named on stderr; 130 interrupted;
141 whoever read the output stopped reading; 143 terminated."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        return import_module(f".{COMMANDS[cmd_name][0]}", __package__).command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple:
        """Find the command, or suggest the nearest name."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            ctx.fail(f'no command "{name}"{hint}')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _show_versions(ctx: click.Context, param: click.Parameter, asked: bool) -> None:
    if not asked:
        return
    from importlib.metadata import version

    click.echo(f"edgewise {__version__}")
    for name in ("numpy", "numba", "pillow", "scikit-learn", "click"):
        click.echo(f"{name} {version(name)}")
    click.echo(f"python {sys.version.split()[0]}")
    ctx.exit()


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_versions,
    help="Show the versions of Edgewise and of what it stands on.",
)
def edgewise() -> None:
    """Filter pictures, extract HoG features and train image classifiers.

    Results go to stdout, messages and progress bars to stderr. -o never
    overwrites a file without --overwrite.
    """


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code; never raises, but with --debug."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        with unwinding():
            code = _run(arguments)
            sys.stdout.flush()
            return code if isinstance(code, int) else 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except (KeyboardInterrupt, click.Abort) as stop:
        complain(WORDS[code_of(stop)])
        return code_of(stop)
    except BrokenPipeError:
        # Whoever read our output has what they wanted.
        forget_output()
        return PIPE_CLOSED
    except Exception as error:
        if "--debug" in arguments and not isinstance(error, click.ClickException):
            raise
        return report(error)


def _run(arguments: list[str]) -> object:
    if "_EDGEWISE_COMPLETE" in os.environ:
        return edgewise.main(arguments, prog_name="edgewise")
    # Not main(), which makes other errors of interruptions and closed pipes.
    with edgewise.make_context("edgewise", list(arguments)) as ctx:
        return edgewise.invoke(ctx)
