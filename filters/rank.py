"""Rank filters: median, minimum, maximum and percentile of every window."""

from functools import partial

import numpy as np

from ..compiled.scratch import scratch
from ..images.errors import EdgewiseError
from . import extreme_loops, histogram_loops, rank_loops
from .catalogue import named_filter, square_of_size
from .registry import Odd
from .sliding import Windows
from .strips import Layout
from .windowed import Windowed
from .windows import pair

# Sides of squares whose medians a sorting network finds.
NETWORKS = (3, 5, 7, 9)
# Windows of uint8 with more pixels than this, other than these squares, are faster by
# bisection.
MANY_PIXELS = 64


def _median(windows: Windows, size: int = 3) -> Windowed:
    return ranked(size, size * size // 2, windows)


def _minimum(windows: Windows, size: int = 3) -> Windowed:
    return ranked(size, 0, windows)


def _maximum(windows: Windows, size: int = 3) -> Windowed:
    return ranked(size, size * size - 1, windows)


def _percentile(windows: Windows, percent: float = 50.0, size: int = 3) -> Windowed:
    if not 0 <= percent <= 100:
        raise EdgewiseError(f"percent={percent} is not from 0 to 100")
    count = size * size
    return ranked(size, min(int(count * percent / 100), count - 1), windows)


@named_filter(
    "median", correlates=True, alpha="same", reach=square_of_size, operation=_median
)  # fmt: skip
def median(image: np.ndarray, windows: Windows, size: Odd = 3) -> np.ndarray:
    """Median of size x size pixels, each channel by itself."""
    return _median(windows, size).run(image)


@named_filter(
    "minimum", correlates=True, alpha="same", reach=square_of_size, operation=_minimum
)  # fmt: skip
def minimum(image: np.ndarray, windows: Windows, size: Odd = 3) -> np.ndarray:
    """Least of size x size pixels, each channel by itself: erosion."""
    return _minimum(windows, size).run(image)


@named_filter(
    "maximum", correlates=True, alpha="same", reach=square_of_size, operation=_maximum
)  # fmt: skip
def maximum(image: np.ndarray, windows: Windows, size: Odd = 3) -> np.ndarray:
    """Greatest of size x size pixels, each channel by itself: dilation."""
    return _maximum(windows, size).run(image)


@named_filter(
    "percentile", correlates=True, alpha="same", operation=_percentile,
    reach=lambda size, **_: (size, size),
)  # fmt: skip
def percentile(
    image: np.ndarray, windows: Windows, percent: float = 50.0, size: Odd = 3
) -> np.ndarray:
    """Percentile of size x size pixels, by the rank that SciPy takes."""
    return _percentile(windows, percent, size).run(image)


def rank_filter(
    image: np.ndarray,
    size: int | tuple[int, int],
    rank: int,
    windows: Windows | None = None,
    *,
    dtype: object = None,
    out: np.ndarray | None = None,
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
    dtype : {None, float32, uint8, uint16}
        None gives the image's own.
    out : ndarray, optional
        Where the result goes, C-contiguous, of its shape and of `dtype`.

    Returns
    -------
    ndarray
        Exactly values of the image, in its unit. A window with a NaN gives NaN.

    Raises
    ------
    EdgewiseError
        If the size is even, or the rank outside the window.
    """
    return ranked(size, rank, windows or Windows()).run(image, dtype, out)


def ranked(size: int | tuple[int, int], rank: int, windows: Windows) -> Windowed:
    """Return the filter that takes the value of a rank in every window; see `rank_filter`."""
    rows, columns = pair(size, "size")
    if rows % 2 == 0 or columns % 2 == 0:
        raise EdgewiseError(f"size={size} is not an odd number above 0")
    pixels = rows * columns
    if not 0 <= rank < pixels:
        raise EdgewiseError(f"rank {rank} is not from 0 to {pixels - 1}")
    shape = rows, columns
    if rank in (0, pixels - 1):
        return Windowed(windows, shape, partial(_fill_extremes, shape, rank > 0), None)
    return Windowed(windows, shape, partial(_fill, shape, rank), None)


def _fill(shape, rank, source, layout: Layout, pick: int, out) -> None:
    """Fill out by the loop that is the fastest for a window and a dtype."""
    pixels = shape[0] * shape[1]
    network = shape[0] if shape[0] == shape[1] in NETWORKS and rank == pixels // 2 else 0
    if source.dtype == np.float32:
        _fill_floats(shape, rank, network, source, layout, pick, out)
    elif not network and source.dtype == np.uint8 and _slides(shape):
        _fill_by_histograms(shape, rank, source, layout, pick, out)
    elif not network and pixels > np.iinfo(source.dtype).max:
        wide = scratch("rank wide", out.shape, np.uint32)
        _run(shape, rank, 0, source.astype(np.uint32), layout, pick, wide, bits=16)
        np.copyto(out, wide, casting="unsafe")
    else:
        _run(shape, rank, network, source, layout, pick, out, bits=8 * source.itemsize)


def _fill_floats(shape, rank, network, source, layout: Layout, pick: int, out) -> None:
    """Rank float32 by whole numbers that are in the same order, NaN aside."""
    bits = source.view(np.uint32), layout, pick, out.view(np.uint32)
    _run(shape, rank, network, *bits, bits=32, keyed=True)
    broken = np.isnan(source)
    beyond = np.isnan(layout.fill)
    if beyond or broken.any():
        seen = np.empty(out.shape, np.uint8)
        around = layout._replace(fill=np.float32(beyond))
        _fill_extremes(shape, True, broken.view(np.uint8), around, pick, seen)
        out[seen.view(bool)] = np.nan


def _run(shape, rank, network, source, layout: Layout, pick: int, out, bits, keyed=False) -> None:
    rows, columns = shape
    window = rank_loops.Window(rows, columns, network, bits, keyed, pick)
    outside = np.array([layout.fill], np.float32)
    outside = outside.view(np.uint32) if keyed else outside.astype(source.dtype)
    wanted = np.array([rank, 1], source.dtype)
    line = max(rank_loops.CHUNK, pick * layout.channels) + rank_loops.SLACK
    length = line + (shape[1] - 1) * layout.channels
    depth = (layout.strip - 1) * layout.stride + shape[0]
    rank_loops.rank(
        source, layout, window, wanted, outside,
        scratch("rank places", (1, shape[0] * shape[1]), np.int64),
        scratch("rank seen", (1, depth * length), source.dtype),
        scratch("rank ordered", (1, network * length), source.dtype),
        scratch("rank line", (1, line), source.dtype),
        out,
    )  # fmt: skip


def _slides(shape: tuple[int, int]) -> bool:
    """Say whether histograms find the values of windows of bytes sooner, and can count them."""
    pixels = shape[0] * shape[1]
    return MANY_PIXELS < pixels < 1 << 16 and shape[0] < 256


def _fill_extremes(shape, greatest, source, layout: Layout, pick: int, out) -> None:
    outside = np.array([layout.fill], source.dtype)
    length = max(extreme_loops.CHUNK, pick * layout.channels)
    reach = (shape[1] - 1) * layout.channels
    depth = (layout.strip - 1) * layout.stride + shape[0]
    extreme_loops.extreme(
        source, layout, *shape, greatest, pick, outside,
        scratch("extremes", (1, depth, length), source.dtype),
        scratch("extreme rows", (1, 2, length + reach), source.dtype),
        out,
    )  # fmt: skip


def _fill_by_histograms(shape, rank, source, layout: Layout, pick: int, out) -> None:
    outside = np.array([layout.fill], np.uint8)
    length = max(histogram_loops.CHUNK, pick) + shape[1]
    columns = scratch("rank columns", (1, length * 272 + 16), np.uint8)
    columns[:, -16:] = 0
    histogram_loops.rank_of_bytes(
        source, layout, *shape, rank, pick, outside, STEPS,
        scratch("rank lines", (1, 2, length * layout.channels), np.uint8), columns,
        scratch("rank window", (1, 272), np.uint16), scratch("rank seen to", (1, 16), np.int64),
        out,
    )  # fmt: skip


# What a value adds to the running counts of sixteen values; none adds nothing.
STEPS = np.vstack([np.triu(np.ones((16, 16), np.uint8)), np.zeros((1, 16), np.uint8)]).ravel()
