"""How windows lie over pictures of one size: worked out once, for all strips and pictures."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .borders import border_index
from .strips import Layout, Taps, lay_out, lay_taps
from .values import as_planes
from .windows import Axis


@dataclass(frozen=True)
class WindowStrips:
    """Which rows windows see; `Strips` of a correlation or of pooling."""

    axis: Axis
    border: str

    @property
    def count(self) -> int:
        """Rows of windows."""
        return self.axis.count

    @property
    def periodic(self) -> bool:
        """Whether the picture begins anew at its edges."""
        return self.border == "wrap"

    def seen(self, start: int, stop: int) -> tuple[int, int]:
        """Return the rows that the windows from start to stop see."""
        axis = self.axis
        index = row_index(axis, self.border)[start * axis.stride :]
        index = index[: (stop - 1 - start) * axis.stride + axis.span + 1]
        inside = index[index >= 0]
        if not inside.size:
            return 0, 1
        return int(inside.min()), int(inside.max()) + 1


@lru_cache(maxsize=32)
def row_index(axis: Axis, border: str) -> np.ndarray:
    """Return where every padded row comes from; see `border_index`."""
    return border_index(*axis.padded, border)


@lru_cache(maxsize=16)
def laid_out(rows: Axis, columns: Axis, channels: int, border: str, fill: float) -> Layout:
    """Return the layout of a picture."""
    return lay_out(rows, columns, channels, border, fill)


@lru_cache(maxsize=512)
def laid_out_strip(
    rows: Axis, columns: Axis, channels: int, border: str, fill: float,
    start: int, stop: int, first: int,
) -> Layout:  # fmt: skip
    """Return the layout of some results, for a source that begins with row `first`."""
    return laid_out(rows, columns, channels, border, fill).cut(start, stop, first)


@lru_cache(maxsize=64)
def row_taps(rows: Axis, columns: Axis, channels: int) -> Taps:
    """Return the taps of one row of windows, all of weight 1."""
    return lay_taps(rows, columns, channels, np.ones((1, columns.size), np.float32))


def planes_of(source: np.ndarray) -> tuple[np.ndarray, int]:
    """Return an image as (H, W * C), and its channels."""
    planes = as_planes(source)
    return planes.reshape(len(planes), -1), planes.shape[2]


def in_shape_of(out: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Return a result (h, W, C) without the channel axis of a gray image."""
    return out if np.ndim(source) == 3 else out[:, :, 0]
