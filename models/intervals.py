"""How sure measured shares are."""

import math

import numpy as np

Z_95 = 1.959963984540054  # of the normal distribution: 95 % lie within


def wilson(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of `count`, by Wilson (1927)."""
    n, p, z = count, share, Z_95
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At the ends they meet exactly; rounding would leave 1 - 1e-16.
    return (max(0.0, centre - half) if p else 0.0), (min(1.0, centre + half) if p < 1 else 1.0)


def mean_interval(shares: np.ndarray, counts: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval of the mean of independent shares.

    Their Wilson intervals are put together by the squares of their arms
    (MOVER; Zou and Donner 2008, https://doi.org/10.1002/sim.3095).
    """
    lows, highs = np.array(
        [wilson(float(p), int(n)) for p, n in zip(shares, counts, strict=True)]
    ).T
    mean = float(shares.mean())
    below, above = math.dist(shares, lows), math.dist(highs, shares)
    return max(0.0, mean - below / len(shares)), min(1.0, mean + above / len(shares))
