"""HoG settings that suit a picture size, for whoever gives none.

How they were found: a logistic regression on HoG of the first 50,000 training
pictures of MNIST and Fashion-MNIST, judged on the last 10,000; the test sets
took no part. docs/training.md has the table.
"""

from ..features.config import HogConfig
from ..images.dataset import Dataset
from ..images.errors import EdgewiseError

# Cells along the shorter side: finer cells cost more memory than they gain.
CELLS_ACROSS = 8


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


def first_size(dataset: Dataset) -> tuple[int, int]:
    """Return rows and columns of the first picture of a data set that can be read.

    Raises
    ------
    EdgewiseError
        If none can be read.
    """
    if dataset.array is not None:
        return dataset.array.shape[1], dataset.array.shape[2]
    problem: EdgewiseError | None = None
    for i in range(len(dataset)):
        try:
            rows, columns = dataset.read(i).shape[:2]
        except EdgewiseError as error:
            problem = problem or error
        else:
            return rows, columns
    raise EdgewiseError(f"no picture can be read; the first: {problem}")
