"""Correlation and convolution of an image with any kernel."""

import sys
from functools import partial

import numpy as np

from ..images.errors import EdgewiseError
from . import running
from .borders import RENORMALIZE, border_name
from .methods import (
    DIRECT,
    EXACT,
    FOURIER,
    METHODS,
    RUNNING_SUMS,
    Method,
    choose_method,
    is_whole,
    say,
)
from .renormalize import missing_weight
from .values import as_planes, output_dtype, saturate
from .windows import Axis, Padding, axis_padding, correlation_axis, pair

# Below this many multiply-adds NumPy takes less than about 30 ms, and loading
# Numba's loops 400 ms or more. The choice depends on the work alone, so that
# an image always gives the same bytes; whole numbers are exact on either way, so
# they may take the loops wherever these are loaded already.
FEW_MULTIPLY_ADDS = 20_000_000


@np.errstate(all="ignore")
def correlate(
    image: np.ndarray,
    kernel: np.ndarray,
    *,
    stride: int | tuple[int, int] = 1,
    dilation: int | tuple[int, int] = 1,
    padding: Padding = "same",
    border: str = "reflect",
    fill: float = 0.0,
    anchor: tuple[int, int] | None = None,
    method: str = "auto",
    dtype: object = None,
) -> np.ndarray:
    r"""Slide a kernel over an image and add up what it sees, without flipping it.

    .. math:: z[i, j] = \sum_{u, v} x[i s + d (u - a), j s + d (v - b)] \, w[u, v]

    with the anchor (a, b) = (K // 2, L // 2) for a kernel of shape (K, L),
    unless another is given.

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
        ``nearest``, ``reflect101``, ``circular``, ``tile``. With
        ``renormalize`` what lies outside does not count, and the sum of the
        weights inside is brought back to that of all; it must not be 0.
    fill : float
        The value outside for ``border='constant'``.
    anchor : (int, int), optional
        Row and column of the kernel that lie on the pixel with padding
        ``same``; the middle when left out.
    method : {'auto', 'direct', 'fft'}
        ``auto`` takes the fastest: one pass, two for kernels that are a column
        times a row, a few for sums of few such products, or the Fourier
        transform for large kernels. They agree to 1e-5 of full scale, and whole
        numbers stay whole. A picture with NaN or infinity is never transformed.
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
    place = _anchor(anchor, weights.shape)
    return _slide(
        image, weights, place, stride=stride, dilation=dilation, padding=padding,
        border=border, fill=fill, method=method, dtype=dtype,
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
    anchor: tuple[int, int] | None = None,
    method: str = "auto",
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
    given = _anchor(anchor, weights.shape)
    place = weights.shape[0] - 1 - given[0], weights.shape[1] - 1 - given[1]
    return _slide(
        image, weights[::-1, ::-1], place, stride=stride, dilation=dilation, padding=padding,
        border=border, fill=fill, method=method, dtype=dtype,
    )  # fmt: skip


def as_kernel(kernel: np.ndarray) -> np.ndarray:
    """Return a kernel as a (K, L) float32 array; one row of numbers is (1, L)."""
    try:
        weights = np.atleast_2d(np.asarray(kernel))
    except ValueError:
        raise EdgewiseError("a kernel is a matrix, its rows equally long") from None
    if weights.ndim != 2 or weights.size == 0:
        raise EdgewiseError(f"a kernel has the shape (K, L), not {np.shape(kernel)}")
    if weights.dtype.kind not in "buif":
        raise EdgewiseError("a kernel holds finite real numbers only")
    with np.errstate(over="ignore"):
        weights = weights.astype(np.float32)
    if not np.isfinite(weights).all():
        raise EdgewiseError("a kernel holds finite real numbers only, up to 3.4e38")
    return weights


def _anchor(anchor: tuple[int, int] | None, shape: tuple[int, int]) -> tuple[int, int]:
    if anchor is None:
        return shape[0] // 2, shape[1] // 2
    row, column = pair(anchor, "anchor", least=0)
    if row >= shape[0] or column >= shape[1]:
        raise EdgewiseError(
            f"anchor {anchor!r} lies outside the kernel, which has {shape[0]} rows and "
            f"{shape[1]} columns, counted from 0"
        )
    return row, column


def _slide(
    image, weights, anchor, *, stride, dilation, padding, border, fill, method, dtype
) -> np.ndarray:
    planes = as_planes(image)
    wanted, border = output_dtype(dtype), border_name(border)
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
    run = _choose(planes, rows, columns, weights, border, fill, method)
    if border == RENORMALIZE:
        result = run(planes, weights, rows, columns, "constant", 0.0, np.dtype(np.float32))
        result = saturate(result * missing_weight(rows, columns, weights), wanted)
    else:
        result = run(planes, weights, rows, columns, border, float(fill), wanted)
    return result if np.ndim(image) == 3 else result[:, :, 0]


def _choose(planes, rows: Axis, columns: Axis, weights, border, fill, method: str):
    """Return the function that correlates, and say which way it takes."""
    if method not in METHODS:
        raise EdgewiseError(f'no method "{method}"; there are {", ".join(METHODS)}')
    whole = planes.dtype.kind in "ui" and (border != "constant" or float(fill).is_integer())
    exact = whole and is_whole(weights) and _greatest(planes, weights, fill) < EXACT
    steps = (rows.stride, columns.stride), (rows.dilation, columns.dilation)
    plain_steps = steps == ((1, 1), (1, 1))
    small = _is_small(planes, rows, columns, weights)
    if method == FOURIER and plain_steps and np.isfinite(fill):
        chosen = Method(FOURIER)
    elif method != "auto":
        chosen = Method(DIRECT)
    elif small and not (exact and loops_are_loaded()):
        say(weights, planes.shape, "NumPy, as the work is little")
        return running.run_plain
    elif running.box_counter(planes, rows, columns, weights, fill) is not None:
        chosen = Method(RUNNING_SUMS)
    else:
        chosen = choose_method(weights, stride=steps[0], dilation=steps[1], whole=whole)
    if chosen.name == FOURIER and not (np.isfinite(fill) and _all_finite(planes)):
        chosen = Method(DIRECT)
    say(weights, planes.shape, chosen)
    if chosen.name == FOURIER:
        return partial(running.run_fourier, whole=exact)
    return partial(running.run_loops, method=chosen)


def loops_are_loaded() -> bool:
    """Say whether the compiled loops have been imported, which costs time once."""
    module = sys.modules.get(f"{__package__}.loops")
    # It stands there from the moment its import begins.
    return module is not None and not getattr(module.__spec__, "_initializing", False)


def _greatest(planes: np.ndarray, weights: np.ndarray, fill: float) -> float:
    most = max(np.iinfo(planes.dtype).max, abs(fill))
    return float(np.abs(weights).sum(dtype=np.float64) * most)


def _all_finite(planes: np.ndarray) -> bool:
    # The sum of finite numbers may overflow, so they are looked at one by one.
    return planes.dtype.kind != "f" or bool(np.isfinite(planes).all())


def _is_small(planes: np.ndarray, rows: Axis, columns: Axis, weights: np.ndarray) -> bool:
    outputs = rows.count * columns.count * planes.shape[2]
    # Copying the image costs NumPy about as much as two multiply-adds a value.
    return outputs * np.count_nonzero(weights) + 2 * planes.size < FEW_MULTIPLY_ADDS
