"""HoG settings that suit a picture size, for whoever gives none.

How they were found: a logistic regression on HoG of the first 50,000 training
pictures of MNIST and Fashion-MNIST, judged on the last 10,000; the test sets
took no part. docs/training.md has the table.
"""

from ..features.config import HogConfig
from ..images.dataset import Dataset
from ..images.errors import EdgewiseError
from .linear_features import Features, Joined, Pixels

# Cells along the shorter side: finer cells cost more memory than they gain.
CELLS_ACROSS = 8

# Means of pixels vary more than values of HoG do.
COLOUR_SCALE = 0.3


def default_config(size: tuple[int, int]) -> HogConfig:
    """Return the HoG settings for pictures of a size.

    Parameters
    ----------
    size : (int, int)
        Rows and columns.

    Returns
    -------
    HogConfig
        The paper's, with about eight cells along the shorter side and 18
        signed bins: pictures of things have a light and a dark side, and
        unlike people in a street it tells much about them.
    """
    cell = max(2, round(min(size) / CELLS_ACROSS))
    return HogConfig(cell=(cell, cell), bins=18, signed=True)


def default_features(size: tuple[int, int], channels: int) -> Features:
    """Return what describes pictures of a size to a linear model, unless it is told.

    Parameters
    ----------
    size : (int, int)
        Rows and columns.
    channels : int
        3 for colour.

    Returns
    -------
    HogConfig or Joined
        HoG at three scales, cells of an eighth, a fourth and a half of the
        shorter side, and 8x8 means of the pixels where there is colour, which
        HoG does not see. One scale where the picture is too small for three.
    """
    side = min(size)
    if side < 2 * CELLS_ACROSS:
        return default_config(size)
    fine = default_config(size).replace(bins=12)
    middle = default_config(size).replace(cell=side // 4)
    coarse = default_config(size).replace(cell=side // 2, block=1)
    colours = () if channels == 1 else (Pixels((8, 8), channels, COLOUR_SCALE),)
    return Joined((fine, middle, coarse, *colours))


def first_size(dataset: Dataset) -> tuple[int, int]:
    """Return rows and columns of the first picture of a data set that can be read.

    Raises
    ------
    EdgewiseError
        If none can be read.
    """
    return first_picture(dataset)[:2]


def first_picture(dataset: Dataset) -> tuple[int, int, int]:
    """Return rows, columns and 1 or, of a coloured one, 3 of the first that can be read.

    Raises
    ------
    EdgewiseError
        If none can be read.
    """
    if dataset.array is not None:
        return dataset.array.shape[1], dataset.array.shape[2], 1
    problem: EdgewiseError | None = None
    for i in range(len(dataset)):
        try:
            shape = dataset.read(i).shape
        except EdgewiseError as error:
            problem = problem or error
        else:
            # Two channels are gray with alpha.
            return shape[0], shape[1], 3 if len(shape) == 3 and shape[2] > 2 else 1
    raise EdgewiseError(f"no picture can be read; the first: {problem}")
