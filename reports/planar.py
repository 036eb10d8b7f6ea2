"""Points in the plane, of two classes that no straight line parts."""

from collections.abc import Callable

import numpy as np

Points = tuple[np.ndarray, np.ndarray]

# Corners of the triangle that three half-planes have in common.
TRIANGLE = np.array([[-1.25, -0.95], [1.25, -0.95], [0.0, 1.2]])


def moons(count: int, random: np.random.Generator) -> Points:
    """Return points (count, 2) float32 on two interlocked half circles, and classes (count,)."""
    classes = np.arange(count) % 2
    angle = random.uniform(0, np.pi, count)
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
    points = np.where(classes[:, None], -upper, upper)
    return _noisy(points, 0.1, random), classes


def rings(count: int, random: np.random.Generator) -> Points:
    """Return points (count, 2) float32 on two circles, one in the other, and classes (count,)."""
    classes = np.arange(count) % 2
    angle = random.uniform(0, 2 * np.pi, count)
    radius = np.where(classes, 1.2, 0.5)
    points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _noisy(points, 0.1, random), classes


def spiral(count: int, random: np.random.Generator) -> Points:
    """Return points (count, 2) float32 on two arms of a spiral, and classes (count,)."""
    classes = np.arange(count) % 2
    radius = np.sqrt(random.uniform(0.03, 1, count))
    angle = 1.5 * 2 * np.pi * radius + np.pi * classes
    points = 1.5 * radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _noisy(points, 0.03, random), classes


def triangle(count: int, random: np.random.Generator) -> Points:
    """Return points (count, 2) float32 in a square, of class 1 inside a triangle, else 0."""
    points = random.uniform(-1.6, 1.6, (count, 2)).astype(np.float32)
    weight, bias = half_planes(TRIANGLE)
    return points, np.all(points @ weight.T + bias > 0, axis=1).astype(np.int64)


def half_planes(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the half-planes whose common part is a convex polygon.

    Parameters
    ----------
    corners : ndarray, (n, 2)
        Counter-clockwise.

    Returns
    -------
    weight : ndarray, (n, 2)
        Normals of length 1, pointing inwards.
    bias : ndarray, (n,)
        A point x is inside where ``weight @ x + bias > 0`` in all rows.
    """
    along = np.roll(corners, -1, axis=0) - corners
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    return normal, -(normal * corners).sum(axis=1)


def _noisy(points: np.ndarray, deviation: float, random: np.random.Generator) -> np.ndarray:
    return (points + random.normal(0, deviation, points.shape)).astype(np.float32)


POINT_SETS: dict[str, Callable[[int, np.random.Generator], Points]] = {
    "moons": moons,
    "rings": rings,
    "spiral": spiral,
    "triangle": triangle,
}
