"""HoG of pictures of one size: the steps, shared out to threads."""

import math
from collections.abc import Callable

import numpy as np

from ..compiled.threads import ranges, run_all, threads
from . import gradients
from .block_loops import normalise
from .config import HogConfig
from .layout import BETWEEN, LINE, Plan, Work, lanes_of
from .loops import histograms, histograms_of_doubles, histograms_of_fields
from .memory import memory
from .values import compressed

# Pixels that are worth a share of the work: about 2 ms, of which to begin takes 0.2.
PIXELS_A_THREAD = 200_000
# Shares for every thread, so that one which was held up has fewer of them.
SHARES_A_THREAD = 4

# Pixels whose gradients are held at a time, where they are computed beforehand.
PIXELS_AT_ONCE = 4_000_000


def fill(images: np.ndarray, config: HogConfig, mask: np.ndarray | None, out: np.ndarray) -> None:
    """Fill out with the vectors of pictures.

    Parameters
    ----------
    images : ndarray, (N, H, W, C)
        N at least 1; C-contiguous; uint8, uint16 or float32.
    config : HogConfig
    mask : ndarray, (N, H, W) or (1, H, W) bool, optional
    out : ndarray, (N, n) float32
        C-contiguous.
    """
    rows, columns = images.shape[1:3]
    if mask is None and gradients.is_common(config):
        images = for_the_loops(images, config)
        _fill_blocks(images, config, out)
        return
    if config.layout == "felzenszwalb":
        # What lies beyond the last cell counts nothing, and ends the picture, as in dlib.
        cells = config.grid(rows, columns)
        images = images[:, : cells[0] * config.cell[0], : cells[1] * config.cell[1]]
        mask = None if mask is None else mask[:, : images.shape[1], : images.shape[2]]
    step = max(1, PIXELS_AT_ONCE // (rows * columns))
    for start in range(0, len(images), step):
        chunk = slice(start, start + step)
        valid = mask if mask is None or len(mask) == 1 else mask[chunk]
        _fill_from_gradients(images[chunk], config, valid, (rows, columns), out[chunk])


def for_the_loops(images: np.ndarray, config: HogConfig) -> np.ndarray:
    """Return pictures with gamma, of a dtype that the loops know."""
    return compressed(images, config)


def exact_dtype(images: np.ndarray) -> type:
    """Return the dtype of gradients."""
    return np.float64 if images.dtype == np.float64 else np.float32


def in_order(compute, config: HogConfig, size: tuple[int, int], out: np.ndarray) -> None:
    """Let blocks be computed row by row, and put them into the order of the settings."""
    if config.order == "row" or config.layout != "blocks":
        compute(out)
        return
    by_row = np.empty_like(out)
    compute(by_row)
    _, _, *grid = config.grid(*size)
    by_column(by_row, config, (grid[0], grid[1]), out)


def by_column(
    by_row: np.ndarray, config: HogConfig, grid: tuple[int, int], out: np.ndarray
) -> None:
    """Copy vectors whose blocks, and whose cells in them, stand by rows, to stand by columns."""
    source = by_row.reshape(len(out), *grid, *config.block, config.bins)
    target = out.reshape(len(out), *grid[::-1], *config.block[::-1], config.bins)
    target[:] = source.transpose(0, 2, 1, 4, 3, 5)


def _fill_blocks(images: np.ndarray, config: HogConfig, out: np.ndarray) -> None:
    plan = Plan.of(config, images.shape[1], images.shape[2], exact_dtype(images))
    if config.order == "column" and not plan.gather.shared:
        fill_blocks(images, plan.by_column, out)
        return
    in_order(lambda by_row: fill_blocks(images, plan, by_row), config, images.shape[1:3], out)


def fill_blocks(images: np.ndarray, plan: Plan, out: np.ndarray) -> None:
    """Fill out, (N, n), with the blocks of a plan."""
    count, rows, columns, channels = images.shape
    flat = images.reshape(count, rows, columns * channels)
    loop = histograms if plan.edges.dtype == np.float32 else histograms_of_doubles
    tasks, values = plan.tasks(count), _histograms_for(plan, out)

    def fill_some(share: tuple[int, int]) -> None:
        gradient, work = _working_memory(plan, tasks)
        step, lanes = plan.votes.columns.step, work.totals.shape[1]
        lines = memory("rows", (1, 3, channels, (step + 2) * lanes), plan.edges.dtype.type)
        loop(
            flat, channels, np.array([share]), tasks, plan.edges, plan.votes, plan.gather,
            plan.places, lines, gradient, work, values,
        )  # fmt: skip

    _share_out(fill_some, len(tasks), rows * columns * count)
    _normalise(values, plan, out)


def _histograms_for(plan: Plan, out: np.ndarray) -> np.ndarray:
    """Return where histograms come to stand: units that are blocks stay where they are."""
    if not plan.gather.shared:
        return out
    return np.empty((len(out), math.prod((*plan.units, plan.votes.bins))), np.float32)


def _working_memory(plan: Plan, tasks: np.ndarray) -> tuple[np.ndarray, Work]:
    """Return this thread's memory for gradients, and for all else."""
    how, lanes = plan.votes, lanes_of(tasks, plan.votes)
    size = how.columns.step * lanes
    values = how.rows.reach * how.rows.cells * how.columns.cells * how.bins
    work = Work(
        position=memory("position", (1, how.rows.step, size + BETWEEN)),
        magnitude=memory("magnitude", (1, how.rows.step, size + BETWEEN)),
        strength=memory("strength", (1, 2, size)),
        sums=memory("sums", (1, values + how.bins, how.head + lanes)),
        totals=memory("totals", (1, lanes)),
        line=memory("line", (1, how.rows.step * how.types * LINE)),
        places=memory("places", (1, how.types**2), np.int64),
    )
    return memory("gradient", (1, 4, size), plan.edges.dtype.type), work


def _share_out(work: Callable[[tuple[int, int]], None], count: int, pixels: int) -> None:
    """Have threads do `work` on the ranges of some tasks or rows."""
    most = SHARES_A_THREAD * threads() if threads() > 1 else 1
    run_all(work, ranges(count, min(most, pixels // PIXELS_A_THREAD)))


def _normalise(histograms: np.ndarray, plan: Plan, out: np.ndarray) -> None:
    """Gather the cells of all blocks and normalise them, where blocks share them."""
    if not plan.gather.shared:
        return
    cells = histograms.reshape(len(out), plan.units[0], -1)
    block_rows, block_columns = plan.blocks
    rows = out.reshape(len(out) * block_rows, block_columns, -1)

    def fill_some(share: tuple[int, int]) -> None:
        normalise(cells, share[0], block_rows, plan.gather, rows[share[0] : share[1]])

    _share_out(fill_some, len(rows), rows.size)


def _fill_from_gradients(
    images: np.ndarray,
    config: HogConfig,
    mask: np.ndarray | None,
    size: tuple[int, int],
    out: np.ndarray,
) -> None:
    images = compressed(images, config)
    dtype = exact_dtype(images)
    plan = Plan.of(config, *size, dtype)
    fields = gradients.fields(images, config, mask, dtype)
    if config.layout == "blocks":
        in_order(lambda by_row: _fill_from_fields(fields, plan, by_row), config, size, out)
        return
    from .cell_layouts import normalised

    cells = np.empty((len(out), math.prod((*plan.units, plan.votes.bins))), np.float32)
    _fill_histograms(fields, plan, cells)
    out[:] = normalised(cells.reshape(len(out), *plan.units, -1), config).reshape(out.shape)


def _fill_from_fields(fields: np.ndarray, plan: Plan, out: np.ndarray) -> None:
    histograms = _histograms_for(plan, out)
    _fill_histograms(fields, plan, histograms)
    _normalise(histograms, plan, out)


def _fill_histograms(fields: np.ndarray, plan: Plan, out: np.ndarray) -> None:
    """Fill the histograms of a plan's units from gradients."""
    tasks = plan.tasks(len(out))

    def fill_some(share: tuple[int, int]) -> None:
        histograms_of_fields(
            fields, np.array([share]), tasks, plan.edges, plan.votes, plan.gather, plan.places,
            *_working_memory(plan, tasks), out,
        )  # fmt: skip

    _share_out(fill_some, len(tasks), fields[0].size)
