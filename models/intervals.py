"""How sure measured shares are."""

import math

import numpy as np

Z_95 = 1.959963984540054  # of the normal distribution: 95 % lie within


def wilson(share: float, count: float) -> tuple[float, float]:
    """Return the 95 % interval of a share of `count`, by Wilson (1927)."""
    n, p, z = count, share, Z_95
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At the ends they meet exactly; rounding would leave 1 - 1e-16.
    return (max(0.0, centre - half) if p else 0.0), (min(1.0, centre + half) if p < 1 else 1.0)


def mean_interval(shares: np.ndarray, counts: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval of the mean of independent shares.

    Wilson's, of as many pictures in one group as would make the mean as sure as
    it is: the effective sample size of surveys (Franco et al. 2019,
    https://pmc.ncbi.nlm.nih.gov/articles/PMC6690503). How sure it is, is taken from the
    shares with half a picture more on either side (Krichevsky and Trofimov
    1981), so that a class without mistakes is not taken for certain.

    Parameters
    ----------
    shares : ndarray, (n,)
    counts : ndarray of int, (n,)
        Of what they are shares; each above 0.
    """
    likely = (shares * counts + 0.5) / (counts + 1)
    variance = float(np.sum(likely * (1 - likely) / counts)) / len(shares) ** 2
    mean = float(likely.mean())
    return wilson(float(shares.mean()), mean * (1 - mean) / variance)
