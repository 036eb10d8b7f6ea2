"""Pooling: one number for every window of an image."""

import numpy as np

from ..images.errors import EdgewiseError
from . import plain
from .strips import lay_out, lay_taps
from .values import as_planes
from .windows import Axis, Padding, axis_padding, pair, pooling_axis

# What a position outside the image holds so that it does not change the result.
NEUTRAL = {
    "max": -np.inf,
    "min": np.inf,
    "average": 0.0,
    "sum": 0.0,
    "lp": 0.0,
    "median": np.nan,
}

# As for correlation, see there: below this NumPy takes less than about 30 ms.
FEW_COMPARISONS = 8_000_000


@np.errstate(all="ignore")
def pool(
    image: np.ndarray,
    size: int | tuple[int, int],
    *,
    kind: str = "max",
    stride: int | tuple[int, int] | None = None,
    padding: Padding = 0,
    dilation: int | tuple[int, int] = 1,
    ceil: bool = False,
    count_padding: bool = False,
    p: float = 2,
) -> np.ndarray:
    """Reduce every window of an image to one number, each channel by itself.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C), uint8, uint16 or float32
        Other real dtypes are converted to float32.
    size : int or (int, int)
        Window size, (rows, columns).
    kind : {'max', 'min', 'average', 'sum', 'lp', 'median'}
        ``lp`` is (sum of abs(x) ** p) ** (1 / p).
    stride : int or (int, int), optional
        Step from window to window; the size when left out.
    padding : {'valid', 'same', 'full'}, int, (int, int) or ((int, int), (int, int))
        Added at the edges: -inf for the maximum, inf for the minimum, 0 for
        sums; a median leaves it out. ``same`` gives ceil(H / stride) rows with
        the extra pixel at the end, as ONNX's SAME_UPPER.
    dilation : int or (int, int)
        Step between the positions within a window.
    ceil : bool
        Keep a last window that hangs over the end, unless it would start in
        the padding there, as PyTorch and ONNX do.
    count_padding : bool
        Whether an average divides by the padded pixels too. What hangs over
        the end with `ceil` never counts.
    p : float > 0
        The power of ``lp``.

    Returns
    -------
    ndarray of float32, (OH, OW) or (OH, OW, C)
        A NaN in a window makes the result NaN. A dilated window that has no
        pixel of the image in it gives -inf (max), inf (min), 0 (sums) or NaN.

    Raises
    ------
    EdgewiseError
        If an argument makes no sense, or no window fits.

    Notes
    -----
    The same numbers as PyTorch's ``max_pool2d``, ``avg_pool2d`` (whose
    ``count_include_pad`` is True by default) and, for values of 0 and above,
    ``lp_pool2d``, which however scales up the windows that hang over the end.
    The same as scikit-image's ``block_reduce`` where the size divides the image.

    Examples
    --------
    >>> import numpy as np
    >>> pool(np.arange(8.0).reshape(2, 4), 2)
    array([[5., 7.]], dtype=float32)
    """
    if kind not in NEUTRAL:
        raise EdgewiseError(f'no pooling "{kind}"; there are {", ".join(NEUTRAL)}')
    if kind == "lp" and not p > 0:
        raise EdgewiseError(f"p is {p}; the power of lp pooling is above 0")
    planes = as_planes(image)
    rows, columns = _axes(planes, size, stride, padding, dilation, ceil)
    if kind == "lp" and not _powers_fit(planes, rows.size * columns.size, p):
        result = _pool_by_shares(planes, rows, columns, p)
        return result if np.ndim(image) == 3 else result[:, :, 0]
    taps = rows.count * columns.count * planes.shape[2] * rows.size * columns.size
    run = _pool_plain if taps < FEW_COMPARISONS else _pool_loops
    result = run(planes, rows, columns, kind, p)
    if kind == "average":
        counts = np.outer(_counts(rows, count_padding), _counts(columns, count_padding))
        with np.errstate(invalid="ignore"):  # a window with no pixel in it: 0 / 0 is NaN
            result /= counts[:, :, None]
    elif kind == "lp":
        with np.errstate(over="ignore"):  # a tiny power of several values has no bounds
            result **= np.float32(1 / p)
    return result if np.ndim(image) == 3 else result[:, :, 0]


