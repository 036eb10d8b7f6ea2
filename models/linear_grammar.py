"""Features from text: `hog:cell=4:bins=18:signed,hog:cell=8,pixels:8x8`."""

from typing import Any

from ..features.config import HogConfig
from ..features.presets import PRESETS
from ..features.setting_text import parse_number, parse_setting
from ..filters.grammar import Step, parse_chain
from ..images.errors import EdgewiseError
from .linear_features import Features, Joined, Part, Pixels

HELP = "hog or the name of a preset with settings such as cell=4, or pixels[:WxH][:scale=NUMBER]"


def parse_features(text: str, channels: int, default: HogConfig) -> Features:
    """Read what vectors consist of.

    Parameters
    ----------
    text : str
        Parts separated by commas. ``hog`` is `default` with the settings that
        follow, a preset's name that preset; ``pixels`` is the picture itself,
        ``pixels:8x8`` its means over a grid.
    channels : int
        1 for gray pictures, 3 for coloured ones.
    default : HogConfig

    Returns
    -------
    HogConfig or Joined

    Raises
    ------
    ChainError
        If there is no such part or setting, or a value makes no sense.

    Examples
    --------
    >>> parse_features("hog:cell=4:signed,pixels:7x7", 1, HogConfig()).parts[1]
    Pixels(grid=(7, 7), channels=1, scale=1.0)
    """
    parts = [_part(step, channels, default) for step in parse_chain(text)]
    only = parts[0]
    return only if len(parts) == 1 and isinstance(only, HogConfig) else Joined(tuple(parts))


def _part(step: Step, channels: int, default: HogConfig) -> Part:
    if step.name != "pixels" and step.name != "hog" and step.name not in PRESETS:
        raise step.error(f"no such features; write {HELP}")
    try:
        if step.name == "pixels":
            return _pixels(step, channels)
        base = default if step.name == "hog" else HogConfig.preset(step.name)
        return base.replace(**_settings(step))
    except EdgewiseError as problem:
        raise step.error(str(problem)) from None


def _settings(step: Step) -> dict[str, Any]:
    """Return the settings of HoG: words alone are switched on."""
    given: dict[str, Any] = dict.fromkeys(step.values, True)
    return given | {name: parse_setting(name, text) for name, text in step.options.items()}


def _pixels(step: Step, channels: int) -> Pixels:
    unknown = [name for name in step.options if name != "scale"]
    if unknown or len(step.values) > 1:
        raise EdgewiseError("pixels are written pixels, pixels:WxH or pixels:WxH:scale=NUMBER")
    scale = float(parse_number(step.options.get("scale", "1")))
    if not 0 < scale < float("inf"):
        raise EdgewiseError(f"scale is a number above 0, not {scale:g}")
    return Pixels(_grid(step.values[0]) if step.values else None, channels, scale)


def _grid(text: str) -> tuple[int, int]:
    across, cross, down = text.lower().partition("x")
    if not (cross and across.isdecimal() and down.isdecimal() and int(across) * int(down)):
        raise EdgewiseError(f'"{text}" is not a grid; write it as WxH, such as 8x8')
    return int(down), int(across)
