"""What training makes small."""

import numpy as np


# Scores that have grown beyond all bounds give a loss that is no number, which
# whoever trains looks at; a warning would only come before the sentence.
@np.errstate(over="ignore", invalid="ignore")
def softmax_cross_entropy(
    scores: np.ndarray, labels: np.ndarray, *, smoothing: float = 0.0
) -> tuple[float, np.ndarray]:
    """Return how surprised a classifier is by the truth, and the gradient.

    Parameters
    ----------
    scores : ndarray, (N, classes)
        Before the softmax.
    labels : ndarray of int, (N,)
    smoothing : float, 0 <= smoothing < 1
        Share of the truth that is spread evenly over all classes (Szegedy et
        al. 2016).

    Returns
    -------
    loss : float
        Mean over the batch of ``-sum(truth * log(softmax(scores)))``, in nats.
    dscores : ndarray, (N, classes)

    Notes
    -----
    As PyTorch's ``cross_entropy``.
    """
    count, classes = scores.shape
    shifted = scores - scores.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    sums = powers.sum(axis=1, keepdims=True)
    own = (np.arange(count), labels)
    log_sums = np.log(sums[:, 0])
    loss = (1 - smoothing) * (log_sums - shifted[own])
    if smoothing:
        loss += smoothing * (log_sums - shifted.mean(axis=1))
    gradient = powers / sums
    gradient -= scores.dtype.type(smoothing / classes)
    gradient[own] -= scores.dtype.type(1 - smoothing)
    gradient *= scores.dtype.type(1 / count)
    return float(loss.mean(dtype=np.float64)), gradient


def mean_squared_error(y: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean of the squared differences, and the gradient.

    Parameters
    ----------
    y, target : ndarray
        Of one shape.

    Returns
    -------
    loss : float
    dy : ndarray
        Shaped as y.

    Notes
    -----
    As PyTorch's ``mse_loss``: the mean is over all numbers.
    """
    difference = y - target
    return float(np.mean(difference**2, dtype=np.float64)), difference * y.dtype.type(2 / y.size)
