"""The settings of HoG, their presets, and how long a vector they give."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ..images.errors import EdgewiseError
from ..images.fits import FITS
from . import sizes
from .checks import count, flag, hint, one_of, pair, positive, power, sigma

GAMMAS = ("none", "sqrt", "log")
NORMS = ("none", "l1", "l1-sqrt", "l2", "l2-hys")

# Settings that are one word of several.
WORDS = {
    "gradient": ("centred", "sobel", "prewitt", "forward"),
    "border": ("reflect", "edge", "zero", "skip"),
    "colour": ("strongest", "strongest-last", "gray", "red", "green", "blue"),
    "vote": ("magnitude", "square", "sqrt", "clipped"),
    "arithmetic": ("exact", "opencv"),
    "bin_origin": ("edge", "centre"),
    "interpolation_scope": ("block", "grid"),
    "window_unit": ("side", "mean"),
    "window_centre": ("middle", "pixel"),
    "cell_value": ("mean", "sum"),
    "norm": NORMS,
    "epsilon_rule": ("quadrature", "added", "per-value"),
    "order": ("row", "column"),
    "layout": ("blocks", "felzenszwalb", "vlfeat"),
    "fit": FITS,
}


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
    gamma : {"none", "sqrt", "log"} or float
        What is done to every pixel value before the gradient: nothing, the
        root, log(1 + value), or this power of it.
        scikit-image: ``transform_sqrt``; OpenCV: ``gammaCorrection``, the root.
    norm : {"l2-hys", "l2", "l1", "l1-sqrt", "none"}
        How a block is normalised. scikit-image: ``block_norm``.
    clip : float
        Largest value that "l2-hys" leaves before it normalises again.
        OpenCV: ``L2HysThreshold``.
    epsilon : float
        Added to the norm, so that a flat block is not divided by zero, in the
        unit of a cell's values.
    interpolate_orientation : bool
        Share a vote between the two bins whose centres are nearest, instead
        of giving it all to the bin that it falls into.
    interpolate_space : bool
        Share a vote between the four cells of its block whose centres are
        nearest; what would go to cells outside the block is dropped.
    window_sigma : float, (float, float) or None
        Standard deviation of the Gaussian that weights the pixels of a
        block around its centre, in units of the block's height and width
        (see `window_unit`); two numbers are for rows and columns; None for no
        window. OpenCV: ``winSigma``, in pixels.
    gradient : {"centred", "sobel", "prewitt", "forward"}
        ``x[i + 1] - x[i - 1]``; the same smoothed along the edge by (1, 2, 1)
        or (1, 1, 1); ``x[i + 1] - x[i]``. Never divided by anything.
    border : {"reflect", "edge", "zero", "skip"}
        What lies beyond the picture: its mirror image about the border pixel
        (so a centred gradient is 0 across the border), the border pixel, or
        0; "skip" gives pixels no vote whose gradient would read there.
    colour : {"strongest", "strongest-last", "gray", "red", "green", "blue"}
        Which gradient a pixel of several channels uses: that of the channel
        where it is longest (of equal ones the first, or the last), of the
        luma (Rec. 601), or of one channel. OpenCV reads blue before red: of
        red, green and blue it uses the last.
    vote : {"magnitude", "square", "sqrt", "clipped"}
        What a pixel gives: the gradient's length, a function of it, or at
        most `vote_limit`.
    vote_limit : float
        The most that a "clipped" vote counts, in units of the picture's values.
    bin_origin : {"edge", "centre"}
        Whether the first bin begins at 0 degrees, or has its centre there.
    arithmetic : {"exact", "opencv"}
        Whether `gamma` of whole numbers is computed in float64 and angles to
        float32's rounding, or as OpenCV does: roots in float32, and angles for
        `interpolate_orientation` by a polynomial whose error of up to 0.01
        degrees moves a few ten-thousandths of a vote to the next bin.
    interpolation_scope : {"block", "grid"}
        Whether `interpolate_space` shares votes among the cells of a block
        only, or among those of the whole picture. "grid" excludes a window.
    window_unit : {"side", "mean"}
        Whether `window_sigma` is in units of the block's height along rows
        and its width along columns, or of the mean of both. OpenCV: "mean".
    window_centre : {"middle", "pixel"}
        Whether the window's centre is the middle of the block, or the centre
        of the pixel right of and below it, as in OpenCV.
    cell_value : {"mean", "sum"}
        Whether a cell holds the votes divided by its pixels, or their sum.
        scikit-image: "mean"; OpenCV: "sum".
    epsilon_rule : {"quadrature", "added", "per-value"}
        How `epsilon` is added to an L2 norm: ``sqrt(sum of squares + epsilon**2)``;
        ``norm + epsilon``; or ``norm + epsilon * n`` for a block of n values.
        L1 norms know only the last two. OpenCV: "per-value".
    second_epsilon : float or None
        The epsilon of the second normalisation of "l2-hys", never multiplied
        by n; None for `epsilon` again. OpenCV: 0.001.
    order : {"row", "column"}
        Whether blocks, and the cells of a block, are listed row by row, or
        column by column. OpenCV: "column".
    layout : {"blocks", "felzenszwalb", "vlfeat"}
        What the vector holds: normalised blocks; or, of each cell, four
        normalisations by the cells around it: summed up to ``3 * bins + 4``
        values (signed bins, unsigned bins, and one sum of each
        normalisation), without the outermost cells; or as they are, ``4 * bins``
        values. These two ignore block, block_stride, signed, norm,
        epsilon_rule, second_epsilon and the window; cells are as many as
        fit the picture best, rounded.
    fit : {"stretch", "crop", "pad"}
        How a picture of another shape comes to the size of the others, before
        anything else: all of it is stretched; or the largest part in its
        middle is used that has the size's proportion; or it is made to fit
        inside, and its border pixels are repeated around it, so that its
        border is no edge.

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
    gamma: str | float = "none"
    norm: str = "l2-hys"
    clip: float = 0.2
    epsilon: float = 1e-5
    interpolate_orientation: bool = True
    interpolate_space: bool = True
    window_sigma: float | tuple[float, float] | None = 0.5
    gradient: str = "centred"
    border: str = "reflect"
    colour: str = "strongest"
    vote: str = "magnitude"
    vote_limit: float = 64.0
    bin_origin: str = "edge"
    arithmetic: str = "exact"
    interpolation_scope: str = "block"
    window_unit: str = "side"
    window_centre: str = "middle"
    cell_value: str = "mean"
    epsilon_rule: str = "quadrature"
    second_epsilon: float | None = None
    order: str = "row"
    layout: str = "blocks"
    fit: str = "stretch"

    def __post_init__(self) -> None:
        for name in ("cell", "block", "block_stride"):
            object.__setattr__(self, name, pair(name, getattr(self, name)))
        for name in ("signed", "interpolate_orientation", "interpolate_space"):
            object.__setattr__(self, name, flag(name, getattr(self, name)))
        object.__setattr__(self, "bins", count("bins", self.bins))
        for name, known in WORDS.items():
            one_of(name, getattr(self, name), known)
        for name in ("clip", "epsilon", "vote_limit"):
            object.__setattr__(self, name, positive(name, getattr(self, name)))
        object.__setattr__(self, "gamma", power("gamma", self.gamma, GAMMAS))
        object.__setattr__(self, "window_sigma", sigma("window_sigma", self.window_sigma))
        if self.second_epsilon is not None:
            again = positive("second_epsilon", self.second_epsilon)
            object.__setattr__(self, "second_epsilon", again)
        self._refuse_contradictions()

    def _refuse_contradictions(self) -> None:
        if self.interpolation_scope == "grid" and self.window_sigma is not None:
            raise EdgewiseError(
                "a window weights the pixels of a block, and interpolation_scope grid shares "
                "votes between blocks; use window_sigma none, or interpolation_scope block"
            )
        if self.layout != "blocks" and self.interpolation_scope != "grid":
            raise EdgewiseError(f"the layout {self.layout} needs interpolation_scope grid")

    @classmethod
    def preset(cls, name: str, **changes: Any) -> "HogConfig":
        """Return named settings, with changes.

        Parameters
        ----------
        name : {"dalal-triggs", "skimage", "opencv", "felzenszwalb", "vlfeat"}
            The paper's settings, those of ``skimage.feature.hog``, of
            ``cv2.HOGDescriptor``, of Felzenszwalb et al. as in dlib, or of
            ``vl_hog``'s variant after Dalal and Triggs.
        **changes
            Fields that differ from the preset.

        Raises
        ------
        EdgewiseError
            If there is no such preset or field, or a value makes no sense.
        """
        from .presets import PRESETS

        if name not in PRESETS:
            raise EdgewiseError(f'no HoG preset "{name}"{hint(name, PRESETS)}')
        return PRESETS[name].replace(**changes)

    def replace(self, **changes: Any) -> "HogConfig":
        """Return the settings with some fields changed."""
        known = [field.name for field in fields(self)]
        for name in changes:
            if name not in known:
                raise EdgewiseError(f'no HoG setting "{name}"{hint(name, known)}')
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
        return sizes.least(self)

    def nearest_sizes(self, rows: int, columns: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return the nearest sizes of pictures that cells and blocks fill to the last pixel.

        Returns
        -------
        (int, int), (int, int)
            Rows and columns, at most as large as asked for and at least as
            large; the least size where the picture is smaller.
        """
        return sizes.nearest(self, rows, columns)

    def grid(self, rows: int, columns: int) -> tuple[int, int, int, int]:
        """Return how many cells and blocks fit into a picture.

        Pixels beyond the last whole cell, and cells beyond the last whole
        block, are not part of the vector.

        Returns
        -------
        cell_rows, cell_columns, block_rows, block_columns : int
            In a layout by cell, cells count as blocks.

        Raises
        ------
        EdgewiseError
            If not even one block fits.
        """
        return sizes.grid(self, rows, columns)

    def length(self, rows: int, columns: int) -> int:
        """Return the length of the vector of a picture of any number of channels."""
        _, _, block_rows, block_columns = self.grid(rows, columns)
        return block_rows * block_columns * self.values_a_block

    @property
    def values_a_block(self) -> int:
        """Values of a block, or of a cell in a layout by cell."""
        if self.layout == "felzenszwalb":
            return 3 * self.bins + 4
        if self.layout == "vlfeat":
            return 4 * self.bins
        return self.block[0] * self.block[1] * self.bins
