"""A correlation laid out once and run on any picture, strip by strip."""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from logging import INFO

import numpy as np

from .layouts import WindowStrips, in_shape_of, laid_out_strip, planes_of
from .methods import DIRECT, EXACT, FOURIER, RUNNING_SUMS, Method, choose_method, is_whole, log, say
from .operations import Shape
from .values import as_planes
from .ways import Way, way_of
from .windows import Axis, correlation_axis


@dataclass(frozen=True, eq=False)
class Slide:
    """A correlation with a kernel, for pictures of any size.

    Attributes
    ----------
    weights : ndarray of float32, (K, L)
    anchor : (int, int)
        Row and column of the kernel that lie on the pixel.
    stride, dilation : (int, int)
    padding : (str or (int, int), str or (int, int))
        Of rows and of columns.
    border : str
        One of `BORDERS`.
    fill : float
    method : str
        One of `METHODS`.
    """

    weights: np.ndarray
    anchor: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    padding: tuple[str | tuple[int, int], str | tuple[int, int]] = ("same", "same")
    border: str = "reflect"
    fill: float = 0.0
    method: str = "auto"

    def axis(self, which: int, length: int) -> Axis:
        """Lay the windows along rows, 0, or columns, 1."""
        return correlation_axis(
            length,
            self.weights.shape[which],
            stride=self.stride[which],
            dilation=self.dilation[which],
            padding=self.padding[which],
            anchor=self.anchor[which],
        )

    def strips(self, height: int) -> WindowStrips | None:
        """Say how a picture is cut; see `Operation`."""
        axis = self.axis(0, height)
        may_transform = FOURIER in (self._chosen.name, self._chosen_whole.name)
        return None if may_transform else WindowStrips(axis, self.border)

    def result(self, shape: Shape, dtype: np.dtype) -> tuple[Shape, np.dtype]:
        """Return shape and dtype of the result; see `Operation`."""
        counts = self.axis(0, shape[0]).count, self.axis(1, shape[1]).count
        return (*counts, *shape[2:]), np.dtype(np.float32)

    def way(self, dtype: np.dtype) -> Method:
        """Return how pictures of a dtype are correlated."""
        if dtype.kind == "u" and self.method == "auto" and self.box_counter(dtype) is not None:
            return Method(RUNNING_SUMS)
        return self._chosen_whole if self.is_whole(dtype) else self._chosen

    def is_whole(self, dtype: np.dtype) -> bool:
        """Say whether all that windows see are whole numbers."""
        return dtype.kind == "u" and (self.border != "constant" or float(self.fill).is_integer())

    def is_finite(self, dtype: np.dtype) -> bool:
        """Say whether nothing that windows see is infinite or no number."""
        return dtype.kind == "u" and bool(np.isfinite(self.fill))

    def is_exact(self, dtype: np.dtype) -> bool:
        """Say whether every sum is a whole number that float32 holds."""
        if not (self.is_whole(dtype) and is_whole(self.weights)):
            return False
        most = max(np.iinfo(dtype).max, abs(self.fill))
        return float(np.abs(self.weights).sum(dtype=np.float64) * most) < EXACT

    @cached_property
    def _chosen(self) -> Method:
        return self._choose(whole=False)

    @cached_property
    def _chosen_whole(self) -> Method:
        return self._choose(whole=True)

    def _choose(self, *, whole: bool) -> Method:
        plain = self.stride == self.dilation == (1, 1)
        if self.method == FOURIER and plain and np.isfinite(self.fill):
            return Method(FOURIER)
        if self.method != "auto":
            return Method(DIRECT)
        chosen = choose_method(
            self.weights, stride=self.stride, dilation=self.dilation, whole=whole
        )
        impossible = chosen.name == FOURIER and not np.isfinite(self.fill)
        return Method(DIRECT) if impossible else chosen

    def box_counter(self, dtype: np.dtype) -> type | None:
        """Return the dtype that holds a box's sums, or None if it is not one of whole numbers."""
        if self.stride != (1, 1) or self.dilation != (1, 1) or self.weights.size == 1:
            return None
        most = int(np.iinfo(dtype).max)
        if not (0 <= self.fill <= most and float(self.fill).is_integer()):
            return None
        if (self.weights != self.weights[0, 0]).any():
            return None
        total = most * self.weights.size
        return np.uint16 if total < 2**16 else np.int32 if total < 2**31 else None

    def strip(
        self, source: np.ndarray, first: int, height: int, start: int, stop: int,
        out: np.ndarray | None,
    ) -> np.ndarray:  # fmt: skip
        """Return some rows of the result; see `Operation`."""
        flat, channels = planes_of(source)
        way = _laid_way(self, height, source.shape[1], channels, source.dtype)
        if log.isEnabledFor(INFO):
            say(self.weights, (height, *source.shape[1:]), self.way(source.dtype))
        if out is None:
            width = self.axis(1, source.shape[1]).count
            out = np.empty((stop - start, width, *source.shape[2:]), np.float32)
        layout = laid_out_strip(
            way.rows, way.columns, channels, self.border, self.fill, start, stop, first
        )
        way.fill(flat, layout, out.reshape(len(out), -1))
        return out

    def whole(self, image: np.ndarray) -> np.ndarray:
        """Return the result for a whole picture, perhaps by Fourier transforms."""
        from . import fourier

        planes = as_planes(image)
        rows, columns = self.axis(0, len(planes)), self.axis(1, planes.shape[1])
        # The sum of finite numbers may overflow, so they are looked at one by one.
        finite = planes.dtype.kind != "f" or bool(np.isfinite(planes).all())
        if not (self.way(planes.dtype).name == FOURIER and finite):
            method = self.method if self.way(planes.dtype).name != FOURIER else DIRECT
            other = replace(self, method=method)
            return other.strip(image, 0, len(planes), 0, rows.count, None)
        say(self.weights, planes.shape, self.way(planes.dtype))
        found = fourier.correlate(
            planes, self.weights, rows, columns, self.border, self.fill,
            whole=self.is_exact(planes.dtype),
        )  # fmt: skip
        return in_shape_of(found, image)


@lru_cache(maxsize=128)
def _laid_way(slide: Slide, height: int, width: int, channels: int, dtype: np.dtype) -> Way:
    """Return how a picture of some size and dtype is correlated."""
    rows, columns = slide.axis(0, height), slide.axis(1, width)
    method = slide.way(dtype)
    return way_of(
        method, slide.weights, rows, columns, channels, finite=slide.is_finite(dtype),
        fill=slide.fill, counter=slide.box_counter(dtype) if dtype.kind == "u" else None,
    )  # fmt: skip
