"""One kernel as a picture: its weights beside its frequency response."""

import numpy as np

from ..filters.kernel_facts import DIRECTIONS, frequency_response, kernel_facts
from .figures import FAINT, INK, PALETTE, figure, render, subplots, verbatim

# Weights of larger kernels are colours only: numbers would not fit the squares.
MOST_NUMBERS = 9
WAVES = np.linspace(-0.5, 0.5, 129)


def kernel_picture(weights: np.ndarray, name: str) -> np.ndarray:
    """Draw a kernel.

    Parameters
    ----------
    weights : ndarray of float32, (K, L)
    name : str
        How the kernel is called in the title.

    Returns
    -------
    ndarray, (H, W, 3) uint8
        The weights, blue above 0 and red below; by how much waves of all
        directions are scaled, from 0 (black) to the most (white); and the same
        as curves along x, y and the diagonal.
    """
    facts = kernel_facts(weights)
    page = figure(12, 4.4)
    axes = subplots(page, 1, 3)[0]
    total = 0 if facts["zero_sum"] else facts["sum"]
    page.suptitle(
        verbatim(f"{name}   {facts['rows']} x {facts['columns']}, sum {total:g}, ")
        + f"rank {facts['rank']}",
        color=INK,
    )
    _draw_weights(axes[0], weights)
    _draw_response(axes[1], weights)
    _draw_curves(axes[2], weights)
    return render(page)


def _draw_weights(axis, weights: np.ndarray) -> None:
    most = float(np.abs(weights).max()) or 1.0
    axis.imshow(weights, cmap="RdBu", vmin=-most, vmax=most, interpolation="nearest")
    axis.set_title("weights")
    axis.grid(visible=False)
    axis.set_xticks([])
    axis.set_yticks([])
    if max(weights.shape) > MOST_NUMBERS:
        return
    for (i, j), weight in np.ndenumerate(weights):
        colour = "white" if abs(weight) > 0.6 * most else INK
        axis.text(j, i, f"{weight:.3g}", ha="center", va="center", color=colour, fontsize=8)


def _draw_response(axis, weights: np.ndarray) -> None:
    response = frequency_response(weights, WAVES[:, None], WAVES[None])
    axis.imshow(response, cmap="gray", vmin=0, extent=(-0.5, 0.5, 0.5, -0.5))
    axis.set_title(f"frequency response, 0 to {response.max():.3g}")
    axis.grid(visible=False)
    axis.set_xlabel("cycles per pixel along x", color=FAINT)
    axis.set_ylabel("along y", color=FAINT)


def _draw_curves(axis, weights: np.ndarray) -> None:
    waves = WAVES[WAVES >= 0]
    styles = ("-", "--", ":")
    for (name, (down, across)), colour, style in zip(
        DIRECTIONS.items(), PALETTE, styles, strict=False
    ):
        response = frequency_response(weights, down * waves, across * waves)
        axis.plot(waves, response, style, color=colour, label=name, linewidth=2)
    axis.set_ylim(bottom=0)
    axis.set_title("along x, y and the diagonal")
    axis.set_xlabel("cycles per pixel", color=FAINT)
    axis.legend(frameon=False)