def _axes(planes, size, stride, padding, dilation, ceil) -> tuple[Axis, Axis]:
    sizes = pair(size, "size")
    strides = sizes if stride is None else pair(stride, "stride")
    dilations = pair(dilation, "dilation")
    paddings = axis_padding(padding)
    rows, columns = (
        pooling_axis(
            planes.shape[axis],
            sizes[axis],
            stride=strides[axis],
            dilation=dilations[axis],
            padding=paddings[axis],
            ceil=ceil,
        )
        for axis in (0, 1)
    )
    return rows, columns


def _counts(axis: Axis, count_padding: bool) -> np.ndarray:
    """Return how many positions of each window an average divides by."""
    first = np.arange(axis.count)[:, None] * axis.stride - axis.before
    position = first + np.arange(axis.size) * axis.dilation
    low, high = (-axis.before, axis.length + axis.after) if count_padding else (0, axis.length)
    return ((position >= low) & (position < high)).sum(axis=1).astype(np.float32)


def _pool_loops(planes, rows, columns, kind, p) -> np.ndarray:
    from . import loops

    height, width, channels = planes.shape
    source = planes.reshape(height, width * channels)
    layout = lay_out(rows, columns, channels, "constant", NEUTRAL[kind])
    taps = lay_taps(rows, columns, channels, np.ones((rows.size, columns.size), np.float32))
    out = np.empty((rows.count, columns.count, channels), np.float32)
    flat = out.reshape(rows.count, -1)
    if kind == "median":
        loops.pool_median(source, layout, taps, flat)
    else:
        code = {"max": loops.MAXIMUM, "min": loops.MINIMUM, "lp": loops.POWER}
        loops.pool(source, layout, taps, code.get(kind, loops.SUM), np.float32(p), flat)
    return out


def _pool_plain(planes, rows, columns, kind, p) -> np.ndarray:
    padded = plain.pad(planes, rows, columns, "constant", NEUTRAL[kind])
    seen = [window for _, _, window in plain.taps(padded, rows, columns)]
    if kind == "median":
        inside = plain.taps(
            plain.pad(np.ones_like(planes), rows, columns, "constant", 0), rows, columns
        )
        return _median_plain(np.stack(seen), np.stack([window for _, _, window in inside]) == 1)
    if kind == "lp":
        seen = [np.abs(window) ** np.float32(p) for window in seen]
    combine = {"max": np.maximum, "min": np.minimum}.get(kind, np.add)
    result = seen[0].copy()
    for window in seen[1:]:
        combine(result, window, out=result)
    return result


def _powers_fit(planes: np.ndarray, count: int, p: float) -> bool:
    """Say whether float32 holds the powers of all values, and sums of `count` of them."""
    sizes = np.abs(planes)
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    if not sizes.size:
        return True
    least, most = (p * np.log(float(end)) for end in (sizes.min(), sizes.max()))
    held = np.finfo(np.float32)
    return least > np.log(float(held.tiny)) and most + np.log(count) < np.log(float(held.max))


def _pool_by_shares(planes, rows, columns, p) -> np.ndarray:
    """Return the roots of sums of powers, of shares in each window's greatest: these are held."""
    padded = plain.pad(planes, rows, columns, "constant", 0.0)
    seen = [np.abs(window) for _, _, window in plain.taps(padded, rows, columns)]
    greatest = np.maximum.reduce(seen)
    whole = np.where((greatest > 0) & np.isfinite(greatest), greatest, np.float32(1))
    with np.errstate(over="ignore", under="ignore"):
        total = np.add.reduce([(window / whole) ** np.float32(p) for window in seen])
        return whole * total ** np.float32(1 / p)


def _median_plain(seen: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return the median over axis 0 of what is inside; NaN where a NaN or nothing is."""
    count = inside.sum(axis=0)
    broken = (np.isnan(seen) & inside).any(axis=0) | (count == 0)
    ordered = np.sort(np.where(inside, seen, np.inf), axis=0)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0)[None] // 2, axis=0)[0]
    high = np.take_along_axis(ordered, np.minimum(count // 2, len(seen) - 1)[None], axis=0)[0]
    middle = np.where(low == high, low, (low + high) / np.float32(2))
    return np.where(broken, np.float32(np.nan), middle).astype(np.float32)
