"""Where the votes of a HoG go: weights of rows and columns, bin edges, the order of work.

The Gaussian window and the interpolation between cells are products of a
function of the row and one of the column. So everything spatial comes down to
two small tables: how much pixel row u of a block counts in its cell row r, and
the same for columns. A histogram unit is what such a table spans: a block, or,
where votes are neither interpolated nor windowed, a single cell, because then
all blocks share the histograms of the cells.
"""

import math
from typing import NamedTuple

import numpy as np

from .config import NORMS, HogConfig

# Lanes of a row that are worked on at a time, see tile_columns.
LANES = 512
STRIP_ROWS = 64


class Votes(NamedTuple):
    """What the loops need to know about one vote."""

    step: np.ndarray  # (2,) int64: rows and columns from one unit to the next
    row_weights: np.ndarray  # (cell rows, unit rows) float32
    column_weights: np.ndarray  # (cell columns, unit columns) float32
    edges: np.ndarray  # (edges, 3): cosine, sine, half of the circle; gradients get its dtype
    bins: int
    signed: bool
    soft: bool  # share a vote between two bins


class Blocks(NamedTuple):
    """Where the normalisation finds a block's cells, and what it does with them."""

    block: np.ndarray  # (2,) int64: cells of a block
    stride: np.ndarray  # (2,) int64: cells from one block to the next
    bins: int
    shared: bool  # the units are cells, else blocks
    norm: int  # index into NORMS
    clip: np.float32
    epsilon: np.float32


def shares_cells(config: HogConfig) -> bool:
    """Tell whether a cell's histogram is the same in every block it belongs to."""
    return not config.interpolate_space and config.window_sigma is None


def spatial_weights(config: HogConfig, axis: int) -> np.ndarray:
    """Return how much each pixel row of a unit counts in each of its cell rows.

    Returns
    -------
    ndarray, (cells, pixels) float32
        Divided by the cell's length, so that a cell holds the mean vote.
    """
    cell = config.cell[axis]
    cells = 1 if shares_cells(config) else config.block[axis]
    pixel = np.arange(cell * cells) + 0.5
    distance = np.abs(pixel / cell - (np.arange(cells) + 0.5)[:, None])
    if config.interpolate_space:
        weights = np.maximum(0.0, 1.0 - distance)
    else:
        weights = (distance < 0.5).astype(np.float64)
    if config.window_sigma is not None:
        length = cell * cells
        weights *= np.exp(-0.5 * ((pixel / length - 0.5) / config.window_sigma) ** 2)
    return (weights / cell).astype(np.float32)


def bin_edges(bins: int, signed: bool, dtype: type = np.float32) -> np.ndarray:
    """Return the directions at which bins 1, 2, ... begin.

    A direction at or beyond 180 degrees is stored as its opposite, with a 1
    in the third column. The larger component of every direction is scaled to
    1, so that the multiples of 45 degrees, the only edges that a gradient of
    whole numbers can lie upon, are exact.

    Returns
    -------
    ndarray, (bins - 1, 3)
        Cosine, sine, half of the circle.
    """
    circle = 360 if signed else 180
    edges = np.zeros((bins - 1, 3), dtype)
    for k in range(1, bins):
        half, rest = divmod(k * circle, 180 * bins)
        edges[k - 1] = (*_direction(rest, bins), half)
    return edges


def _direction(degrees: int, divisor: int) -> tuple[float, float]:
    """Return the direction at degrees / divisor, its larger component 1."""
    if degrees * 4 % (180 * divisor) == 0:
        return ((1, 0), (1, 1), (0, 1), (-1, 1))[degrees * 4 // (180 * divisor)]
    angle = math.radians(degrees / divisor)
    scale = max(abs(math.cos(angle)), abs(math.sin(angle)))
    return math.cos(angle) / scale, math.sin(angle) / scale


def votes(config: HogConfig, dtype: type = np.float32) -> Votes:
    """Return what one vote needs; gradients are computed in `dtype`."""
    stride = (1, 1) if shares_cells(config) else config.block_stride
    soft = config.interpolate_orientation and config.bins > 1
    return Votes(
        step=np.array([stride[a] * config.cell[a] for a in (0, 1)], np.int64),
        row_weights=spatial_weights(config, 0),
        column_weights=spatial_weights(config, 1),
        edges=bin_edges(1 if soft else config.bins, config.signed, dtype),
        bins=config.bins,
        signed=config.signed,
        soft=soft,
    )


def blocks(config: HogConfig) -> Blocks:
    """Return what the normalisation needs."""
    return Blocks(
        block=np.array(config.block, np.int64),
        stride=np.array(config.block_stride, np.int64),
        bins=config.bins,
        shared=shares_cells(config),
        norm=NORMS.index(config.norm),
        clip=np.float32(config.clip),
        epsilon=np.float32(config.epsilon),
    )


def tasks(count: int, units: tuple[int, int], how: Votes) -> np.ndarray:
    """Cut the work into pieces, which depend on the work alone, never on the threads.

    Narrow pictures are worked on side by side, as if they were one wide one:
    long rows are what makes the loops fast.

    Returns
    -------
    ndarray, (pieces, 6) int64
        First and last picture, unit row and unit column; each last excluded.
    """
    width = (units[1] - 1) * how.step[1] + how.column_weights.shape[1]
    pictures = max(1, LANES // int(width + 2))
    columns = max(1, int(LANES // how.step[1]))
    rows = max(1, int(STRIP_ROWS // how.step[0])) if pictures == 1 else units[0]
    return np.array(
        [
            (n, min(n + pictures, count), i, min(i + rows, units[0]), j, min(j + columns, units[1]))
            for n in range(0, count, pictures)
            for i in range(0, units[0], rows)
            for j in range(0, units[1], columns)
        ],
        np.int64,
    )


class Plan(NamedTuple):
    """All there is to know to compute HoG of pictures of one size."""

    units: tuple[int, int]  # rows and columns of units
    cells: tuple[int, int]  # of a unit
    blocks: tuple[int, int]
    votes: Votes
    gather: Blocks

    @classmethod
    def of(cls, config: HogConfig, rows: int, columns: int, dtype: type) -> "Plan":
        """Plan the work; gradients are computed in `dtype`."""
        cell_rows, cell_columns, block_rows, block_columns = config.grid(rows, columns)
        shared, grid = shares_cells(config), (block_rows, block_columns)
        return cls(
            units=(cell_rows, cell_columns) if shared else grid,
            cells=(1, 1) if shared else config.block,
            blocks=grid,
            votes=votes(config, dtype),
            gather=blocks(config),
        )

    def tasks(self, count: int) -> np.ndarray:
        """Return the pieces of the work on `count` pictures."""
        return tasks(count, self.units, self.votes)
