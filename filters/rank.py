"""Rank filters: median, minimum, maximum and percentile of every window."""

import numpy as np

from ..images.errors import EdgewiseError
from . import correlation
from .catalogue import named_filter, square_of_size
from .registry import Odd
from .sliding import Windows
from .strips import lay_out
from .windows import Axis, correlation_axis, pair

# Windows of uint8 with more pixels than this are faster with running histograms.
MANY_PIXELS = 400
# Medians of windows up to this size are found by sorting networks, by the bytes of a
# pixel: counting takes eight rounds for each of these.
LARGEST_NETWORK = {1: 5, 2: 5, 4: 7}
# Channels whose neighbours fit in network_loops.py's rows.
MOST_CHANNELS = 16
# What one pixel of a window costs here, in multiply-adds of a correlation.
WORK = 4


@named_filter("median", correlates=True, alpha="same", reach=square_of_size)
def median(image: np.ndarray, windows: Windows, size: Odd = 3) -> np.ndarray:
    """Median of size x size pixels, each channel by itself."""
    return rank_filter(image, size, size * size // 2, windows)


@named_filter("minimum", correlates=True, alpha="same", reach=square_of_size)
def minimum(image: np.ndarray, windows: Windows, size: Odd = 3) -> np.ndarray:
    """Least of size x size pixels, each channel by itself: erosion."""
    return rank_filter(image, size, 0, windows)


@named_filter("maximum", correlates=True, alpha="same", reach=square_of_size)
def maximum(image: np.ndarray, windows: Windows, size: Odd = 3) -> np.ndarray:
    """Greatest of size x size pixels, each channel by itself: dilation."""
    return rank_filter(image, size, size * size - 1, windows)


@named_filter("percentile", correlates=True, alpha="same", reach=lambda size, **_: (size, size))
def percentile(
    image: np.ndarray, windows: Windows, percent: float = 50.0, size: Odd = 3
) -> np.ndarray:
    """Percentile of size x size pixels, by the rank that SciPy takes."""
    if not 0 <= percent <= 100:
        raise EdgewiseError(f"percent={percent} is not from 0 to 100")
    count = size * size
    return rank_filter(image, size, min(int(count * percent / 100), count - 1), windows)


def rank_filter(
    image: np.ndarray, size: int | tuple[int, int], rank: int, windows: Windows | None = None
) -> np.ndarray:
    """Replace every pixel by a value of its window, chosen by its rank there.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C), uint8, uint16 or float32
        Other real dtypes become float32. Each channel is treated by itself.
    size : int or (int, int)
        Odd window size, (rows, columns).
    rank : int
        From 0, the least, to rows * columns - 1, the greatest.
    windows : Windows, optional
        Stride, padding and border; a dilation is refused, and a flip changes nothing.

    Returns
    -------
    ndarray of the image's dtype
        Exactly values of the image, in its unit. A window with a NaN gives NaN.

    Raises
    ------
    EdgewiseError
        If the size is even, or the rank outside the window.
    """
    rows, columns = pair(size, "size")
    if rows % 2 == 0 or columns % 2 == 0:
        raise EdgewiseError(f"size={size} is not an odd number above 0")
    if not 0 <= rank < rows * columns:
        raise EdgewiseError(f"rank {rank} is not from 0 to {rows * columns - 1}")
    windows = windows or Windows()
    if rows == columns and rank == rows * columns // 2:
        found = _median_by_registers(image, rows, windows)
        if found is not None:
            return found
    frame = windows.frame(image, (rows, columns))
    work = np.size(image) * rows * columns * WORK
    run = _plain if work < correlation.FEW_MULTIPLY_ADDS else _loops
    return windows.sample(run(frame, rows, columns, rank), image)


def _median_by_registers(image, size: int, windows: Windows) -> np.ndarray | None:
    """Return a small median of whole numbers without framing the picture, or None."""
    if size not in (3, 5) or np.size(image) * size * size * WORK < correlation.FEW_MULTIPLY_ADDS:
        return None
    planes, rows, columns, border = windows.lay(image, (size, size))
    steps = rows.stride, columns.stride
    if planes.dtype.kind != "u" or steps != (1, 1) or planes.shape[2] > MOST_CHANNELS:
        return None
    out = np.empty((rows.count, columns.count, planes.shape[2]), planes.dtype)
    _run_registers(planes, rows, columns, border, windows.fill, out)
    return out if np.ndim(image) == 3 else out[:, :, 0]


def _run_registers(planes, rows: Axis, columns: Axis, border: str, fill: float, out) -> None:
    from . import network_loops

    layout = lay_out(rows, columns, planes.shape[2], border, fill)
    most = np.iinfo(planes.dtype).max
    outside = np.array([np.clip(np.rint(fill), 0, most)]).astype(planes.dtype)
    source, flat = planes.reshape(len(planes), -1), out.reshape(len(out), -1)
    network_loops.median(source, layout, rows.size, outside, flat)


def _plain(frame: np.ndarray, rows: int, columns: int, rank: int) -> np.ndarray:
    views = np.lib.stride_tricks.sliding_window_view(frame, (rows, columns), axis=(0, 1))
    values = views.reshape(*views.shape[:3], -1)
    # NaN sorts last: where a window has one, its greatest value is NaN.
    ordered = np.partition(values, (rank, rows * columns - 1), axis=-1)
    result = ordered[..., rank]
    if frame.dtype.kind == "f":
        result[np.isnan(ordered[..., -1])] = np.nan
    return np.ascontiguousarray(result)


def _loops(frame: np.ndarray, rows: int, columns: int, rank: int) -> np.ndarray:
    height, width, channels = frame.shape
    out = np.empty((height - rows + 1, width - columns + 1, channels), frame.dtype)
    flat, source = out.reshape(out.shape[0], -1), frame.reshape(height, -1)
    if rank in (0, rows * columns - 1):
        from . import rank_loops

        strip = max(32, 2 * rows)
        rank_loops.extreme(source, channels, rows, columns, rank > 0, strip, flat)
    elif frame.dtype.kind == "f":
        _rank_floats(source, channels, rows, columns, rank, flat)
    else:
        _rank_whole(source, channels, rows, columns, rank, flat)
    return out


def _rank_whole(source, channels, rows, columns, rank, flat) -> None:
    from . import rank_loops

    pixels = rows * columns
    if rows == columns <= LARGEST_NETWORK[source.itemsize] and rank == pixels // 2:
        _median_by_network(source, channels, rows, flat)
        return
    if source.dtype == np.uint8 and MANY_PIXELS < pixels < 2**16:
        strip = max(64, 2 * rows)
        rank_loops.rank_of_bytes(source, channels, rows, columns, rank, strip, flat)
        return
    if pixels <= np.iinfo(source.dtype).max:
        from . import counting_loops

        offsets = np.add.outer(np.arange(rows) * source.shape[1], np.arange(columns) * channels)
        wanted = np.array([rank, 1], source.dtype)
        counting_loops.rank(source, offsets.ravel(), wanted, flat)
        return
    counter = np.result_type(source.dtype, np.min_scalar_type(pixels))
    bits = source.dtype.type(1) << np.arange(8 * source.itemsize)[::-1].astype(source.dtype)
    rank_loops.rank(
        source, channels, rows, columns, counter.type(rank), bits, np.empty(0, counter), flat
    )


def _median_by_network(source, channels, size, flat) -> None:
    from . import median_loops
    from .networks import median_network

    if size in (3, 5) and channels <= MOST_CHANNELS:
        planes = source.reshape(len(source), -1, channels)
        out = flat.reshape(len(flat), -1, channels)
        rows, columns = (
            correlation_axis(
                planes.shape[axis], size, stride=1, dilation=1, padding="valid", anchor=0
            )
            for axis in (0, 1)
        )
        _run_registers(planes, rows, columns, "edge", 0, out)
    else:
        median_loops.median(source, channels, size, *median_network(size), flat)


def _rank_floats(source, channels, rows, columns, rank, flat) -> None:
    """Rank float32 by whole numbers that are in the same order."""
    from . import rank_loops

    broken = np.isnan(source)
    keys = source.copy().view(np.int32)
    rank_loops.to_keys(keys)
    _rank_whole(keys.view(np.uint32), channels, rows, columns, rank, flat.view(np.uint32))
    rank_loops.from_keys(flat.view(np.int32))
    if broken.any():
        seen = np.empty(flat.shape, np.uint8)
        rank_loops.extreme(
            broken.view(np.uint8), channels, rows, columns, True, max(32, 2 * rows), seen
        )
        flat[seen.view(bool)] = np.nan
