"""From scores to probabilities."""

import numpy as np


def softmax(scores: np.ndarray) -> np.ndarray:
    """Return the probabilities of scores (N, classes)."""
    # The greatest score is taken off so that exp cannot overflow.
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
