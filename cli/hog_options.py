"""The options that set HoG, for every command that extracts features."""

from collections.abc import Callable
from typing import NoReturn

import click

from ..images.fits import FITS
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
    click.option(
        "--preset", metavar="NAME", help="dalal-triggs, skimage, opencv, felzenszwalb or vlfeat."
    ),
    click.option("--cell", type=PairType(), metavar="RxC", help="Pixels of a cell."),
    click.option("--block", type=PairType(), metavar="RxC", help="Cells of a block."),
    click.option(
        "--block-stride", type=PairType(), metavar="RxC", help="Cells from one block to the next."
    ),
    click.option("--bins", type=click.IntRange(min=1), help="Orientation bins."),
    click.option(
        "--signed/--unsigned", default=None, help="Bins over the full circle, or over half of it."
    ),
    click.option("--norm", metavar="NAME", help="l2-hys, l2, l1, l1-sqrt or none."),
    click.option("--gamma", metavar="NAME", help="none, sqrt, log, or a power such as 0.7."),
    click.option(
        "--set",
        multiple=True,
        callback=lambda context, option, value: value or None,
        metavar="NAME=VALUE",
        help="Any other setting, such as gradient=sobel; --set help lists them all.",
    ),
    click.option("--gray", is_flag=True, help=GRAY_HELP),
    size_option,
    click.option(
        "--fit",
        type=click.Choice(FITS),
        help="How pictures of another shape come to --size: stretched, cropped around their "
        "middle, or padded with their border pixels.  [default: stretch]",
    ),
)


def hog_options(function: Callable) -> Callable:
    """Give a command the HoG settings, --gray, --size and --fit."""
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
        Fields of `HogConfig`, None where the user said nothing; and under
        "set" others as texts, NAME=VALUE.
    """
    from ..features.config import HogConfig
    from ..features.setting_text import parse_setting
    from ..images.errors import EdgewiseError

    others = settings.pop("set", None) or ()
    given = {name: value for name, value in settings.items() if value is not None}
    try:
        if isinstance(given.get("gamma"), str):
            given["gamma"] = parse_setting("gamma", given["gamma"])
        given |= _others(others)
        if preset is not None or default is None:
            return HogConfig.preset(preset or "dalal-triggs", **given)
        return default.replace(**given)
    except EdgewiseError as error:
        raise click.UsageError(str(error)) from None


def refuse_fit_without_size(fit: str | None, size: tuple[int, int] | None) -> None:
    """Refuse a way to a size where there is none."""
    if fit and not size:
        raise click.UsageError("--fit says how pictures come to a size; give one, --size WxH")


def _others(texts: tuple[str, ...]) -> dict:
    from ..features.setting_text import parse_setting

    given = {}
    for text in texts:
        if text == "help":
            _list_settings()
        name, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f'--set takes NAME=VALUE, such as gradient=sobel, not "{text}"')
        name = name.strip().lower().replace("-", "_")
        given[name] = parse_setting(name, value.strip())
    return given


def _list_settings() -> NoReturn:
    """Print every setting with its default and what it may be, and end."""
    from ..features.setting_text import describe_settings

    click.echo(describe_settings())
    raise click.exceptions.Exit(0)
