"""The confusion matrix as a picture."""

import numpy as np

from ..models.evaluation import Evaluation
from .figures import INK, PAPER, figure, render, subplots, verbatim

# More classes than this, and numbers in the cells cannot be read.
MOST_NUMBERED = 30


def confusion_picture(found: Evaluation) -> np.ndarray:
    """Draw a confusion matrix: a row for the truth, a column for the answer.

    Parameters
    ----------
    found : Evaluation

    Returns
    -------
    ndarray, (H, W, 3) uint8
        A cell is as dark as its share of its row; its number is the count.
    """
    from matplotlib.colors import LinearSegmentedColormap

    count = len(found.classes)
    side = min(max(0.55 * count, 3.2), 16)
    page = figure(side + 1.8, side + 1.6, dpi=100)
    axes = subplots(page, 1, 1)[0, 0]
    shares = found.confusion / np.maximum(found.support, 1)[:, None]
    colours = LinearSegmentedColormap.from_list("shares", [PAPER, "#2f5d8a"])
    axes.imshow(shares, cmap=colours, vmin=0, vmax=1)
    if count <= MOST_NUMBERED:
        for row, column in np.argwhere(found.confusion):
            colour = PAPER if shares[row, column] > 0.5 else INK
            number = f"{found.confusion[row, column]:,}"
            axes.text(column, row, number, ha="center", va="center", color=colour, fontsize=9)
    ticks, names = range(count), [verbatim(name) for name in found.classes]
    axes.set_xticks(ticks, names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(ticks, names)
    axes.set(xlabel="answer", ylabel="truth")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_title(f"{found.accuracy:.1%} of {found.count:,} pictures named rightly", loc="left")
    return render(page)
