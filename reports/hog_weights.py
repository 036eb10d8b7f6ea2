"""What a linear model has learned to look for: edges for each class, and against it."""

import numpy as np

from ..models.linear import LinearModel
from .glyphs import hog_picture
from .page import PAGE_WIDTH, Section, grid, stacked


def weights_picture(model: LinearModel) -> np.ndarray:
    """Draw the HoG weights of every class: edges that speak for it, and against it.

    Parameters
    ----------
    model : LinearModel

    Returns
    -------
    ndarray, (H, W, 3) uint8
    """
    tiles = [_for_and_against(model, weights) for weights in model.weights]
    width = max(tile.shape[1] for tile in tiles)
    columns = max(1, min(4, PAGE_WIDTH // width))
    page = grid(tiles, columns=columns, gap=24, labels=list(model.classes), framed=False)
    kind = "logistic regression" if model.kind == "logistic" else "support vector machine"
    rows, across = model.size
    note = f"{kind} on the HoG of {across}x{rows} pixels; strokes run along the edges"
    return stacked("Edges that speak for each class, left, and against it, right", note, [
        Section("", page)
    ])  # fmt: skip


def _for_and_against(model: LinearModel, weights: np.ndarray) -> np.ndarray:
    pixels = max(6, min(24, 112 // max(1, max(n // 4 for n in model.size) // 2)))
    both = [
        hog_picture(np.maximum(sign * weights, 0), model.config, model.size, cell_pixels=pixels)
        for sign in (1, -1)
    ]
    return grid(both, columns=2, framed=False)
