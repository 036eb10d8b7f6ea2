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

# Coefficients c of arctan(t) = t * (((c0 s + c1) s + ...) s + c7), with s = t * t
# in [0, 1]. The first polynomial is fitted for the least largest error, 1e-7
# radians. The other is that of OpenCV's fastAtan2, off by up to 2e-4 radians.
ARC_TANGENTS = {
    "exact": (
        -0.004054564051330090,
        0.021862946450710297,
        -0.055912312120199203,
        0.096421964466571810,
        -0.139086291193962100,
        0.199465662240982060,
        -0.333298593759536740,
        0.999999344348907500,
    ),
    "opencv": (
        0,
        0,
        0,
        0,
        -0.04432655554792128,
        0.1555786518463281,
        -0.3258083974640975,
        0.9997878412794807,
    ),
}

# Lanes of a row that are worked on at a time, see tile_columns.
LANES = 1024
STRIP_ROWS = 128


class Votes(NamedTuple):
    """What the loops need to know about one vote."""

    step: np.ndarray  # (2,) int64: rows and columns from one unit to the next
    row_weights: np.ndarray  # (cell rows, unit rows) float32
    column_weights: np.ndarray  # (cell columns, unit columns) float32
    edges: np.ndarray  # (edges, 3): cosine, sine, half of the circle; gradients get its dtype
    bins: int
    signed: bool
    least: np.ndarray  # (1,): a gradient is beyond an edge from this on
    soft: bool  # share a vote between two bins
    arc_tangent: np.ndarray  # (8,) float32: a polynomial, see `ARC_TANGENTS`
    last: bool  # of equal channels the last counts, by squares of lengths, not the first
    first: np.float32  # where the first bin's centre lies, in bins
    origin: np.ndarray  # (2,) int64: row and column of the picture where the first unit begins


class Blocks(NamedTuple):
    """Where the normalisation finds a block's cells, and what it does with them."""

    block: np.ndarray  # (2,) int64: cells of a block
    stride: np.ndarray  # (2,) int64: cells from one block to the next
    bins: int
    shared: bool  # the units are cells, else blocks
    norm: int  # index into NORMS
    clip: np.float32
    epsilon: np.float32  # times the values of a block, if it is per value
    again: np.float32  # the second epsilon of L2-Hys
    quadrature: bool


def shares_cells(config: HogConfig) -> bool:
    """Tell whether a cell's histogram is the same in every block it belongs to."""
    whole = not config.interpolate_space and config.window_sigma is None
    return whole or config.interpolation_scope == "grid"


def overhang(config: HogConfig, axis: int) -> int:
    """Return how many pixels a unit reaches beyond its cell on either side."""
    across = config.interpolation_scope == "grid" and config.interpolate_space
    return (config.cell[axis] + 1) // 2 if across else 0


def spatial_weights(config: HogConfig, axis: int) -> np.ndarray:
    """Return how much each pixel row of a unit counts in each of its cell rows.

    Returns
    -------
    ndarray, (cells, pixels) float32
        Divided by the cell's length, so that a cell holds the mean vote.
    """
    cell, beyond = config.cell[axis], overhang(config, axis)
    cells = 1 if shares_cells(config) else config.block[axis]
    pixel = np.arange(cell * cells + 2 * beyond) - beyond + 0.5
    distance = np.abs(pixel / cell - (np.arange(cells) + 0.5)[:, None])
    if config.interpolate_space:
        weights = np.maximum(0.0, 1.0 - distance)
    else:
        weights = (distance < 0.5).astype(np.float64)
    if config.window_sigma is not None:
        weights *= _window(config, axis, pixel)
    return (weights / (cell if config.cell_value == "mean" else 1)).astype(np.float32)


def _window(config: HogConfig, axis: int, pixel: np.ndarray) -> np.ndarray:
    """Return the Gaussian of a block at pixel centres along one axis."""
    sides = [config.cell[a] * config.block[a] for a in (0, 1)]
    sigma = config.window_sigma
    deviation = sigma[axis] if isinstance(sigma, tuple) else sigma or math.inf
    unit = sides[axis] if config.window_unit == "side" else sum(sides) / 2
    centre = sides[axis] / 2 + (0.5 if config.window_centre == "pixel" else 0)
    return np.exp(-0.5 * ((pixel - centre) / (deviation * unit)) ** 2)


def bin_edges(
    bins: int, signed: bool, dtype: type = np.float32, *, origin: str = "edge"
) -> np.ndarray:
    """Return the directions at which bins 1, 2, ... begin.

    A direction at or beyond 180 degrees is stored as its opposite, with a 1
    in the third column. The larger component of every direction is scaled to
    1, so that the multiples of 45 degrees, the only edges that a gradient of
    whole numbers can lie upon, are exact.

    Returns
    -------
    ndarray, (bins - 1, 3), or (bins, 3) where a bin's centre is the origin
        Cosine, sine, half of the circle. In the latter case the first bin
        begins again at the last edge.
    """
    circle = 360 if signed else 180
    halves = range(1, 2 * bins, 2) if origin == "centre" else range(2, 2 * bins, 2)
    edges = np.zeros((len(halves), 3), dtype)
    for k, half_bins in enumerate(halves):
        half, rest = divmod(half_bins * circle, 360 * bins)
        edges[k] = (*_direction(rest, 2 * bins), half)
    return edges


