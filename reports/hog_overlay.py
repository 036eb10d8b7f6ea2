"""The strokes of a HoG over the photograph that they were computed from."""

import numpy as np

from ..features.config import HogConfig
from ..features.preparation import prepare
from ..filters.ranges import fit_range
from ..images.colour import to_gray, to_rgb
from ..images.resize import resize

# How much of the photograph's light is left, so that strokes stand out.
DIMMED = 0.55
STROKE = np.array([255, 196, 0], np.float32)


def strokes_over(
    photo: np.ndarray, drawing: np.ndarray, config: HogConfig, size: tuple[int, int]
) -> np.ndarray:
    """Lay a drawing of HoG strokes over its photograph.

    Parameters
    ----------
    photo : ndarray, (H, W) or (H, W, C)
        Of any size: it is resized to `size`, as it was for its HoG.
    drawing : ndarray, (rows, columns) uint8
        As `hog_picture` gives it; each cell lands upon its own pixels.
    config : HogConfig
        The settings of the HoG.
    size : (int, int)
        Rows and columns of the picture that HoG saw.

    Returns
    -------
    ndarray, (rows, columns, 3) uint8
        The photograph in gray, dimmed, with amber strokes.
    """
    cell_rows, cell_columns, *_ = config.grid(*size)
    used = cell_rows * config.cell[0], cell_columns * config.cell[1]
    seen = prepare(photo, size=size, fit=config.fit)[: used[0], : used[1]]
    gray = resize(_eight_bits(to_gray(seen)), drawing.shape)
    light = DIMMED * to_rgb(gray).astype(np.float32)
    share = drawing[:, :, None] / np.float32(255)
    return np.rint(light + share * (STROKE - light)).astype(np.uint8)


def _eight_bits(image: np.ndarray) -> np.ndarray:
    """Return a gray picture of any dtype as uint8; of a deeper one the range that it uses."""
    if image.dtype == np.uint8:
        return image
    return fit_range(image.astype(np.float32), "rescale", np.uint8)[0]
