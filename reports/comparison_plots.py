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
    sizes = [count for count, _, _ in sides[0][1].curve]
    return _drawn(sides, [np.array(sizes, float)] * len(sides), "training pictures", _counted)


def time_curves(sides: Sequence[tuple[str, Side]]) -> str:
    """Draw accuracy against the seconds that the training took."""
    seconds = [
        np.array([max(facts["training_seconds"], 1e-3) for _, facts, _ in side.curve])
        for _, side in sides
    ]
    return _drawn(sides, seconds, "seconds of training", _seconds)


def _drawn(sides, places: list[np.ndarray], x: str, named) -> str:
    found = [[answers.evaluation for _, _, answers in side.curve] for _, side in sides]
    shares = [np.array([one.accuracy for one in own]) for own in found]
    ends = [np.array([one.interval for one in own]) for own in found]
    bottom, top, y_ticks = accuracy_axis(
        min(float(own.min()) for own in ends), max(float(own.max()) for own in ends)
    )
    along, x_ticks = logarithmic_axis(np.concatenate(places), named)

    def up(values: np.ndarray) -> np.ndarray:
        return (values - bottom) / (top - bottom)

    lines = [
        Line(
            along(place) + APART * number, up(share), name, True,
            up(own[:, 0]), up(own[:, 1]),
        )
        for number, ((name, _), place, share, own) in enumerate(
            zip(sides, places, shares, ends, strict=True)
        )
    ]  # fmt: skip
    shown = plot(lines, x=x, y="share named rightly", ticks=x_ticks, y_ticks=y_ticks)
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


def logarithmic_axis(values: np.ndarray, named) -> tuple:
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
    return along, [(float(along(np.array([one]))[0]), named(float(one))) for one in shown]


def _counted(value: float) -> str:
    return f"{value:,.0f}"


def _seconds(value: float) -> str:
    return f"{value:.2g}" if value < 100 else f"{value:,.0f}"
