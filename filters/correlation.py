"""Correlation and convolution of an image with any kernel."""

from functools import lru_cache

import numpy as np

from ..images.errors import EdgewiseError
from .borders import RENORMALIZE, border_name
from .methods import METHODS
from .operations import Function, Operation, Reach
from .renormalize import missing_weight
from .runner import Finish, run
from .slide import Slide
from .values import as_image
from .windows import Padding, Rows, axis_padding, made_up, pair


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
    out: np.ndarray | None = None,
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
    out : ndarray, optional
        Where the result goes, C-contiguous, of its shape and of `dtype`.

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
        border=border, fill=fill, method=method, dtype=dtype, out=out,
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
    out: np.ndarray | None = None,
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
    place = flipped(_anchor(anchor, weights.shape), weights.shape)
    return _slide(
        image, weights[::-1, ::-1], place, stride=stride, dilation=dilation, padding=padding,
        border=border, fill=fill, method=method, dtype=dtype, out=out,
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


def flipped(anchor: tuple[int, int], shape: tuple[int, int]) -> tuple[int, int]:
    """Return the anchor of a kernel of a shape that is flipped both ways."""
    return shape[0] - 1 - anchor[0], shape[1] - 1 - anchor[1]


def _slide(
    image, weights, anchor, *, stride, dilation, padding, border, fill, method, dtype, out
) -> np.ndarray:
    slide = sliding(
        weights, anchor, stride=stride, dilation=dilation, padding=padding, border=border,
        fill=fill, method=method,
    )  # fmt: skip
    picture = as_image(image)
    finish = Finish(out.dtype if dtype is None and out is not None else dtype)
    return run([slide], picture, finish, out)


def sliding(
    weights: np.ndarray,
    anchor: tuple[int, int],
    *,
    stride: int | tuple[int, int] = 1,
    dilation: int | tuple[int, int] = 1,
    padding: Padding = "same",
    border: str = "reflect",
    fill: float = 0.0,
    method: str = "auto",
) -> Operation:
    """Return the operation of a kernel; the settings are those of `correlate`.

    Raises
    ------
    EdgewiseError
        If a setting makes no sense.
    """
    if method not in METHODS:
        raise EdgewiseError(f'no method "{method}"; there are {", ".join(METHODS)}')
    border, paddings = border_name(border), axis_padding(padding)
    steps = pair(stride, "stride"), pair(dilation, "dilation")
    if border != RENORMALIZE:
        return _kept(weights.tobytes(), weights.shape, anchor, *steps, paddings, border,
                     float(fill), method)  # fmt: skip
    inside = _kept(weights.tobytes(), weights.shape, anchor, *steps, paddings, "constant", 0.0,
                   method)  # fmt: skip
    return Function(lambda image: _renormalized(inside, image), reach_of(inside))


@lru_cache(maxsize=64)
def _kept(content: bytes, shape: tuple[int, int], anchor, stride, dilation, padding, border, fill,
          method) -> Slide:  # fmt: skip
    """Return the operation of a kernel, laid out once for all strips and pictures."""
    weights = np.frombuffer(content, np.float32).reshape(shape)
    return Slide(weights, anchor, stride, dilation, padding, border, fill, method)


def _renormalized(inside: Slide, image: np.ndarray) -> np.ndarray:
    rows, columns = inside.axis(0, len(image)), inside.axis(1, image.shape[1])
    factors = missing_weight(rows, columns, inside.weights)
    found = run([inside], image, Finish(None))
    return found * (factors if image.ndim == 3 else factors[:, :, 0])


def _reach(slide: Slide, which: int) -> Rows | None:
    """Return which rows, 0, or columns, 1, results come from; None where windows stride."""
    if slide.stride[which] != 1:
        return None
    dilation = slide.dilation[which]
    span = dilation * (slide.weights.shape[which] - 1)
    anchor = dilation * slide.anchor[which]
    before, after = made_up(slide.padding[which], span, anchor)
    return Rows(before, after, span, slide.border == "wrap")


def reach_of(slide: Slide) -> Reach:
    """Return which rows and columns the results of a correlation come from."""
    return _reach(slide, 0), _reach(slide, 1)
