"""HoG in NumPy alone, for so little work that loading Numba would take longer.

The same steps as in `loops.py`, on whole arrays. Nothing here goes through
BLAS, whose sums may depend on the number of threads.
"""

import numpy as np

from .layout import Blocks, Votes


def histograms(images: np.ndarray, how: Votes, units: tuple[int, int]) -> np.ndarray:
    """Return the histograms of all units.

    Parameters
    ----------
    images : ndarray, (N, H, W, C)
        Finite: a NaN would reach every unit of its picture.
    how : Votes
    units : (int, int)
        Unit rows and columns.

    Returns
    -------
    ndarray, (N, unit rows, unit columns, cell rows, cell columns, bins) float32
    """
    gx, gy = strongest(*_gradient(images.astype(how.edges.dtype)), last=how.last)
    return histograms_of_fields(np.stack([gx, gy, length(gx, gy)]), how, units)


def length(gx: np.ndarray, gy: np.ndarray) -> np.ndarray:
    """Return the lengths of gradients, float32."""
    x, y = gx.astype(np.float32), gy.astype(np.float32)
    return np.sqrt(x * x + y * y)


def histograms_of_fields(fields: np.ndarray, how: Votes, units: tuple[int, int]) -> np.ndarray:
    """Return the histograms of all units from gradients and what they count, (3, N, H, W)."""
    gx, gy, magnitude = fields[0], fields[1], fields[2].astype(np.float32)
    x, y = gx.astype(np.float32), gy.astype(np.float32)
    position = _angle(x, y, how) if how.soft else _bin(gx, gy, how)
    shares = np.maximum(0, 1 - np.abs(position[..., None] - np.arange(how.bins, dtype=np.float32)))
    if how.soft:
        # Beyond the last bin's centre comes the first bin again.
        shares[..., 0] = np.maximum(shares[..., 0], position - (how.bins - 1))
    by_row = _spread(how.row_weights, units[0], how.step[0], how.origin[0], gx.shape[1])
    by_column = _spread(how.column_weights, units[1], how.step[1], how.origin[1], gx.shape[2])
    votes = np.einsum("irh,nhwb->nirwb", by_row, magnitude[..., None] * shares)
    return np.einsum("jcw,nirwb->nijrcb", by_column, votes)


def _gradient(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    gx, gy = np.zeros_like(images), np.zeros_like(images)
    gx[:, :, 1:-1] = images[:, :, 2:] - images[:, :, :-2]
    gy[:, 1:-1] = images[:, 2:] - images[:, :-2]
    return gx, gy


def strongest(
    gx: np.ndarray, gy: np.ndarray, *, last: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Keep the strongest channel of each pixel, the first or the last of equal ones.

    The last by the squares of lengths, as OpenCV compares them.
    """
    if gx.shape[3] == 1:
        return gx[..., 0], gy[..., 0]
    if last:
        gx, gy = gx[..., ::-1], gy[..., ::-1]
    x, y = gx.astype(np.float64), gy.astype(np.float64)
    strength = x * x + y * y
    strength = (strength if last else np.sqrt(strength)).astype(np.float32)
    best = strength.argmax(axis=3)[..., None]
    x, y = (np.take_along_axis(g, best, axis=3)[..., 0] for g in (gx, gy))
    return x, y


def _bin(gx: np.ndarray, gy: np.ndarray, how: Votes) -> np.ndarray:
    """Count the bin edges that a gradient is at or beyond; see `loops._count_edges`."""
    turned = (gy < 0) | ((gy == 0) & (gx < 0))
    x, y = np.where(turned, -gx, gx), np.where(turned, -gy, gy)
    lower = turned & how.signed
    position = np.zeros(gx.shape, np.float32)
    for cosine, sine, half in how.edges:
        beyond = y * cosine - x * sine >= how.least
        position += (beyond & lower) if half else (beyond | lower)
    return np.where(position >= how.bins, np.float32(0), position)


def _angle(x: np.ndarray, y: np.ndarray, how: Votes) -> np.ndarray:
    """Return where a gradient lies between bin centres, in [0, bins)."""
    circle = 2 * np.pi if how.signed else np.pi
    angle = _arc_tangent(x, y, how)
    position = np.where(angle < 0, angle + np.float32(circle), angle)
    position = position * np.float32(how.bins / circle) - how.first
    return np.where(position < 0, position + np.float32(how.bins), position)


def _arc_tangent(x: np.ndarray, y: np.ndarray, how: Votes) -> np.ndarray:
    """Return the angles of gradients in [-pi, pi], by the polynomial that is set."""
    across, down = np.abs(x), np.abs(y)
    high = np.maximum(across, down)
    t = np.minimum(across, down) / np.where(high > 0, high, np.float32(1))
    angle = t * np.polyval(how.arc_tangent, t * t)
    angle = np.where(down > across, np.float32(np.pi / 2) - angle, angle)
    angle = np.where(x < 0, np.float32(np.pi) - angle, angle)
    return np.where(y < 0, -angle, angle)


def _spread(weights: np.ndarray, units: int, step: int, origin: int, length: int) -> np.ndarray:
    """Return the weight of every picture row in every unit's cell rows, (units, cells, length)."""
    spread = np.zeros((units, len(weights), length), np.float32)
    for i in range(units):
        first = origin + i * step
        low, high = max(first, 0), min(first + weights.shape[1], length)
        spread[i, :, low:high] = weights[:, low - first : high - first]
    return spread


def normalise(histograms: np.ndarray, how: Blocks, grid: tuple[int, int]) -> np.ndarray:
    """Gather the cells of each block and normalise them.

    Returns
    -------
    ndarray, (N, block rows, block columns, block values) float32
    """
    if how.shared:
        rows, columns = (
            np.arange(grid[a])[:, None] * how.stride[a] + np.arange(how.block[a]) for a in (0, 1)
        )
        histograms = histograms[:, rows[:, None, :, None], columns[None, :, None, :], 0, 0]
    values = histograms.reshape(len(histograms), *grid, -1)
    return _normalised(values, how)


def _normalised(values: np.ndarray, how: Blocks) -> np.ndarray:
    """Normalise the last axis: 0 none, 1 L1, 2 L1-sqrt, 3 L2, 4 L2-Hys."""
    if how.norm == 0:
        return values
    if how.norm <= 2:
        values = values / (np.abs(values).sum(axis=-1, keepdims=True) + how.epsilon)
        return np.sqrt(values) if how.norm == 2 else values
    values = _unit_length(values, how.epsilon, how.quadrature)
    if how.norm == 3:
        return values
    return _unit_length(np.minimum(values, how.clip), how.again, how.quadrature)


def _unit_length(values: np.ndarray, epsilon: np.float32, quadrature: bool) -> np.ndarray:
    total = (values * values).sum(axis=-1, keepdims=True)
    if quadrature:
        return values / np.sqrt(total + epsilon * epsilon)
    return values / (np.sqrt(total) + epsilon)
