"""Compass operators: the strongest of one mask turned eight ways."""

from functools import partial
from typing import Literal

import numpy as np

from ..compiled.scratch import scratch
from . import compass_loops
from .borders import RENORMALIZE, border_name
from .catalogue import named_filter
from .oriented import COMPASSES, kirsch_mask, robinson_mask
from .sliding import Windows
from .strips import Layout
from .windowed import Windowed
from .windows import pair

Strongest = Literal["max", "direction"]


def _operation(windows: Windows, output: str = "max", *, name: str) -> Windowed | None:
    """Return what finds the strongest mask in one pass; None where masks run one by one."""
    if pair(windows.dilation, "dilation") != (1, 1) or border_name(windows.border) == RENORMALIZE:
        return None
    weights = np.array(COMPASSES[name], np.float32)
    if windows.flip:
        weights = np.roll(weights, 4)
    return Windowed(windows, (3, 3), partial(_fill, weights, output == "direction"))


@named_filter(
    "kirsch", correlates=True, alpha="sample", operation=partial(_operation, name="kirsch")
)
def kirsch(image: np.ndarray, windows: Windows, output: Strongest = "max") -> np.ndarray:
    """Greatest response of Kirsch's eight masks, or its direction, 0-7, each 45 degrees."""
    return _compass(image, windows, "kirsch", output)


@named_filter(
    "robinson", correlates=True, alpha="sample", operation=partial(_operation, name="robinson")
)
def robinson(image: np.ndarray, windows: Windows, output: Strongest = "max") -> np.ndarray:
    """Greatest response of Robinson's eight masks, or its direction, 0-7, each 45 degrees."""
    return _compass(image, windows, "robinson", output)


def _compass(image, windows: Windows, name: str, output: Strongest) -> np.ndarray:
    operation = _operation(windows, output, name=name)
    return operation.run(image) if operation else _mask_by_mask(image, windows, name, output)


def _fill(weights, direction, source, layout: Layout, pick: int, out) -> None:
    width = layout.columns.size
    compass_loops.compass(
        source, layout, weights, direction, pick,
        scratch("compass rows", (1, 3, width), np.float32),
        scratch("compass ring", (1, 10, width - 2 * layout.channels), np.float32), out,
    )  # fmt: skip


def _mask_by_mask(image, windows: Windows, name: str, output: Strongest) -> np.ndarray:
    """Slide all masks: for windows that the loop does not know."""
    mask = {"kirsch": kirsch_mask, "robinson": robinson_mask}[name]
    best = windows.slide(image, mask(0))
    direction = np.zeros_like(best)
    for k in range(1, 8):
        response = windows.slide(image, mask(k))
        better = response > best
        direction[better] = k
        np.maximum(best, response, out=best)
    return best if output == "max" else direction
