"""Colour times its alpha, and back."""

import numpy as np


def times(colour: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Multiply colour (H, W) or (H, W, C) by alpha (H, W) from 0 to 1."""
    return np.ascontiguousarray((colour.T * share.T).T)


def over(values: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Divide by alpha; what is invisible becomes 0."""
    visible = np.where(share > 0, share, 1)
    return np.ascontiguousarray(np.where((share > 0).T, values.T / visible.T, 0).T)
