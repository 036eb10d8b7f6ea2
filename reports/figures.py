"""Plots as arrays: one look for all, drawn without a window."""

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PALETTE = ("#2f5d8a", "#d1622b", "#4c8c4a", "#8a5a9e", "#b8912b")
PAPER, INK, FAINT = "#fafaf8", "#1c1e22", "#787c82"

LOOK: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.facecolor": PAPER,
    "axes.edgecolor": "#c4c6c8",
    "axes.labelcolor": INK,
    "axes.titlesize": 13,
    "axes.titlecolor": INK,
    "axes.titlepad": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e5e4",
    "grid.linewidth": 0.8,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "figure.facecolor": PAPER,
}


def figure(width: float, height: float, *, dpi: int = 120) -> "Figure":
    """Return an empty figure of so many inches, with a canvas that draws to memory."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context(LOOK):
        page = Figure(figsize=(width, height), dpi=dpi, layout="constrained", facecolor=PAPER)
    page.get_layout_engine().set(w_pad=0.15, h_pad=0.15)  # type: ignore[union-attr]
    FigureCanvasAgg(page)
    return page


def subplots(page: "Figure", rows: int, columns: int) -> np.ndarray:
    """Return axes (rows, columns) in the look of all plots."""
    from matplotlib import rc_context

    with rc_context(LOOK):
        return page.subplots(rows, columns, squeeze=False)


def verbatim(text: str) -> str:
    """Return a text such that dollars in it are no formulas."""
    return text.replace("$", r"\$")


def render(page: "Figure") -> np.ndarray:
    """Return a figure as pixels.

    Returns
    -------
    ndarray, (H, W, 3) uint8
    """
    from matplotlib import rc_context

    with rc_context(LOOK), warnings.catch_warnings():
        # Letters that the font lacks become boxes, which one sees.
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        page.canvas.draw()
    return np.array(page.canvas.buffer_rgba())[..., :3].copy()  # type: ignore[attr-defined]
