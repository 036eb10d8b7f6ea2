"""What a linear model has learned to look for: edges for each class, and against it."""

import numpy as np

from ..features.config import HogConfig
from ..images.errors import EdgewiseError
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
        Of features that join several HoGs, the first is drawn.

    Raises
    ------
    EdgewiseError
        If the weights are not of HoG values.
    """
    config, part = _hog_of(model)
    tiles = [_for_and_against(config, model.size, weights[part]) for weights in model.weights]
    width = max(tile.shape[1] for tile in tiles)
    columns = max(1, min(4, PAGE_WIDTH // width))
    page = grid(tiles, columns=columns, gap=24, labels=list(model.classes), framed=False)
    kind = "logistic regression" if model.kind == "logistic" else "support vector machine"
    rows, across = model.size
    note = f"{kind} on the HoG of {across}x{rows} pixels; strokes run along the edges"
    return stacked("Edges that speak for each class, left, and against it, right", note, [
        Section("", page)
    ])  # fmt: skip


def _hog_of(model: LinearModel) -> tuple[HogConfig, slice]:
    """Return the HoG whose weights can be drawn, and where they stand."""
    if model.map is not None:
        raise EdgewiseError(
            "the weights behind a kernel map are of no HoG values, and cannot be drawn; train "
            "without --kernel-map"
        )
    if isinstance(model.config, HogConfig):
        return model.config, slice(None)
    if model.config.hog is None:
        raise EdgewiseError("the model looks at pixels, not at HoG; there are no edges to draw")
    return model.config.hog, model.config.columns_of(model.config.hog, model.size)


def _for_and_against(config: HogConfig, size: tuple[int, int], weights: np.ndarray) -> np.ndarray:
    pixels = max(6, min(24, 112 // max(1, max(n // 4 for n in size) // 2)))
    both = [
        hog_picture(np.maximum(sign * weights, 0), config, size, cell_pixels=pixels)
        for sign in (1, -1)
    ]
    return grid(both, columns=2, framed=False)
