"""Chains tried on a single pixel: what is wrong with all pictures shows before any is read."""

import numpy as np

from ..compiled.loop import no_loops
from ..images.errors import EdgewiseError, FitError
from .chain import compile_chain
from .stages import Chain
from .steps import FILTERS

# A value of every window setting that is not its default.
TRIALS = {
    "stride": "stride=2",
    "dilation": "dilation=2",
    "padding": "padding=valid",
    "border": "border=edge",
    "fill": "border=constant:fill=1",
    "flip": "flip=yes",
}


def rehearse(chain: Chain) -> None:
    """Run every filter of a chain on a single pixel.

    Raises
    ------
    ChainError
        If a setting makes no sense, whatever the picture; the text points at the step.
    """
    pixel = np.zeros((1, 1), np.uint8)
    for stage in chain.stages:
        if stage.step.name in FILTERS:
            try:
                with no_loops():
                    stage.run(pixel)
            except FitError:
                continue
            except EdgewiseError as error:
                raise stage.step.error(error) from None


def window_settings(name: str) -> list[str]:
    """Return which window settings a filter takes, by trying them."""
    return [key for key, trial in TRIALS.items() if _is_taken(f"{name}:{trial}")]


def _is_taken(chain: str) -> bool:
    try:
        rehearse(compile_chain(chain))
    except EdgewiseError:
        return False
    return True
