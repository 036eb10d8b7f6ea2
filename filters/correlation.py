"""Correlation and convolution of an image with any kernel."""

import numpy as np

from ..images.errors import EdgewiseError
from . import plain
from .borders import border_name
from .separable import separate
from .strips import Taps, lay_out, lay_taps
from .values import as_planes, limits, output_dtype, saturate
from .windows import Axis, Padding, axis_padding, correlation_axis, pair

# Below this many multiply-adds NumPy takes less than about 30 ms, and loading
# Numba's loops 400 ms or more. The choice depends on the work alone, so that
# an image always gives the same bytes.
FEW_MULTIPLY_ADDS = 20_000_000


def correlate(
    image: np.ndarray,
    kernel: np.ndarray,
    *,
    stride: int | tuple[int, int] = 1,
    dilation: int | tuple[int, int] = 1,
    padding: Padding = "same",
    border: str = "reflect",
    fill: float = 0.0,
    dtype: object = None,
) -> np.ndarray:
    r"""Slide a kernel over an image and add up what it sees, without flipping it.

    .. math:: z[i, j] = \sum_{u, v} x[i s + d (u - a), j s + d (v - b)] \, w[u, v]

    with the anchor (a, b) = (K // 2, L // 2) for a kernel of shape (K, L).

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C), uint8, uint16 or float32
        Other real dtypes are converted to float32. Every channel is treated
        alike. Integers are not rescaled.
    kernel : array_like, (K, L) or (L,)
        Any size, larger than the image too; even sizes have their anchor
        right of and below the middle.
    stride, dilation : int or (int, int)
        Step from window to window, and between the kernel's positions;
        (rows, columns).
    padding : {'same', 'valid', 'full'}, int, (int, int) or ((int, int), (int, int))
        ``same`` gives ceil(H / stride) rows: the stride-1 result, sampled.
        ``valid`` takes the windows that lie inside, ``full`` every window that
        touches the image. Numbers (all sides; rows, columns; or ((top,
        bottom), (left, right))) pad by so much, then ``valid``.
    border : {'reflect', 'constant', 'edge', 'symmetric', 'wrap'}
        What lies outside, by NumPy's names, or ``zero``, ``replicate``,
        ``nearest``, ``reflect101``, ``circular``, ``tile``.
    fill : float
        The value outside for ``border='constant'``.
    dtype : {None, float32, uint8, uint16}
        None gives float32. An integer dtype rounds half to even and saturates.

    Returns
    -------
    ndarray, (OH, OW) or (OH, OW, C)

    Raises
    ------
    EdgewiseError
        If an argument makes no sense, or no window fits.

    See Also
    --------
    convolve : the same with the kernel flipped.

    Notes
    -----
    The same numbers as ``scipy.ndimage.correlate`` in float32, as OpenCV's
    ``filter2D`` and, for odd kernels, PyTorch's ``conv2d``.

    Examples
    --------
    >>> import numpy as np
    >>> correlate(np.arange(5.0)[None], [-1, 0, 1], border="edge")
    array([[1., 2., 2., 2., 1.]], dtype=float32)
    """
    weights = as_kernel(kernel)
    anchor = weights.shape[0] // 2, weights.shape[1] // 2
    return _slide(
        image, weights, anchor, stride=stride, dilation=dilation, padding=padding,
        border=border, fill=fill, dtype=dtype,
    )  # fmt: skip


def convolve(
    image: np.ndarray,
    kernel: np.ndarray,
    *,
    stride: int | tuple[int, int] = 1,
    dilation: int | tuple[int, int] = 1,
    padding: Padding = "same",
    border: str = "reflect",
    fill: float = 0.0,
    dtype: object = None,
) -> np.ndarray:
    r"""Convolve an image with a kernel: `correlate` with the kernel flipped both ways.

    .. math:: z[i, j] = \sum_{u, v} x[i s - d (u - a), j s - d (v - b)] \, w[u, v]

    The anchor (K // 2, L // 2) is a place in the kernel as it is given, so
    that ``same`` agrees with ``scipy.ndimage.convolve`` for even sizes too.
    Parameters, result and errors are those of `correlate`.

    Examples
    --------
    >>> import numpy as np
    >>> convolve(np.arange(5.0)[None], [-1, 0, 1], border="edge")
    array([[-1., -2., -2., -2., -1.]], dtype=float32)
    """
    weights = as_kernel(kernel)
    anchor = (weights.shape[0] - 1) // 2, (weights.shape[1] - 1) // 2
    return _slide(
        image, weights[::-1, ::-1], anchor, stride=stride, dilation=dilation, padding=padding,
        border=border, fill=fill, dtype=dtype,
    )  # fmt: skip


def as_kernel(kernel: np.ndarray) -> np.ndarray:
    """Return a kernel as a (K, L) float32 array; one row of numbers is (1, L)."""
    weights = np.atleast_2d(np.asarray(kernel))
    if weights.ndim != 2 or weights.size == 0:
        raise EdgewiseError(f"a kernel has the shape (K, L), not {np.shape(kernel)}")
    if weights.dtype.kind not in "buif" or not np.isfinite(weights).all():
        raise EdgewiseError("a kernel holds finite real numbers only")
    return weights.astype(np.float32)


def _slide(image, weights, anchor, *, stride, dilation, padding, border, fill, dtype) -> np.ndarray:
    planes = as_planes(image)
    wanted = output_dtype(dtype)
    strides, dilations = pair(stride, "stride"), pair(dilation, "dilation")
    paddings = axis_padding(padding)
    rows, columns = (
        correlation_axis(
            planes.shape[axis],
            weights.shape[axis],
            stride=strides[axis],
            dilation=dilations[axis],
            padding=paddings[axis],
            anchor=anchor[axis],
        )
        for axis in (0, 1)
    )
    run = _run_plain if _is_small(planes, rows, columns, weights) else _run_loops
    result = run(planes, weights, rows, columns, border_name(border), float(fill), wanted)
    return result if np.ndim(image) == 3 else result[:, :, 0]


def _is_small(planes: np.ndarray, rows: Axis, columns: Axis, weights: np.ndarray) -> bool:
    outputs = rows.count * columns.count * planes.shape[2]
    return outputs * np.count_nonzero(weights) < FEW_MULTIPLY_ADDS


def _run_plain(planes, weights, rows, columns, border, fill, wanted) -> np.ndarray:
    padded = plain.pad(planes, rows, columns, border, fill)
    return saturate(plain.correlate(padded, rows, columns, weights), wanted)


def _run_loops(planes, weights, rows, columns, border, fill, wanted) -> np.ndarray:
    from . import loops

    height, width, channels = planes.shape
    source = planes.reshape(height, width * channels)
    layout = lay_out(rows, columns, channels, border, fill)
    out = np.empty((rows.count, columns.count, channels), wanted)
    flat, (low, high) = out.reshape(rows.count, -1), limits(wanted)
    factors = separate(weights)
    if factors is None:
        taps = lay_taps(rows, columns, channels, weights)
        loops.correlate(source, layout, taps, low, high, flat)
    else:
        along, across = _two_passes(rows, columns, channels, *factors)
        loops.correlate_separable(source, layout, along, across, low, high, flat)
    return out


def _two_passes(rows, columns, channels, column, row) -> tuple[Taps, Taps]:
    along = lay_taps(rows, columns, channels, row[None])
    (used,) = np.nonzero(column)
    across = Taps(used * rows.dilation, np.zeros_like(used), column[used])
    return along, across
