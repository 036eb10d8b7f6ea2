"""Small line plots as SVG text, in the colours of the page they stand on."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

SIDE, LEFT, BOTTOM, TOP = 260, 44, 38, 10
# More points than this cannot be told apart on so small a plot.
MOST_POINTS = 400
COLOURS = 8


@dataclass(frozen=True, eq=False)
class Line:
    """Points of a plot, (n,) each, from 0 to 1 on both axes."""

    x: np.ndarray
    y: np.ndarray
    name: str = ""
    dots: bool = False


# Where ticks stand, from 0 to 1, and what is written there.
Ticks = Sequence[tuple[float, str]]
EVEN: Ticks = tuple((tick, f"{tick:g}") for tick in (0, 0.25, 0.5, 0.75, 1))


def plot(
    lines: Sequence[Line], *, x: str, y: str, diagonal: bool = False, ticks: Ticks = EVEN
) -> str:
    """Draw lines in a square whose axes go from 0 to 1.

    Parameters
    ----------
    lines : sequence of Line
        Named ones show their name where the mouse rests on them.
    x, y : str
        What the axes are.
    diagonal : bool
        Whether to draw what chance, or perfect calibration, would give.
    ticks : sequence of (float, str)
        Of both axes.
    """
    parts = [_axis(x, y, ticks)]
    if diagonal:
        parts.append(f'<line class="chance" {_ends(0, 0, 1, 1)}/>')
    parts += [_line(line, k % COLOURS) for k, line in enumerate(lines)]
    size = f"0 0 {LEFT + SIDE + 12} {TOP + SIDE + BOTTOM}"
    return f'<svg viewBox="{size}" role="img">{"".join(parts)}</svg>'


def _place(x: float, y: float) -> tuple[str, str]:
    return f"{LEFT + SIDE * x:.1f}", f"{TOP + SIDE * (1 - y):.1f}"


def _ends(x1: float, y1: float, x2: float, y2: float) -> str:
    (a, b), (c, d) = _place(x1, y1), _place(x2, y2)
    return f'x1="{a}" y1="{b}" x2="{c}" y2="{d}"'


def _axis(x: str, y: str, ticks: Ticks) -> str:
    parts = []
    for tick, label in ticks:
        parts.append(f'<line class="grid" {_ends(tick, 0, tick, 1)}/>')
        parts.append(f'<line class="grid" {_ends(0, tick, 1, tick)}/>')
        across, up = _place(tick, tick)
        parts.append(f'<text x="{across}" y="{TOP + SIDE + 14}" class="middle">{label}</text>')
        parts.append(f'<text x="{LEFT - 5}" y="{float(up) + 4}" class="end">{label}</text>')
    middle = TOP + SIDE / 2
    parts.append(
        f'<text x="{LEFT + SIDE / 2}" y="{TOP + SIDE + 31}" class="middle">{escape(x)}</text>'
    )
    parts.append(
        f'<text x="12" y="{middle}" class="middle" transform="rotate(-90 12 {middle})">'
        f"{escape(y)}</text>"
    )
    return "".join(parts)


def _line(line: Line, colour: int) -> str:
    points = [_place(float(line.x[i]), float(line.y[i])) for i in _thinned(len(line.x))]
    title = f"<title>{escape(line.name)}</title>" if line.name else ""
    drawn = " ".join(f"{across},{up}" for across, up in points)
    text = f'<polyline class="c{colour}" points="{drawn}">{title}</polyline>'
    if line.dots:
        text += "".join(f'<circle class="d{colour}" cx="{a}" cy="{b}" r="3"/>' for a, b in points)
    return text


def _thinned(count: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).round().astype(int))
