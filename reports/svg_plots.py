"""Small line plots as SVG text, in the colours of the page they stand on."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

SIDE, LEFT, BOTTOM, TOP = 260, 44, 38, 10
# So far, in pixels, a drawn line may be from the points it stands for.
CLOSE = 0.2
# As many colours as the page has; further lines have them again, dashed.
COLOURS = 8
MOST_LINES = 2 * COLOURS


@dataclass(frozen=True, eq=False)
class Line:
    """Points of a plot, (n,) each, from 0 to 1 on both axes.

    Where `low` and `high` are given, a bar through each point goes from one to
    the other.
    """

    x: np.ndarray
    y: np.ndarray
    name: str = ""
    dots: bool = False
    low: np.ndarray | None = None
    high: np.ndarray | None = None


# Where ticks stand, from 0 to 1, and what is written there.
Ticks = Sequence[tuple[float, str]]
EVEN: Ticks = tuple((tick, f"{tick:g}") for tick in (0, 0.25, 0.5, 0.75, 1))


def plot(
    lines: Sequence[Line],
    *,
    x: str,
    y: str,
    diagonal: bool = False,
    ticks: Ticks = EVEN,
    y_ticks: Ticks | None = None,
) -> str:
    """Draw lines in a square whose axes go from 0 to 1; `legend` says what they are.

    Parameters
    ----------
    lines : sequence of Line
        At most `MOST_LINES` look different. Named ones show their name where
        the mouse rests on them.
    x, y : str
        What the axes are.
    diagonal : bool
        Whether to draw what chance, or perfect calibration, would give.
    ticks : sequence of (float, str)
        Of both axes, or of the x-axis where `y_ticks` are given.
    """
    parts = [_axis(x, y, ticks, ticks if y_ticks is None else y_ticks)]
    if diagonal:
        parts.append(f'<line class="chance" {_ends(0, 0, 1, 1)}/>')
    parts += [_line(line, number) for number, line in enumerate(lines)]
    size = f"0 0 {LEFT + SIDE + 12} {TOP + SIDE + BOTTOM}"
    return f'<svg viewBox="{size}" role="img">{"".join(parts)}</svg>'


def _place(x: float, y: float) -> tuple[str, str]:
    return f"{LEFT + SIDE * x:.1f}", f"{TOP + SIDE * (1 - y):.1f}"


def _ends(x1: float, y1: float, x2: float, y2: float) -> str:
    (a, b), (c, d) = _place(x1, y1), _place(x2, y2)
    return f'x1="{a}" y1="{b}" x2="{c}" y2="{d}"'


def _axis(x: str, y: str, x_ticks: Ticks, y_ticks: Ticks) -> str:
    parts = []
    for tick, label in x_ticks:
        across, _ = _place(tick, 0)
        parts.append(f'<line class="grid" {_ends(tick, 0, tick, 1)}/>')
        parts.append(f'<text x="{across}" y="{TOP + SIDE + 14}" class="middle">{label}</text>')
    for tick, label in y_ticks:
        _, up = _place(0, tick)
        parts.append(f'<line class="grid" {_ends(0, tick, 1, tick)}/>')
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


def _line(line: Line, number: int) -> str:
    if not len(line.x):
        return ""
    points = np.stack([LEFT + SIDE * line.x, TOP + SIDE * (1 - line.y)], axis=1)
    drawn = [(f"{across:.1f}", f"{up:.1f}") for across, up in points[simplified(points)]]
    title = f"<title>{escape(line.name)}</title>" if line.name else ""
    places = " ".join(map(",".join, drawn))
    text = f'<polyline class="{_look(number)}" points="{places}">{title}</polyline>'
    if line.dots:
        colour = f"d{number % COLOURS}"
        text += "".join(f'<circle class="{colour}" cx="{a}" cy="{b}" r="3"/>' for a, b in drawn)
    return text + _bars(line, number)


def _bars(line: Line, number: int) -> str:
    if line.low is None or line.high is None:
        return ""
    ends = zip(line.x.tolist(), line.low.tolist(), line.high.tolist(), strict=True)
    look = _look(number)
    return "".join(f'<line class="{look}" {_ends(x, low, x, high)}/>' for x, low, high in ends)


def _look(number: int) -> str:
    """Return the classes of a line's colour, and of its dashes."""
    return f"c{number % COLOURS}" + (" dashed" if number >= COLOURS else "")


def legend(names: Sequence[str], *, chance: bool = False) -> str:
    """Return a list of what lines stand for, in the order in which `plot` draws them.

    Parameters
    ----------
    names : sequence of str
    chance : bool
        Whether the diagonal is told too, as what guessing gives.
    """
    looks = [_look(number) for number in range(len(names))] + ["chance"] * chance
    keys = [f'<svg viewBox="0 0 24 8"><path class="{look}" d="M0 4H24"/></svg>' for look in looks]
    words = [escape(name) for name in [*names, *["guessing"] * chance]]
    items = "".join(f"<li>{key}{word}</li>" for key, word in zip(keys, words, strict=True))
    return f'<ul class="legend">{items}</ul>'


def simplified(points: np.ndarray, within: float = CLOSE) -> np.ndarray:
    """Return the places of those points that draw a line as all of them do.

    Ramer (1972), Douglas and Peucker (1973): of the points between two, the
    farthest from the straight line is kept, until none is farther than `within`.

    Parameters
    ----------
    points : ndarray, (n, 2)
    within : float

    Returns
    -------
    ndarray of int
        Ascending; with the first and the last place.
    """
    kept = np.zeros(len(points), bool)
    kept[[0, -1]] = True
    pending = [(0, len(points) - 1)]
    while pending:
        first, last = pending.pop()
        if last - first < 2:
            continue
        distances = _distances(points[first + 1 : last], points[first], points[last])
        if distances.max() > within:
            place = first + 1 + int(distances.argmax())
            kept[place] = True
            pending += [(first, place), (place, last)]
    return np.flatnonzero(kept)


def _distances(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return how far points are from the line between two."""
    way = end - start
    along = (points - start) @ way / max(float(way @ way), 1e-12)
    nearest = start + np.clip(along, 0, 1)[:, None] * way
    return np.hypot(*(points - nearest).T)
