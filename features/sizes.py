"""How many cells and blocks fit into a picture, and which sizes they fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..images.errors import EdgewiseError

if TYPE_CHECKING:
    from .config import HogConfig

# Cells along each axis that a layout by cell needs: Felzenszwalb's drops the outermost.
LEAST_CELLS = {"felzenszwalb": 3, "vlfeat": 1}


def least(config: HogConfig) -> tuple[int, int]:
    """Return rows and columns of the smallest picture that holds one block."""
    if config.layout == "blocks":
        return config.cell[0] * config.block[0], config.cell[1] * config.block[1]
    cells = LEAST_CELLS[config.layout]
    rows, columns = (max(3, cells * side - side // 2) for side in config.cell)
    return rows, columns


def nearest(config: HogConfig, rows: int, columns: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the nearest sizes that are filled, one at most and one at least as large."""
    low, high = [], []
    for axis, length in enumerate((rows, columns)):
        first, step = _progression(config, axis)
        over = max(0, length - first)
        low.append(first + over // step * step)
        high.append(first + -(-over // step) * step)
    return (low[0], low[1]), (high[0], high[1])


def _progression(config: HogConfig, axis: int) -> tuple[int, int]:
    """Return the least length along an axis that is filled to the last pixel, and the step."""
    cell = config.cell[axis]
    if config.layout == "blocks":
        return config.block[axis] * cell, config.block_stride[axis] * cell
    cells = LEAST_CELLS[config.layout]
    # Three pixels are the least that have a gradient.
    return max(cells, -(-3 // cell)) * cell, cell


def grid(config: HogConfig, rows: int, columns: int) -> tuple[int, int, int, int]:
    """Return rows and columns of cells, rows and columns of blocks."""
    if config.layout != "blocks":
        return _grid_of_cells(config, rows, columns)
    cells = rows // config.cell[0], columns // config.cell[1]
    if cells[0] < config.block[0] or cells[1] < config.block[1]:
        raise EdgewiseError(_too_small(config, rows, columns))
    block_rows, block_columns = (
        (cells[a] - config.block[a]) // config.block_stride[a] + 1 for a in (0, 1)
    )
    return (*cells, block_rows, block_columns)


def _grid_of_cells(config: HogConfig, rows: int, columns: int) -> tuple[int, int, int, int]:
    smallest = least(config)
    if rows < smallest[0] or columns < smallest[1]:
        raise EdgewiseError(
            f"a picture of {columns}x{rows} pixels is too small for the layout {config.layout}; "
            f"use pictures of at least {smallest[1]}x{smallest[0]}, or smaller cells"
        )
    cells = [(n + c // 2) // c for n, c in zip((rows, columns), config.cell, strict=True)]
    outermost = LEAST_CELLS[config.layout] - 1
    return cells[0], cells[1], cells[0] - outermost, cells[1] - outermost


def _too_small(config: HogConfig, rows: int, columns: int) -> str:
    smallest = least(config)
    return (
        f"a picture of {columns}x{rows} pixels is too small for one block of "
        f"{config.block[1]}x{config.block[0]} cells of {config.cell[1]}x{config.cell[0]} pixels; "
        f"use pictures of at least {smallest[1]}x{smallest[0]}, or smaller cells or blocks"
    )
