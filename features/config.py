"""The settings of HoG, their presets, and how long a vector they give."""

import math
from dataclasses import asdict, dataclass, fields, replace
from difflib import get_close_matches
from typing import Any

from ..images.errors import EdgewiseError

GAMMAS = ("none", "sqrt")
NORMS = ("none", "l1", "l1-sqrt", "l2", "l2-hys")


@dataclass(frozen=True)
class HogConfig:
    """The settings of HoG; the defaults are those of Dalal and Triggs.

    Sizes are (rows, columns); one number stands for both.

    Parameters
    ----------
    cell : (int, int)
        Pixels of a cell. scikit-image: ``pixels_per_cell``; OpenCV:
        ``cellSize``.
    block : (int, int)
        Cells of a block. scikit-image: ``cells_per_block``; OpenCV:
        ``blockSize``, in pixels there.
    block_stride : (int, int)
        Cells from one block to the next. OpenCV: ``blockStride``, in pixels.
    bins : int
        Orientation bins over the half circle, or over the full one if
        `signed`. The first bin begins at 0, a gradient to the right, and
        angles grow from there towards the bottom of the picture.
        scikit-image: ``orientations``; OpenCV: ``nbins``.
    signed : bool
        Tell a gradient from its opposite. OpenCV: ``signedGradient``.
    gamma : {"none", "sqrt"}
        What is done to every pixel value before the gradient.
        scikit-image: ``transform_sqrt``.
    norm : {"l2-hys", "l2", "l1", "l1-sqrt", "none"}
        How a block is normalised. scikit-image: ``block_norm``.
    clip : float
        Largest value that "l2-hys" leaves before it normalises again.
        OpenCV: ``L2HysThreshold``.
    epsilon : float
        Added to the norm, and in quadrature for L2, so that a flat block is
        not divided by zero. A cell holds votes averaged over its area, in
        units of the picture's values.
    interpolate_orientation : bool
        Share a vote between the two bins whose centres are nearest, instead
        of giving it all to the bin that it falls into.
    interpolate_space : bool
        Share a vote between the four cells of its block whose centres are
        nearest; what would go to cells outside the block is dropped.
    window_sigma : float or None
        Standard deviation of the Gaussian that weights the pixels of a
        block around its centre, in units of the block's height and width;
        None for no window. OpenCV: ``winSigma``, in pixels.

    References
    ----------
    N. Dalal and B. Triggs, "Histograms of Oriented Gradients for Human
    Detection", CVPR 2005, doi:10.1109/CVPR.2005.177.
    """

    cell: tuple[int, int] = (8, 8)
    block: tuple[int, int] = (2, 2)
    block_stride: tuple[int, int] = (1, 1)
    bins: int = 9
    signed: bool = False
    gamma: str = "none"
    norm: str = "l2-hys"
    clip: float = 0.2
    epsilon: float = 1e-5
    interpolate_orientation: bool = True
    interpolate_space: bool = True
    window_sigma: float | None = 0.5

    def __post_init__(self) -> None:
        for name in ("cell", "block", "block_stride"):
            object.__setattr__(self, name, _pair(name, getattr(self, name)))
        for name in ("signed", "interpolate_orientation", "interpolate_space"):
            object.__setattr__(self, name, _flag(name, getattr(self, name)))
        object.__setattr__(self, "bins", _count("bins", self.bins))
        _one_of("gamma", self.gamma, GAMMAS)
        _one_of("norm", self.norm, NORMS)
        for name in ("clip", "epsilon"):
            object.__setattr__(self, name, _positive(name, getattr(self, name)))
        if self.window_sigma is not None:
            sigma = _positive("window_sigma", self.window_sigma)
            object.__setattr__(self, "window_sigma", sigma)

    @classmethod
    def preset(cls, name: str, **changes: Any) -> "HogConfig":
        """Return named settings, with changes.

        Parameters
        ----------
        name : {"dalal-triggs", "skimage"}
            The paper's settings, or those of ``skimage.feature.hog``.
        **changes
            Fields that differ from the preset.

        Raises
        ------
        EdgewiseError
            If there is no such preset or field, or a value makes no sense.
        """
        if name not in PRESETS:
            raise EdgewiseError(f'no HoG preset "{name}"{_hint(name, PRESETS)}')
        return PRESETS[name].replace(**changes)

    def replace(self, **changes: Any) -> "HogConfig":
        """Return the settings with some fields changed."""
        known = [field.name for field in fields(self)]
        for name in changes:
            if name not in known:
                raise EdgewiseError(f'no HoG setting "{name}"{_hint(name, known)}')
        return replace(self, **changes)

    @classmethod
    def from_dict(cls, settings: dict[str, Any]) -> "HogConfig":
        """Return the settings that `to_dict` described."""
        return cls().replace(**settings)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as numbers, strings and lists, ready for JSON."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @property
    def least_size(self) -> tuple[int, int]:
        """Rows and columns of the smallest picture that holds one block."""
        return self.cell[0] * self.block[0], self.cell[1] * self.block[1]

    def grid(self, rows: int, columns: int) -> tuple[int, int, int, int]:
        """Return how many cells and blocks fit into a picture.

        Pixels beyond the last whole cell, and cells beyond the last whole
        block, are not part of the vector.

        Returns
        -------
        cell_rows, cell_columns, block_rows, block_columns : int

        Raises
        ------
        EdgewiseError
            If not even one block fits.
        """
        cells = rows // self.cell[0], columns // self.cell[1]
        if cells[0] < self.block[0] or cells[1] < self.block[1]:
            raise EdgewiseError(self._too_small(rows, columns))
        block_rows, block_columns = (
            (cells[a] - self.block[a]) // self.block_stride[a] + 1 for a in (0, 1)
        )
        return (*cells, block_rows, block_columns)

    def _too_small(self, rows: int, columns: int) -> str:
        least = self.least_size
        return (
            f"a picture of {columns}x{rows} pixels is too small for one block of "
            f"{self.block[1]}x{self.block[0]} cells of {self.cell[1]}x{self.cell[0]} pixels; "
            f"use pictures of at least {least[1]}x{least[0]}, or smaller cells or blocks"
        )

    def length(self, rows: int, columns: int) -> int:
        """Return the length of the vector of a picture of any number of channels."""
        _, _, block_rows, block_columns = self.grid(rows, columns)
        return block_rows * block_columns * self.block[0] * self.block[1] * self.bins


