"""Pooling: one number for every window of an image."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..compiled.scratch import scratch
from ..images.errors import EdgewiseError
from . import pool_loops
from .layouts import WindowStrips, laid_out_strip, planes_of
from .operations import Shape
from .runner import Finish, run
from .strips import Layout, Taps, lay_taps
from .values import as_image
from .ways import buffers_of
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
KINDS = {"max": pool_loops.MAXIMUM, "min": pool_loops.MINIMUM, "lp": pool_loops.POWER}

_NO_COUNTS = np.empty(0, np.float32)


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
    dtype: object = None,
    out: np.ndarray | None = None,
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
    dtype : {None, float32, uint8, uint16}
        None gives float32. An integer dtype rounds half to even and saturates.
    out : ndarray, optional
        Where the result goes, C-contiguous, of its shape and of `dtype`.

    Returns
    -------
    ndarray, (OH, OW) or (OH, OW, C)
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
    pooling = Pooling.of(
        size, kind=kind, stride=stride, padding=padding, dilation=dilation, ceil=ceil,
        count_padding=count_padding, p=p,
    )  # fmt: skip
    finish = Finish(out.dtype if dtype is None and out is not None else dtype)
    return run([pooling], as_image(image), finish, out)


@dataclass(frozen=True)
class Pooling:
    """Pooling of pictures of any size; the settings are those of `pool`, in pairs."""

    size: tuple[int, int]
    kind: str
    stride: tuple[int, int]
    padding: tuple[str | tuple[int, int], str | tuple[int, int]]
    dilation: tuple[int, int]
    ceil: bool
    count_padding: bool
    p: float

    @classmethod
    def of(
        cls,
        size: int | tuple[int, int],
        *,
        kind: str = "max",
        stride: int | tuple[int, int] | None = None,
        padding: Padding = 0,
        dilation: int | tuple[int, int] = 1,
        ceil: bool = False,
        count_padding: bool = False,
        p: float = 2,
    ) -> "Pooling":
        """Return the pooling with the settings of `pool`.

        Raises
        ------
        EdgewiseError
            If one makes no sense.
        """
        if kind not in NEUTRAL:
            raise EdgewiseError(f'no pooling "{kind}"; there are {", ".join(NEUTRAL)}')
        if kind == "lp" and not p > 0:
            raise EdgewiseError(f"p is {p}; the power of lp pooling is above 0")
        sizes = pair(size, "size")
        strides = sizes if stride is None else pair(stride, "stride")
        paddings, dilations = axis_padding(padding), pair(dilation, "dilation")
        return cls(sizes, kind, strides, paddings, dilations, ceil, count_padding, p)

    def axis(self, which: int, length: int) -> Axis:
        """Lay the windows along rows, 0, or columns, 1."""
        return pooling_axis(
            length,
            self.size[which],
            stride=self.stride[which],
            dilation=self.dilation[which],
            padding=self.padding[which],
            ceil=self.ceil,
        )

    def strips(self, height: int) -> WindowStrips:
        """Say how a picture is cut; see `Operation`."""
        return WindowStrips(self.axis(0, height), "constant")

    def result(self, shape: Shape, dtype: np.dtype) -> tuple[Shape, np.dtype]:
        """Return shape and dtype of the result; see `Operation`."""
        counts = self.axis(0, shape[0]).count, self.axis(1, shape[1]).count
        return (*counts, *shape[2:]), np.dtype(np.float32)

    def strip(
        self, source: np.ndarray, first: int, height: int, start: int, stop: int,
        out: np.ndarray | None,
    ) -> np.ndarray:  # fmt: skip
        """Return some rows of the result; see `Operation`."""
        flat, channels = planes_of(source)
        rows, columns = self.axis(0, height), self.axis(1, source.shape[1])
        if out is None:
            out = np.empty((stop - start, columns.count, *source.shape[2:]), np.float32)
        target = out.reshape(len(out), -1)
        cut = laid_out_strip(
            rows, columns, channels, "constant", NEUTRAL[self.kind], start, stop, first
        )
        if self.kind in ("max", "min") and self.dilation == (1, 1):
            self._extreme(flat, cut, columns, target)
            return out
        taps = _all_taps(rows, columns, channels)
        totals = scratch("totals", (1, target.shape[1]), np.float32)
        if self.kind == "median":
            windows = scratch("windows", (1, taps.rows.size), np.float32)
            pool_loops.pool_median(flat, cut, taps, windows, totals, target)
        else:
            counts = self._counts(rows, columns, start, stop)
            self._pool(flat, cut, taps, counts, totals, target)
        return out

    def whole(self, image: np.ndarray) -> np.ndarray:
        """Return the result of a whole picture."""
        return self.strip(image, 0, len(image), 0, self.axis(0, len(image)).count, None)

    def _counts(self, rows: Axis, columns: Axis, start: int, stop: int) -> tuple:
        if self.kind != "average":
            return _NO_COUNTS, _NO_COUNTS
        down = _counts(rows, self.count_padding)[start:stop]
        return down, _counts(columns, self.count_padding)

    def _extreme(self, source: np.ndarray, layout: Layout, columns: Axis, out) -> None:
        windows = (*self.size, columns.stride, columns.before)
        lines = scratch("lines", (1, 3, max(source.shape[1], out.shape[1])), source.dtype)
        pool_loops.pool_extreme(source, layout, windows, self.kind == "max", lines, out)

    def _pool(self, source, layout: Layout, taps: Taps, counts, totals, out) -> None:
        buffers = buffers_of(layout)
        kind = KINDS.get(self.kind, pool_loops.SUM)
        pool_loops.pool(source, layout, taps, kind, self.p, *counts, buffers, totals, out)


@lru_cache(maxsize=64)
def _all_taps(rows: Axis, columns: Axis, channels: int) -> Taps:
    """Return every place of the windows."""
    return lay_taps(rows, columns, channels, np.ones((rows.size, columns.size), np.float32))


@lru_cache(maxsize=16)
def _counts(axis: Axis, count_padding: bool) -> np.ndarray:
    """Return how many positions of each window an average divides by."""
    first = np.arange(axis.count)[:, None] * axis.stride - axis.before
    position = first + np.arange(axis.size) * axis.dilation
    low, high = (-axis.before, axis.length + axis.after) if count_padding else (0, axis.length)
    return ((position >= low) & (position < high)).sum(axis=1).astype(np.float32)
