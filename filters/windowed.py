"""Filters that look at windows, as operations of a chain."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..compiled.scratch import scratch
from ..images.errors import EdgewiseError
from .borders import BORDERS, border_name
from .layouts import WindowStrips, laid_out_strip, planes_of
from .operations import Shape
from .runner import Finish, run
from .sliding import Windows
from .strips import Layout
from .values import as_image, saturate
from .windows import check_reach, pair

# fill(source (h, W*C), layout, pick, out (n, OW*C)): what stands in out comes from the
# windows of the layout, whose columns have a stride of 1; every pick-th is wanted.
Fill = Callable[[np.ndarray, Layout, int, np.ndarray], None]

FLOAT = np.dtype(np.float32)


@dataclass(frozen=True)
class Windowed:
    """A filter that looks at windows of a shape; an `Operation`.

    Attributes
    ----------
    windows : Windows
        Stride, padding and border; a dilation is refused.
    shape : (int, int)
        Of a window.
    fill : callable
        See `Fill`.
    dtype : dtype, optional
        What `fill` writes; None for the picture's own.
    """

    windows: Windows
    shape: tuple[int, int]
    fill: Fill
    dtype: np.dtype | None = FLOAT

    def __post_init__(self) -> None:
        if pair(self.windows.dilation, "dilation") != (1, 1):
            raise EdgewiseError("it takes no dilation; leave dilation out")
        if self._border not in BORDERS:
            known = ", ".join(BORDERS)
            raise EdgewiseError(f"it takes no border {self._border}; there are {known}")
        check_reach(max(self.shape) // 2)

    @property
    def _border(self) -> str:
        return border_name(self.windows.border)

    def strips(self, height: int) -> WindowStrips:
        """Say how a picture is cut; see `Operation`."""
        return WindowStrips(self.windows.axis(0, height, self.shape[0]), self._border)

    def result(self, shape: Shape, dtype: np.dtype) -> tuple[Shape, np.dtype]:
        """Return shape and dtype of the result; see `Operation`."""
        counts = (self.windows.axis(k, shape[k], self.shape[k]).count for k in (0, 1))
        return (*counts, *shape[2:]), self.dtype or dtype

    def strip(
        self, source: np.ndarray, first: int, height: int, start: int, stop: int,
        out: np.ndarray | None,
    ) -> np.ndarray:  # fmt: skip
        """Return some rows of the result; see `Operation`."""
        flat, channels = planes_of(source)
        lying, count, pick = self.lay(height, source.shape[1], channels, flat.dtype)
        layout = laid_out_strip(*lying, start, stop, first)
        made = self.dtype or flat.dtype
        if out is None:
            out = np.empty((stop - start, count, *source.shape[2:]), made)
        filled = out if out.dtype == made else scratch("windowed", out.shape, made)
        self.fill(flat, layout, pick, filled.reshape(len(out), -1))
        if filled is not out:
            out[...] = saturate(filled.astype(np.float32), out.dtype)
        return out

    def lay(
        self, height: int, width: int, channels: int, dtype: np.dtype
    ) -> tuple[tuple, int, int]:
        """Return what lays a picture out, the columns of its result, and which are picked."""
        rows, wanted = (self.windows.axis(k, (height, width)[k], self.shape[k]) for k in (0, 1))
        reach = (wanted.count - 1) * wanted.stride + wanted.span + 1
        columns = replace(wanted, stride=1, count=reach - wanted.span)
        fill = float(self.windows.fill)
        if dtype.kind == "u":
            fill = float(saturate(np.array([fill], np.float32), dtype)[0])
        return (rows, columns, channels, self._border, fill), wanted.count, wanted.stride

    def whole(self, image: np.ndarray) -> np.ndarray:
        """Return the result of a whole picture, on this thread."""
        return self.strip(image, 0, len(image), 0, self.strips(len(image)).count, None)

    def run(self, image: np.ndarray, dtype: object = None, out: np.ndarray | None = None):
        """Return the result of a picture, on all threads.

        Parameters
        ----------
        image : ndarray, (H, W) or (H, W, C)
        dtype : dtype, optional
            None gives what the filter makes; whole numbers are rounded and saturated.
        out : ndarray, optional
            Where the result goes, of its shape and dtype.
        """
        dtype = out.dtype if dtype is None and out is not None else dtype
        return run([self], as_image(image), None if dtype is None else Finish(dtype), out)
