"""The options that set HoG, for every command that extracts features."""

from collections.abc import Callable

import click

from .options import size_option

GRAY_HELP = "Make pictures gray instead of using the strongest colour channel."


class PairType(click.ParamType):
    """ROWSxCOLUMNS, or one number for both."""

    name = "RxC"

    def convert(self, value, param, ctx):
        """Parse the text."""
        if isinstance(value, tuple):
            return value
        words = value.lower().split("x")
        if len(words) > 2 or not all(word.isdecimal() and int(word) for word in words):
            self.fail(f'"{value}" is neither a number nor ROWSxCOLUMNS', param, ctx)
        return int(words[0]), int(words[-1])


OPTIONS = (
    click.option("--preset", metavar="NAME", help="dalal-triggs or skimage."),
    click.option("--cell", type=PairType(), metavar="RxC", help="Pixels of a cell."),
    click.option("--block", type=PairType(), metavar="RxC", help="Cells of a block."),
    click.option("--bins", type=click.IntRange(min=1), help="Orientation bins."),
    click.option(
        "--signed/--unsigned", default=None, help="Bins over the full circle, or over half of it."
    ),
    click.option("--norm", metavar="NAME", help="l2-hys, l2, l1, l1-sqrt or none."),
    click.option("--gamma", metavar="NAME", help="none or sqrt."),
    click.option("--gray", is_flag=True, help=GRAY_HELP),
    size_option,
)


def hog_options(function: Callable) -> Callable:
    """Give a command the HoG settings, --gray and --size."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def chosen_config(default, *, preset, **settings):
    """Return the settings asked for, or `default` changed by those that were given.

    Parameters
    ----------
    default : HogConfig or None
        What holds when no preset is named; None for the preset dalal-triggs.
    preset : str or None
    **settings
        Fields of `HogConfig`, None where the user said nothing.
    """
    from ..features.config import HogConfig
    from ..images.errors import EdgewiseError

    given = {name: value for name, value in settings.items() if value is not None}
    try:
        if preset is not None or default is None:
            return HogConfig.preset(preset or "dalal-triggs", **given)
        return default.replace(**given)
    except EdgewiseError as error:
        raise click.UsageError(str(error)) from None
