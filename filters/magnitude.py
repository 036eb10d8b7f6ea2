"""The magnitude of an edge operator's derivatives, in one pass."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from ..compiled.scratch import scratch
from . import edge_loops
from .borders import RENORMALIZE, border_name
from .layouts import WindowStrips, laid_out_strip, planes_of, row_taps
from .methods import tell
from .operations import Operation, Shape
from .oriented import FARID_SLOPE, FARID_SMOOTH
from .sliding import Windows
from .ways import buffers_of

Norm = Literal["raw", "divided", "slope"]

# (smooth, slope) of each operator, the sums that norm=divided and norm=slope divide by.
OPERATORS = {
    "sobel": ((1, 2, 1), (-1, 0, 1), 4, 8),
    "prewitt": ((1, 1, 1), (-1, 0, 1), 3, 6),
    "scharr": ((3, 10, 3), (-1, 0, 1), 16, 32),
    "frei-chen": ((1, math.sqrt(2), 1), (-1, 0, 1), 2 + math.sqrt(2), 4 + 2 * math.sqrt(2)),
    "farid": (FARID_SMOOTH, FARID_SLOPE, 1, FARID_SLOPE @ np.arange(-2, 3)),
}


def scale(operator: str, norm: Norm) -> float:
    """Return what a derivative is multiplied by."""
    *_, divided, slope = OPERATORS[operator]
    return 1 / {"raw": 1, "divided": divided, "slope": slope}[norm]


def magnitude_scale(operator: str, norm: Norm) -> float:
    """Return what a magnitude is multiplied by."""
    return scale(operator, norm) * (math.sqrt(0.5) if norm == "divided" else 1)


def magnitude_of(
    windows: Windows, output: str = "magnitude", norm: Norm = "raw", *, operator: str
) -> Operation | None:
    """Return the operation of an edge operator's magnitude; None for its other results."""
    if output != "magnitude" or border_name(windows.border) == RENORMALIZE:
        return None
    return Magnitude(windows, operator, magnitude_scale(operator, norm))


@dataclass(frozen=True)
class Magnitude:
    """The magnitude of both derivatives of an edge operator, in one pass.

    Attributes
    ----------
    windows : Windows
    operator : str
        One of `OPERATORS`.
    scale : float
        What the magnitude is multiplied by.
    """

    windows: Windows
    operator: str
    scale: float

    @cached_property
    def _size(self) -> int:
        return len(OPERATORS[self.operator][0])

    @cached_property
    def _across(self) -> tuple[np.float32, ...]:
        smooth, slope = (np.asarray(part, float) for part in OPERATORS[self.operator][:2])
        middle = smooth.size // 2
        far, far_slope = (smooth[0], slope[-1]) if middle == 2 else (0.0, 0.0)
        weights = far, smooth[middle - 1], smooth[middle], slope[middle + 1], far_slope
        # The scale goes into both passes, half each.
        return tuple(np.float32(weight * math.sqrt(self.scale)) for weight in weights)

    def strips(self, height: int) -> WindowStrips:
        """Say how a picture is cut; see `Operation`."""
        axis = self.windows.axis(0, height, self._size)
        return WindowStrips(axis, border_name(self.windows.border))

    def result(self, shape: Shape, dtype: np.dtype) -> tuple[Shape, np.dtype]:
        """Return shape and dtype of the result; see `Operation`."""
        counts = (self.windows.axis(which, shape[which], self._size).count for which in (0, 1))
        return (*counts, *shape[2:]), np.dtype(np.float32)

    def strip(
        self, source: np.ndarray, first: int, height: int, start: int, stop: int,
        out: np.ndarray | None,
    ) -> np.ndarray:  # fmt: skip
        """Return some rows of the result; see `Operation`."""
        flat, channels = planes_of(source)
        windows, size = self.windows, self._size
        rows, columns = windows.axis(0, height, size), windows.axis(1, source.shape[1], size)
        shape = height, *source.shape[1:]
        tell(self.operator, shape, "both derivatives and the magnitude in one pass")
        if out is None:
            out = np.empty((stop - start, columns.count, *source.shape[2:]), np.float32)
        layout = laid_out_strip(
            rows, columns, channels, border_name(windows.border), windows.fill, start, stop, first
        )
        edge_loops.magnitude(
            flat, layout, rows.dilation, row_taps(rows, columns, channels).columns, self._across,
            buffers_of(layout), scratch("lines", (1, 3, layout.columns.size), np.float32),
            out.reshape(len(out), -1),
        )  # fmt: skip
        return out

    def whole(self, image: np.ndarray) -> np.ndarray:
        """Return the result of a whole picture."""
        strips = self.strips(len(image))
        return self.strip(image, 0, len(image), 0, strips.count, None)
