"""A correlation computed in the way that was chosen for it; see methods.py."""

from dataclasses import replace

import numpy as np

from . import plain
from .methods import DIRECT, RUNNING_SUMS, TWO_PASSES, Method
from .strips import Layout, Taps, lay_out, lay_taps
from .values import saturate
from .windows import Axis

# Strides up to this may compute every column's result and leave some out, for windows
# of up to so many taps: measured with strides 2 and 4, gray and RGB.
MOST_PICKED, EASY_TAPS, PICKED_TAPS = 4, 9, 121


def run_plain(planes, weights, rows, columns, border, fill, wanted) -> np.ndarray:
    """Correlate by NumPy; see `run_loops`."""
    padded = plain.pad(planes, rows, columns, border, fill)
    return saturate(plain.correlate(padded, rows, columns, weights), wanted)


def run_fourier(planes, weights, rows, columns, border, fill, wanted, *, whole) -> np.ndarray:
    """Correlate by Fourier transforms; with `whole` the result is exact. See `run_loops`."""
    from . import fourier

    result = fourier.correlate(planes, weights, rows, columns, border, fill, whole=whole)
    return saturate(result, wanted)


def run_loops(
    planes: np.ndarray,
    weights: np.ndarray,
    rows: Axis,
    columns: Axis,
    border: str,
    fill: float,
    wanted: np.dtype,
    *,
    method: Method,
) -> np.ndarray:
    """Correlate planes (H, W, C) with weights (K, L) by the compiled loops.

    Returns
    -------
    ndarray of the dtype `wanted`, (OH, OW, C)
    """
    height, width, channels = planes.shape
    source = planes.reshape(height, width * channels)
    layout = lay_out(rows, columns, channels, border, fill)
    out = np.empty((rows.count, columns.count, channels), wanted)
    flat = out.reshape(rows.count, -1)
    if method.name == RUNNING_SUMS:
        _run_box(source, layout, rows, columns, weights, fill, flat)
    elif method.name == DIRECT or method.columns is None or method.rows is None:
        _run_window(source, layout, rows, columns, weights, border, fill, flat)
    else:
        _run_passes(source, layout, rows, columns, method, flat)
    return out


def box_counter(
    planes: np.ndarray, rows: Axis, columns: Axis, weights: np.ndarray, fill: float
) -> type[np.unsignedinteger] | type[np.signedinteger] | None:
    """Return the dtype that holds a box's sums, or None if it is not one of whole numbers."""
    neighbours = rows.stride == columns.stride == rows.dilation == columns.dilation == 1
    if planes.dtype.kind != "u" or not neighbours or weights.size == 1:
        return None
    most = np.iinfo(planes.dtype).max
    if (weights != weights[0, 0]).any() or not (0 <= fill <= most and float(fill).is_integer()):
        return None
    total = int(most) * weights.size
    return np.uint16 if total < 2**16 else np.int32 if total < 2**31 else None


def _run_box(source, layout: Layout, rows, columns, weights, fill, flat) -> None:
    from . import box_loops

    counter = box_counter(source, rows, columns, weights, fill)
    # The sums of a strip's first rows are added up anew.
    layout = layout._replace(strip=max(64, 2 * rows.size))
    fills = np.array([fill], counter)
    box_loops.box(source, layout, rows.size, columns.size, fills, weights[0, :1], flat)


def _run_window(source, layout: Layout, rows, columns, weights, border, fill, flat) -> None:
    from . import loops

    ones = np.ones((1, columns.size))
    if not _is_dense(source, rows, columns, weights, fill):
        taps = lay_taps(rows, columns, layout.channels, weights)
        loops.correlate(source, layout, taps, flat)
    elif _is_picked(columns, weights, layout.channels):
        every = replace(columns, stride=1, count=(columns.count - 1) * columns.stride + 1)
        layout = lay_out(rows, every, layout.channels, border, fill)
        begins = lay_taps(rows, every, layout.channels, ones).columns
        loops.correlate_picked(source, layout, weights.ravel(), begins, columns.stride, flat)
    else:
        begins = lay_taps(rows, columns, layout.channels, ones).columns
        loops.correlate_dense(source, layout, weights.ravel(), begins, flat)


def _is_picked(columns: Axis, weights: np.ndarray, channels: int) -> bool:
    """Say whether results at every column cost less than sorting the columns by phase."""
    if columns.stride == 1 or columns.stride > MOST_PICKED:
        return False
    # Columns of gray two apart are sorted in no time.
    easy = channels == 1 and columns.stride == 2
    return weights.size <= (EASY_TAPS if easy else PICKED_TAPS)


def _is_dense(source: np.ndarray, rows: Axis, columns: Axis, weights, fill: float) -> bool:
    """Say whether every place of a window counts, or may be multiplied with 0."""
    finite = source.dtype.kind == "u" and np.isfinite(fill)
    few = 2 * np.count_nonzero(weights) < weights.size
    return rows.dilation == 1 and bool((finite and not few) or weights.all())


def _run_passes(source, layout: Layout, rows, columns, method: Method, flat) -> None:
    from . import loops

    assert method.columns is not None
    assert method.rows is not None
    if method.name == TWO_PASSES:
        along, across = _two_passes(
            rows, columns, layout.channels, method.columns[0], method.rows[0]
        )
        loops.correlate_separable(source, layout, along, across, flat)
    else:
        along, across = _passes(rows, columns, layout.channels, method.columns, method.rows)
        loops.correlate_low_rank(source, layout, along, across, flat)


def _two_passes(rows, columns, channels, column, row) -> tuple[Taps, Taps]:
    along = lay_taps(rows, columns, channels, row[None])
    (used,) = np.nonzero(column)
    across = Taps(used * rows.dilation, np.zeros_like(used), column[used])
    return along, across


def _passes(rows, columns, channels, column_factors, row_factors) -> tuple[Taps, Taps]:
    """Lay the passes of several outer products: the same places, a row of weights for each."""
    along = lay_taps(rows, columns, channels, np.ones((1, columns.size), np.float32))
    used = np.arange(rows.size)
    across = Taps(used * rows.dilation, np.zeros_like(used), np.ascontiguousarray(column_factors))
    return along._replace(weights=np.ascontiguousarray(row_factors)), across
