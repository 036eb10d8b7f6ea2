"""HoG of pictures of one size: the way through the steps that is quickest for them."""

import numpy as np

from . import gradients
from .config import HogConfig
from .layout import Plan
from .values import compressed

# Up to so many pixels in all NumPy takes less than 2 ms, and loading the
# compiled loops half a second. They agree to float32 rounding.
FEW_PIXELS = 4096

# Work for one thread, about 2 ms. On two idle cores 512x512 take 0.8 ms with
# two threads and 1.0 ms with one; where another program keeps a core busy, 13 ms
# and 1.2 ms, because a thread waits for its turn.
PIXELS_A_THREAD = 400_000

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
    images = compressed(images, config)
    # float32 holds uint16 exactly, and compiling loops for one more dtype takes seconds.
    return images.astype(np.float32) if images.dtype == np.uint16 else images


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
    few = images[..., 0].size <= FEW_PIXELS and np.isfinite(images).all()
    if not few and config.order == "column" and not plan.gather.shared:
        compiled_blocks(images, plan.by_column, out)
        return
    blocks = _plain_blocks if few else compiled_blocks
    in_order(lambda by_row: blocks(images, plan, by_row), config, images.shape[1:3], out)


def _plain_blocks(images: np.ndarray, plan: Plan, out: np.ndarray) -> None:
    from . import plain

    histograms = plain.histograms(images, plan.votes, plan.units)
    out[:] = plain.normalise(histograms, plan.gather, plan.blocks).reshape(out.shape)


def compiled_blocks(images: np.ndarray, plan: Plan, out: np.ndarray) -> None:
    """Fill out, (N, n), with the blocks of a plan."""
    from . import block_loops, loops

    count, rows, columns, channels = images.shape
    shape = (count, *plan.units, *plan.cells, plan.votes.bins)
    # Units that are blocks are normalised where they stand.
    histograms = np.empty(shape, np.float32) if plan.gather.shared else out.reshape(shape)
    pieces = plan.tasks(count)
    with _threads(len(pieces), count * rows * columns):
        flat = images.reshape(count, rows, columns * channels)
        values = histograms.reshape(count, -1)
        loops.histograms(flat, channels, pieces, plan.votes, plan.places, values)
        cells = histograms.reshape(count, plan.units[0], -1)
        block_loops.normalise(cells, plan.gather, out.reshape(count, *plan.blocks, -1))


def _threads(pieces: int, pixels: int):
    from ..jit import at_most_threads

    return at_most_threads(min(pieces, 1 + pixels // PIXELS_A_THREAD))


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
    histograms = _histograms(gradients.fields(images, config, mask, dtype), plan)
    if config.layout != "blocks":
        from .cell_layouts import normalised

        cells = histograms.reshape(len(out), *plan.units, -1)
        out[:] = normalised(cells, config).reshape(out.shape)
        return

    def blocks(by_row: np.ndarray) -> None:
        from .plain import normalise

        by_row[:] = normalise(histograms, plan.gather, plan.blocks).reshape(by_row.shape)

    in_order(blocks, config, size, out)


def _histograms(fields: np.ndarray, plan: Plan) -> np.ndarray:
    """Return the histograms of a plan's units from gradients."""
    count, rows, columns = fields.shape[1:]
    if count * rows * columns <= FEW_PIXELS and np.isfinite(fields).all():
        from .plain import histograms_of_fields

        return histograms_of_fields(fields, plan.votes, plan.units)
    from .loops import histograms_of_fields

    histograms = np.empty((count, *plan.units, *plan.cells, plan.votes.bins), np.float32)
    pieces = plan.tasks(count)
    with _threads(len(pieces), count * rows * columns):
        values = histograms.reshape(count, -1)
        histograms_of_fields(fields, pieces, plan.votes, plan.places, values)
    return histograms
