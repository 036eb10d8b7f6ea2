"""Lines of plots: as few points as show what all of them show."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise.reports.svg_plots import CLOSE, Line, legend, plot, simplified


def farthest(points: np.ndarray, drawn: np.ndarray) -> float:
    """Return how far any point is from a line through others, by brute force."""
    starts, ways = drawn[:-1], np.diff(drawn, axis=0)
    lengths = np.maximum((ways**2).sum(axis=1), 1e-12)
    along = ((points[:, None] - starts) * ways).sum(axis=2) / lengths
    nearest = starts + np.clip(along, 0, 1)[..., None] * ways
    return float(np.hypot(*np.moveaxis(points[:, None] - nearest, 2, 0)).min(axis=1).max())


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(2, 300), st.sampled_from(["stairs", "noise", "same"]))
def test_no_point_is_farther_from_the_line_than_allowed(seed, count, kind):
    random = np.random.default_rng(seed)
    steps = {"stairs": random.integers(2, size=(count, 2)), "same": np.zeros((count, 2))}
    points = steps[kind].cumsum(axis=0) if kind in steps else random.random((count, 2)) * 260
    kept = simplified(points.astype(float))
    assert_array_equal(kept[[0, -1]], [0, count - 1])
    assert np.all(np.diff(kept) > 0)
    assert farthest(points, points[kept]) <= CLOSE + 1e-9


def test_one_point_and_two_are_kept():
    assert_array_equal(simplified(np.zeros((1, 2))), [0])
    assert_array_equal(simplified(np.array([[0.0, 0], [1, 1]])), [0, 1])


def test_corners_stay_and_straight_lines_need_no_points():
    # Up, along, and up: 3,000 points, the corners where no even thinning would look.
    y = np.r_[np.linspace(0, 0.731, 1001), np.full(998, 0.731), np.linspace(0.731, 1, 1001)]
    x = np.r_[np.zeros(1001), np.linspace(0, 1, 998), np.ones(1001)]
    shown = plot([Line(x, y)], x="x", y="y")
    points = shown.split('points="')[1].split('"')[0].split()
    places = np.array([[float(n) for n in point.split(",")] for point in points])
    expected = [[44, 270], [44, 270 - 260 * 0.731], [304, 270 - 260 * 0.731], [304, 10]]
    assert_allclose(places, expected, atol=0.06)


def test_lines_beyond_the_colours_are_dashed():
    lines = [Line(np.array([0.0, 1]), np.array([0.0, k / 9]), f"<{k}>") for k in range(10)]
    shown = plot(lines, x="x", y="y")
    told = legend([line.name for line in lines], chance=True)
    for look in [f"c{k}" for k in range(8)] + ["c0 dashed", "c1 dashed"]:
        assert shown.count(f'class="{look}"') == told.count(f'class="{look}"') == 1
    assert told.count("<li>") == 11
    assert "&lt;9&gt;" in told
    assert told.endswith("guessing</li></ul>")


@pytest.mark.parametrize("count", [0, 1])
def test_a_line_of_hardly_any_points(count):
    line = Line(np.zeros(count), np.zeros(count), dots=True)
    assert plot([line], x="x", y="y").count("<circle") == count
