"""Compass operators: the strongest of one mask turned eight ways."""

from typing import Literal

import numpy as np

from . import correlation
from .catalogue import named_filter
from .oriented import COMPASSES, kirsch_mask, robinson_mask
from .sliding import Windows

Strongest = Literal["max", "direction"]


@named_filter("kirsch", correlates=True, alpha="sample")
def kirsch(image: np.ndarray, windows: Windows, output: Strongest = "max") -> np.ndarray:
    """Greatest response of Kirsch's eight masks, or its direction, 0-7, each 45 degrees."""
    return _compass(image, windows, "kirsch", output)


@named_filter("robinson", correlates=True, alpha="sample")
def robinson(image: np.ndarray, windows: Windows, output: Strongest = "max") -> np.ndarray:
    """Greatest response of Robinson's eight masks, or its direction, 0-7, each 45 degrees."""
    return _compass(image, windows, "robinson", output)


def _compass(image, windows: Windows, name: str, output: Strongest) -> np.ndarray:
    small = np.size(image) * 64 < correlation.FEW_MULTIPLY_ADDS
    if small or windows.dilation not in (1, (1, 1)) or windows.border == "renormalize":
        return _compass_plain(image, windows, name, output)
    from . import edge_loops

    frame = windows.frame(image, (3, 3))
    height, width, channels = frame.shape
    weights = np.array(COMPASSES[name], np.float32)
    if windows.flip:
        weights = np.roll(weights, 4)
    out = np.empty((height - 2, width - 2, channels), np.float32)
    edge_loops.compass(
        frame.reshape(height, -1), channels, weights, output == "direction",
        out.reshape(height - 2, -1),
    )  # fmt: skip
    return windows.sample(out, image)


def _compass_plain(image, windows: Windows, name: str, output: Strongest) -> np.ndarray:
    mask = {"kirsch": kirsch_mask, "robinson": robinson_mask}[name]
    best = windows.slide(image, mask(0))
    direction = np.zeros_like(best)
    for k in range(1, 8):
        response = windows.slide(image, mask(k))
        better = response > best
        direction[better] = k
        np.maximum(best, response, out=best)
    return best if output == "max" else direction
