"""How pictures become the vectors of a linear model: HoG, raw pixels, or several joined."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ..features.config import HogConfig
from ..features.hog import hog_batch
from ..images.colour import LUMA
from ..images.errors import EdgewiseError
from .fields import finite, mapping, whole


@dataclass(frozen=True)
class Pixels:
    """The picture itself, from 0 to 1, or its means over a grid.

    Parameters
    ----------
    grid : (int, int) or None
        Rows and columns of the grid; None for every pixel.
    channels : int
        1 for gray, 3 for colour.
    scale : float
        What the values are multiplied by: how much they weigh beside HoG.
    """

    grid: tuple[int, int] | None = None
    channels: int = 1
    scale: float = 1.0

    def length(self, rows: int, columns: int) -> int:
        """Return the length of the vector of a picture."""
        down, across = self.grid or (rows, columns)
        if down > rows or across > columns:
            raise EdgewiseError(
                f"pixels:{across}x{down} is finer than the pictures, which are {columns}x{rows}"
            )
        return down * across * self.channels

    def compute(self, images: np.ndarray) -> np.ndarray:
        """Return the vectors of pictures (N, H, W[, C]), (N, n) float32."""
        count, rows, columns = images.shape[:3]
        length = self.length(rows, columns)
        most = np.iinfo(images.dtype).max if images.dtype.kind == "u" else 255
        values = images.reshape(count, rows, columns, -1).astype(np.float32)
        values *= np.float32(self.scale / most)
        if self.grid is not None:
            values = _means(_means(values, self.grid[0], 1), self.grid[1], 2)
        if values.shape[3] < self.channels:
            values = np.repeat(values, self.channels, axis=3)
        elif values.shape[3] > self.channels:
            values = (values @ LUMA)[..., None]
        return values.reshape(count, length)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings, ready for JSON."""
        grid = None if self.grid is None else list(self.grid)
        return {"kind": "pixels", "grid": grid, "channels": self.channels, "scale": self.scale}


@np.errstate(over="ignore", invalid="ignore")
def _means(values: np.ndarray, parts: int, axis: int) -> np.ndarray:
    """Return the means over parts of an axis that are as equal as whole pixels can be."""
    edges = np.arange(parts + 1) * values.shape[axis] // parts
    sizes = np.diff(edges).astype(np.float32)
    shape = [1] * values.ndim
    shape[axis] = parts
    return np.add.reduceat(values, edges[:-1], axis=axis) / sizes.reshape(shape)


Part: TypeAlias = HogConfig | Pixels


@dataclass(frozen=True)
class Joined:
    """Several vectors of one picture, one after the other.

    Parameters
    ----------
    parts : tuple of HogConfig or Pixels
    """

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        if len(fits := sorted({part.fit for part in self._hogs})) > 1:
            raise EdgewiseError(
                f"all parts see one picture, so that its fit cannot be both {' and '.join(fits)}"
            )

    def length(self, rows: int, columns: int) -> int:
        """Return the length of the vector of a picture."""
        return sum(part.length(rows, columns) for part in self.parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings, ready for JSON."""
        return {"joined": [_part_to_dict(part) for part in self.parts]}

    def compute(self, images: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """Return the vectors of pictures of one size.

        Parameters
        ----------
        images : ndarray, (N, H, W) or (N, H, W, C)
        out : ndarray, (N, n) float32, optional
            Filled and returned.
        """
        if out is None:
            out = np.empty((len(images), self.length(*images.shape[1:3])), np.float32)
        at = 0
        for part in self.parts:
            hog = isinstance(part, HogConfig)
            values = hog_batch(images, part) if hog else part.compute(images)
            out[:, at : at + values.shape[1]] = values
            at += values.shape[1]
        return out

    @property
    def hog(self) -> HogConfig | None:
        """The first HoG among the parts."""
        return next(iter(self._hogs), None)

    @property
    def fit(self) -> str:
        """How pictures come to their size, as all parts of HoG have it."""
        return "stretch" if self.hog is None else self.hog.fit

    @property
    def _hogs(self) -> list[HogConfig]:
        return [part for part in self.parts if isinstance(part, HogConfig)]

    def columns_of(self, part: Part, size: tuple[int, int]) -> slice:
        """Return where the values of a part stand in a vector."""
        before = self.parts[: self.parts.index(part)]
        start = sum(one.length(*size) for one in before)
        return slice(start, start + part.length(*size))


Features: TypeAlias = HogConfig | Joined


def contains_hog(features: Features) -> bool:
    """Return whether HoG is among the features."""
    return isinstance(features, HogConfig) or features.hog is not None


def with_fit(features: Features, fit: str) -> Features:
    """Return the same features of pictures that come to their size in another way."""
    if isinstance(features, HogConfig):
        return features.replace(fit=fit)
    if features.hog is None:
        raise EdgewiseError(
            "pixels alone are of stretched pictures; add a part of HoG, or leave the fit out"
        )
    parts = (
        part.replace(fit=fit) if isinstance(part, HogConfig) else part for part in features.parts
    )
    return Joined(tuple(parts))


def compute(features: Features, images: np.ndarray) -> np.ndarray:
    """Return the vectors (N, n) float32 of pictures (N, H, W[, C]) of one size."""
    if isinstance(features, HogConfig):
        return hog_batch(images, features)
    return features.compute(images)


def _part_to_dict(part: Part) -> dict[str, Any]:
    return {"kind": "hog", **part.to_dict()} if isinstance(part, HogConfig) else part.to_dict()


def features_from_dict(settings: dict[str, Any]) -> Features:
    """Return the features that `to_dict` described.

    Raises
    ------
    EdgewiseError, KeyError, TypeError, ValueError
        If something is missing or makes no sense.
    """
    if "joined" not in settings:
        return HogConfig.from_dict(settings)
    parts = settings["joined"]
    if not isinstance(parts, list) or not parts:
        raise ValueError("its features have no parts")
    return Joined(tuple(_part_from_dict(dict(mapping(part, "a part"))) for part in parts))


def _part_from_dict(settings: dict[str, Any]) -> Part:
    kind = settings.pop("kind")
    if kind == "hog":
        return HogConfig.from_dict(settings)
    grid, scale = settings["grid"], finite(settings["scale"], "scale")
    if kind != "pixels" or settings["channels"] not in (1, 3):
        raise ValueError("its features make no sense")
    if grid is not None:
        if not isinstance(grid, list) or len(grid) != 2:
            raise ValueError("its grid of pixels makes no sense")
        grid = (whole(grid[0], "grid"), whole(grid[1], "grid"))
    return Pixels(grid, int(settings["channels"]), scale)