def _direction(degrees: int, divisor: int) -> tuple[float, float]:
    """Return the direction at degrees / divisor, its larger component 1."""
    if degrees * 4 % (180 * divisor) == 0:
        return ((1, 0), (1, 1), (0, 1), (-1, 1))[degrees * 4 // (180 * divisor)]
    angle = math.radians(degrees / divisor)
    scale = max(abs(math.cos(angle)), abs(math.sin(angle)))
    return math.cos(angle) / scale, math.sin(angle) / scale


def votes(config: HogConfig, dtype: type = np.float32, origin: tuple[int, int] = (0, 0)) -> Votes:
    """Return what one vote needs; gradients are computed in `dtype`."""
    stride = (1, 1) if shares_cells(config) else config.block_stride
    bins, signed = voted_bins(config)
    soft = config.interpolate_orientation and bins > 1
    edges = bin_edges(0 if soft else bins, signed, dtype, origin=config.bin_origin)
    # Of two centres equally near the peers with centred bins choose the lower.
    least = np.nextafter(dtype(0), dtype(1)) if config.bin_origin == "centre" else 0
    return Votes(
        step=np.array([stride[a] * config.cell[a] for a in (0, 1)], np.int64),
        row_weights=spatial_weights(config, 0),
        column_weights=spatial_weights(config, 1),
        edges=edges,
        bins=bins,
        signed=signed,
        least=np.array([least], dtype),
        soft=soft,
        arc_tangent=np.array(ARC_TANGENTS[config.arithmetic], np.float32),
        last=config.colour == "strongest-last",
        first=np.float32(0.5 if config.bin_origin == "edge" else 0),
        origin=np.array([origin[a] - overhang(config, a) for a in (0, 1)], np.int64),
    )


def voted_bins(config: HogConfig) -> tuple[int, bool]:
    """Return how many bins take votes, and whether they are signed."""
    if config.layout == "felzenszwalb":
        return 2 * config.bins, True
    return config.bins, config.signed and config.layout == "blocks"


def blocks(config: HogConfig) -> Blocks:
    """Return what the normalisation needs."""
    again = config.epsilon if config.second_epsilon is None else config.second_epsilon
    values = config.values_a_block if config.epsilon_rule == "per-value" else 1
    return Blocks(
        block=np.array(config.block, np.int64),
        stride=np.array(config.block_stride, np.int64),
        bins=config.bins,
        shared=shares_cells(config),
        norm=NORMS.index(config.norm),
        clip=np.float32(config.clip),
        epsilon=np.float32(config.epsilon * values),
        again=np.float32(again),
        quadrature=config.epsilon_rule == "quadrature",
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


def _by_row(units: tuple[int, int], cells: tuple[int, int], config: HogConfig) -> np.ndarray:
    bins, _ = voted_bins(config)
    unit = cells[0] * cells[1] * bins
    return np.array([units[1] * unit, unit, cells[1] * bins, bins], np.int64)


class Plan(NamedTuple):
    """All there is to know to compute HoG of pictures of one size."""

    units: tuple[int, int]  # rows and columns of units
    cells: tuple[int, int]  # of a unit
    blocks: tuple[int, int]
    votes: Votes
    gather: Blocks
    places: np.ndarray  # (4,) int64, see `loops.histograms`

    @classmethod
    def of(cls, config: HogConfig, rows: int, columns: int, dtype: type) -> "Plan":
        """Plan the work on whole pictures; gradients are computed in `dtype`."""
        cell_rows, cell_columns, block_rows, block_columns = config.grid(rows, columns)
        return cls._of(config, (cell_rows, cell_columns), (block_rows, block_columns), dtype)

    @classmethod
    def from_corner(
        cls, config: HogConfig, corner: tuple[int, int], grid: tuple[int, int], dtype: type
    ) -> "Plan":
        """Plan the work on some blocks, the first of which begins at a corner in the picture."""
        cells = [(grid[a] - 1) * config.block_stride[a] + config.block[a] for a in (0, 1)]
        return cls._of(config, (cells[0], cells[1]), grid, dtype, corner)

    @classmethod
    def _of(cls, config, cells, grid, dtype, corner=(0, 0)) -> "Plan":
        shared = shares_cells(config)
        return cls(
            units=cells if shared else grid,
            cells=(1, 1) if shared else config.block,
            blocks=grid,
            votes=votes(config, dtype, corner),
            gather=blocks(config),
            places=_by_row(cells if shared else grid, (1, 1) if shared else config.block, config),
        )

    @property
    def by_column(self) -> "Plan":
        """The plan for units that stand column by column, and so do their cells."""
        rows, _ = self.units
        down, bins = self.cells[0], self.votes.bins
        unit = down * self.cells[1] * bins
        places = np.array([unit, rows * unit, bins, down * bins], np.int64)
        return self._replace(places=places)

    def tasks(self, count: int) -> np.ndarray:
        """Return the pieces of the work on `count` pictures."""
        return tasks(count, self.units, self.votes)
