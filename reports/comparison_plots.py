"""Learning curves of two models, as plots of a page."""

import math
from collections.abc import Sequence

import numpy as np

from ..models.comparison.result import Side
from .svg_plots import Line, Ticks, legend, plot

# Of these the widest that leaves three ticks or more.
STEPS = (0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
# Points stand no nearer to the sides than this share of the axis.
MARGIN = 0.06
# Curves of different models stand beside each other by this much, so that their bars do.
APART = 0.012


def learning_curves(sides: Sequence[tuple[str, Side]]) -> str:
    """Draw accuracy with its 95 % interval against the number of pictures learned from."""
    sizes = np.array([point.count for point in sides[0][1].curve], float)
    ends = [np.array([point.interval for point in side.curve]) for _, side in sides]
    bottom, top, y_ticks = accuracy_axis(float(np.min(ends)), float(np.max(ends)))
    along, x_ticks = logarithmic_axis(sizes)

    def up(values: np.ndarray) -> np.ndarray:
        return (values - bottom) / (top - bottom)

    lines = []
    for number, ((name, side), own) in enumerate(zip(sides, ends, strict=True)):
        share = np.array([point.accuracy for point in side.curve])
        place = along(sizes) + APART * number
        lines.append(Line(place, up(share), name, True, up(own[:, 0]), up(own[:, 1])))
    shown = plot(
        lines, x="training pictures", y="share named rightly", ticks=x_ticks, y_ticks=y_ticks
    )
    return shown + legend([name for name, _ in sides])


def accuracy_axis(low: float, high: float) -> tuple[float, float, Ticks]:
    """Return the ends of an axis that holds shares from low to high, and its ticks."""
    step = next(
        (step for step in STEPS if math.floor(high / step) - math.ceil(low / step) >= 2), STEPS[-1]
    )
    bottom = max(0.0, step * math.floor(low / step))
    top = min(1.0, step * math.ceil(high / step))
    if bottom == top:
        bottom, top = (bottom, bottom + step) if bottom + step <= 1 else (top - step, top)
    count = round((top - bottom) / step)
    ticks = [(k / count, f"{bottom + k * step:.3g}") for k in range(count + 1)]
    return bottom, top, ticks


def logarithmic_axis(values: np.ndarray) -> tuple:
    """Return what gives values their places on an axis, and ticks at its powers of a number."""
    low, high = math.log(float(values.min())), math.log(float(values.max()))
    wide = max(high - low, 1e-9)

    def along(own: np.ndarray) -> np.ndarray:
        if high - low < 1e-9:
            return np.full(len(own), 0.5)
        return MARGIN + (1 - 2 * MARGIN) * (np.log(own) - low) / wide

    shown = np.unique(values)
    if len(shown) > 6:
        shown = np.exp(np.linspace(low, high, 4))
    return along, [(float(along(np.array([one]))[0]), f"{one:,.0f}") for one in shown]