def _hint(name: str, known: Any) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f'; did you mean "{near[0]}"?' if near else f"; there are {', '.join(known)}"


def _one_of(name: str, value: Any, known: tuple[str, ...]) -> None:
    if value not in known:
        raise EdgewiseError(f'{name} is one of {", ".join(known)}, not "{value}"')


def _count(name: str, value: Any) -> int:
    # bool is an int to Python, and True cells are a mistake.
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < 1:
        raise EdgewiseError(f"{name} is a whole number of at least 1, not {value!r}")
    return int(value)


def _pair(name: str, value: Any) -> tuple[int, int]:
    both = (value, value) if hasattr(value, "__index__") else value
    if not isinstance(both, (tuple, list)) or len(both) != 2:
        raise EdgewiseError(f"{name} is one whole number or two, (rows, columns), not {value!r}")
    return _count(name, both[0]), _count(name, both[1])


def _flag(name: str, value: Any) -> bool:
    # Also takes NumPy's bool, which is no bool to Python.
    if not isinstance(value, bool) and str(value) not in ("True", "False"):
        raise EdgewiseError(f"{name} is True or False, not {value!r}")
    return bool(value)


def _positive(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 < number < math.inf:
        raise EdgewiseError(f"{name} is a number above 0, not {value!r}")
    return number


PRESETS = {
    "dalal-triggs": HogConfig(),
    "skimage": HogConfig(
        block=(3, 3), interpolate_orientation=False, interpolate_space=False, window_sigma=None
    ),
}
