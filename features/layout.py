"""Where the votes of a HoG go: weights of rows and columns, bin edges, the order of work.

The Gaussian window and the interpolation between cells are products of a
function of the row and one of the column. So everything spatial comes down to
two small tables: how much pixel row u of a block counts in its cell row r, and
the same for columns. A histogram unit is what such a table spans: a block, or,
where votes are neither interpolated nor windowed, a single cell, because then
all blocks share the histograms of the cells.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..compiled.kinds import Single, array
from ..compiled.threads import ranges
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

# Columns of a row that are worked on at a time, about; the lanes of a row are whole vectors.
COLUMNS = 1024
MOST_LANES = 1024
STRIP_ROWS = 128
# Rows of lanes are whole multiples of this, and whole rows of `WHOLE`, so that no number is
# left to the scalar end of a vectorised loop, which may round otherwise.
VECTOR, WHOLE = 16, 64

# Types of weights that are worked on together, whose sums registers can hold.
MOST_TYPES = 4
# Numbers between the rows of a band: rows a power of two apart fall into the same few places
# of the cache, and drive each other out (windows of 64x128: 1.6 times as long).
BETWEEN = 16
# Numbers of a line of sums, of each type: as many as two vectors of any processor.
LINE = 32


class Axis(NamedTuple):
    """How much each row (or column) of pixels counts in the cells of the units it is part of.

    The rows are cut into bands of `step`: a row is in the unit that begins with its
    band, in the one that began a band earlier, and so on. What it counts in one
    cell of one of these units is a type of weight; types that concern the same rows of
    a band are worked on together, in groups of some.
    """

    step: int  # rows from one unit to the next, and of a band
    length: int  # rows of a unit
    cells: int  # rows of cells of a unit
    reach: int  # bands that a unit reaches into
    first: array(1, "int64")  # of each group, the first row of a band
    last: array(1, "int64")  # and that after the last
    unit: array(2, "int64")  # (groups, types): how many bands ago the unit began
    cell: array(2, "int64")  # the row of cells; -1 where a group has fewer types
    weights: array(3, "float32")  # (groups, types, step)


class Votes(NamedTuple):
    """What the loops need to know about one vote."""

    rows: Axis
    columns: Axis
    types: int  # in a group: 1, 2 or 4
    bins: int
    signed: bool
    soft: bool  # share a vote between two bins
    arc_tangent: array(1, "float32")  # (8,): a polynomial, see `ARC_TANGENTS`
    last: bool  # of equal channels the last counts, by squares of lengths, not the first
    first: Single  # where the first bin's centre lies, in bins
    origin: array(1, "int64")  # row and column of the picture where the first unit begins
    head: int  # numbers before the first lane of a row of sums


class Work(NamedTuple):
    """Memory to work with beside that for gradients, by the shares of the work."""

    position: array(3, "float32")  # of a band, (rows, columns of a lane * lanes and some)
    magnitude: array(3, "float32")
    strength: array(3, "float32")  # of a row's gradients in two channels
    sums: array(3, "float32")  # (values of the open units, and one bin more, lanes)
    totals: array(2, "float32")
    line: array(2, "float32")
    places: array(2, "int64")


class Blocks(NamedTuple):
    """Where the normalisation finds a block's cells, and what it does with them."""

    block: array(1, "int64")  # cells of a block
    stride: array(1, "int64")  # cells from one block to the next
    bins: int
    shared: bool  # the units are cells, else blocks
    norm: int  # index into NORMS
    clip: Single
    epsilon: Single  # times the values of a block, if it is per value
    again: Single  # the second epsilon of L2-Hys
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
    ndarray, (bins - 1, 4), or (bins, 4) where a bin's centre is the origin
        Cosine, sine, half of the circle, and from what cross product on a
        gradient is beyond the edge. In the latter case the first bin begins
        again at the last edge.
    """
    circle = 360 if signed else 180
    halves = range(1, 2 * bins, 2) if origin == "centre" else range(2, 2 * bins, 2)
    # Of two centres equally near the peers with centred bins choose the lower.
    least = np.nextafter(dtype(0), dtype(1)) if origin == "centre" else 0
    edges = np.zeros((len(halves), 4), dtype)
    for k, half_bins in enumerate(halves):
        half, rest = divmod(half_bins * circle, 360 * bins)
        edges[k] = (*_direction(rest, 2 * bins), half, least)
    return edges


def _direction(degrees: int, divisor: int) -> tuple[float, float]:
    """Return the direction at degrees / divisor, its larger component 1."""
    if degrees * 4 % (180 * divisor) == 0:
        return ((1, 0), (1, 1), (0, 1), (-1, 1))[degrees * 4 // (180 * divisor)]
    angle = math.radians(degrees / divisor)
    scale = max(abs(math.cos(angle)), abs(math.sin(angle)))
    return math.cos(angle) / scale, math.sin(angle) / scale


def votes(config: HogConfig, origin: tuple[int, int] = (0, 0)) -> Votes:
    """Return what one vote needs."""
    stride = (1, 1) if shares_cells(config) else config.block_stride
    bins, signed = voted_bins(config)
    weights = [spatial_weights(config, a) for a in (0, 1)]
    steps = [stride[a] * config.cell[a] for a in (0, 1)]
    groups = [list(_sections(weights[a], steps[a])) for a in (0, 1)]
    types = max(len(kinds) for group in groups for *_, kinds in group)
    types = min(MOST_TYPES, 1 << (types - 1).bit_length())
    rows, columns = (_axis(weights[a], steps[a], groups[a], types) for a in (0, 1))
    return Votes(
        rows=rows,
        columns=columns,
        types=types,
        bins=bins,
        signed=signed,
        soft=_is_soft(config),
        arc_tangent=np.array(ARC_TANGENTS[config.arithmetic], np.float32),
        last=config.colour == "strongest-last",
        first=np.float32(0.5 if config.bin_origin == "edge" else 0),
        origin=np.array([origin[a] - overhang(config, a) for a in (0, 1)], np.int64),
        head=_up(columns.reach - 1, VECTOR),
    )


def edges_of(config: HogConfig, dtype: type) -> np.ndarray:
    """Return the bin edges that gradients of a dtype are compared with: none for shared votes."""
    bins, signed = voted_bins(config)
    bins = 0 if _is_soft(config) else bins
    return bin_edges(bins, signed, dtype, origin=config.bin_origin)


def _is_soft(config: HogConfig) -> bool:
    return config.interpolate_orientation and voted_bins(config)[0] > 1


def _up(number: int, multiple: int) -> int:
    return -(-number // multiple) * multiple


def _sections(weights: np.ndarray, step: int) -> Iterator[tuple[int, int, list]]:
    """Yield first and last row of a band, and the types, (bands ago, cell), that concern them.

    Where bands do not fill a unit, the last rows of a band are part of fewer units.
    """
    reach = -(-weights.shape[1] // step)
    rest = weights.shape[1] - (reach - 1) * step
    for first, last, units in ((0, rest, reach), (rest, step, reach - 1)):
        kinds = [
            (unit, cell)
            for unit in range(units)
            for cell in range(len(weights))
            if weights[cell, unit * step + first : unit * step + last].any()
        ]
        if kinds:
            yield first, last, kinds


def _axis(weights: np.ndarray, step: int, sections: list, types: int) -> Axis:
    cells, length = weights.shape
    groups = [
        (first, last, kinds[at : at + types])
        for first, last, kinds in sections
        for at in range(0, len(kinds), types)
    ]
    unit, cell = np.zeros((2, len(groups), types), np.int64)
    cell[:] = -1
    shares = np.zeros((len(groups), types, step), np.float32)
    for g, (first, last, kinds) in enumerate(groups):
        for k, (ago, row) in enumerate(kinds):
            unit[g, k], cell[g, k] = ago, row
            begin = ago * step
            shares[g, k, first:last] = weights[row, begin + first : begin + last]
    first, last = (np.array([group[k] for group in groups], np.int64) for k in (0, 1))
    return Axis(step, length, cells, -(-length // step), first, last, unit, cell, shares)


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
    beyond = how.columns.reach - 1
    lanes = min(MOST_LANES, max(2 * WHOLE, COLUMNS // how.columns.step))
    pictures = max(1, lanes // (units[1] + beyond))
    rows = max(1, STRIP_ROWS // how.rows.step) if pictures == 1 else units[0]
    parts = (
        _even(count, pictures),
        _even(units[0], rows),
        _even(units[1], max(VECTOR, lanes - beyond)),
    )
    return np.array(
        [(*n, *i, *j) for n in parts[0] for i in parts[1] for j in parts[2]], np.int64
    ).reshape(-1, 6)


def _even(count: int, most: int) -> list[tuple[int, int]]:
    """Cut [0, count) into ranges of nearly the same length, at most so long."""
    return ranges(count, -(-count // most))


def lanes_of(pieces: np.ndarray, how: Votes) -> int:
    """Return how many lanes the widest of some pieces needs."""
    pictures = pieces[:, 1] - pieces[:, 0]
    units = pieces[:, 5] - pieces[:, 4]
    most = int((pictures * (units + how.columns.reach - 1)).max())
    return _up(most, max(VECTOR, WHOLE // math.gcd(WHOLE, how.columns.step)))


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
    edges: np.ndarray  # as `bin_edges` gives them; gradients get their dtype
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
            votes=votes(config, corner),
            gather=blocks(config),
            edges=edges_of(config, dtype),
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
