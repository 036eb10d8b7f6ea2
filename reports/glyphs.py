"""A HoG vector as a picture: one stroke for every bin of every cell."""

import numpy as np

from ..features.config import HogConfig
from ..features.order import as_blocks, as_cells
from ..images.errors import EdgewiseError

# The hundredth of strokes that may be equally white, so that a few sharp edges
# do not leave everything else in the dark.
WHITEST = 99

# Stroke width and reach, in cell sides; chosen by eye at 16 pixels a cell.
WIDTH, REACH = 0.11, 0.47


def hog_picture(
    vector: np.ndarray, config: HogConfig, size: tuple[int, int], *, cell_pixels: int = 16
) -> np.ndarray:
    """Draw a HoG vector: bright strokes along the edges.

    Parameters
    ----------
    vector : ndarray, (n,)
        As `hog` gives it; the picture itself is not needed.
    config : HogConfig
        The settings that it was computed with.
    size : (int, int)
        Rows and columns of the picture that it was computed from.
    cell_pixels : int
        Pixels of a cell's shorter side in the drawing.

    Returns
    -------
    ndarray, (H, W) uint8
        One glyph a cell. A cell is the mean over the blocks it is in. A stroke
        runs across the bin's gradients, so along the edge, and is as bright
        as the bin stands out of its cell's mean: bins that are all alike, as
        in noise, say nothing of a direction. Opposite signed bins share a
        stroke.

    Raises
    ------
    EdgewiseError
        If the vector's length is not that of the settings and the size.
    """
    if vector.shape != (config.length(*size),):
        raise EdgewiseError(
            f"the vector's shape is {vector.shape}, but {size[1]}x{size[0]} pixels "
            f"with these settings give {config.length(*size)} values"
        )
    cells = cell_histograms(vector, config, size)
    signed = config.signed and config.layout == "blocks"
    circle = 2 * np.pi if signed else np.pi
    if signed and config.bins % 2 == 0:
        # An edge has no sign: opposite bins are one stroke.
        cells = cells[:, :, : config.bins // 2] + cells[:, :, config.bins // 2 :]
        circle = np.pi
    brightness = _brightness(cells)
    shape = _glyph_shape(config.cell, cell_pixels)
    strokes = _strokes(
        brightness.shape[2], circle, shape, 0.5 if config.bin_origin == "edge" else 0
    )
    rows, columns, _ = brightness.shape
    picture = np.empty((rows, shape[0], columns, shape[1]), np.uint8)
    for r in range(rows):
        glyphs = np.zeros((columns, *shape), np.float32)
        for b, stroke in enumerate(strokes):
            np.maximum(glyphs, brightness[r, :, b, None, None] * stroke, out=glyphs)
        picture[r] = np.rint(255 * glyphs.transpose(1, 0, 2))
    return picture.reshape(rows * shape[0], columns * shape[1])


def cell_histograms(vector: np.ndarray, config: HogConfig, size: tuple[int, int]) -> np.ndarray:
    """Average the blocks of a vector back to cells.

    Returns
    -------
    ndarray, (cell rows, cell columns, bins) float32
        0 where a cell belongs to no block.
    """
    cell_rows, cell_columns, block_rows, block_columns = config.grid(*size)
    if config.layout != "blocks":
        return _unsigned(as_cells(vector, config, size), config)
    blocks = as_blocks(vector, config, size)
    total = np.zeros((cell_rows, cell_columns, config.bins), np.float32)
    count = np.zeros((cell_rows, cell_columns, 1), np.float32)
    down, right = config.block_stride
    for r in range(config.block[0]):
        for c in range(config.block[1]):
            rows = slice(r, r + (block_rows - 1) * down + 1, down)
            columns = slice(c, c + (block_columns - 1) * right + 1, right)
            total[rows, columns] += blocks[:, :, r, c]
            count[rows, columns] += 1
    return total / np.maximum(count, 1)


def _unsigned(cells: np.ndarray, config: HogConfig) -> np.ndarray:
    """Return the unsigned bins of a layout by cell, all that speaks of them added up."""
    bins = config.bins
    if config.layout == "vlfeat":
        return cells.reshape(*cells.shape[:2], 4, bins).sum(axis=2)
    total = cells[:, :, :bins] + cells[:, :, bins : 2 * bins] + cells[:, :, 2 * bins : 3 * bins]
    # The outermost cells have no values.
    return np.pad(total, ((1, 1), (1, 1), (0, 0)))


def _brightness(cells: np.ndarray) -> np.ndarray:
    """Return how bright each stroke is, 0 to 1."""
    cells = np.nan_to_num(cells, nan=0.0, posinf=0.0, neginf=0.0)
    if cells.shape[2] > 1:
        cells = np.maximum(cells - cells.mean(axis=2, keepdims=True), 0)
    seen = cells[cells > 0]
    return np.minimum(cells / np.percentile(seen, WHITEST), 1) if seen.size else cells


def _glyph_shape(cell: tuple[int, int], pixels: int) -> tuple[int, int]:
    least = min(cell)
    return round(pixels * cell[0] / least), round(pixels * cell[1] / least)


def _strokes(bins: int, circle: float, shape: tuple[int, int], first: float) -> np.ndarray:
    """Return one antialiased stroke a bin, (bins, rows, columns), 0 to 1."""
    y, x = np.indices(shape, np.float32) - (np.array(shape)[:, None, None] - 1) / 2
    angle = ((np.arange(bins) + first) * circle / bins)[:, None, None]
    # The gradient points along (cosine, sine): a stroke's points are those
    # that are near to the centre in that direction.
    across = np.abs(x * np.cos(angle) + y * np.sin(angle))
    along = np.abs(y * np.cos(angle) - x * np.sin(angle))
    side = min(shape)
    covered = np.clip(max(1.0, WIDTH * side) / 2 + 0.5 - across, 0, 1)
    return (covered * np.clip(REACH * side + 0.5 - along, 0, 1)).astype(np.float32)
