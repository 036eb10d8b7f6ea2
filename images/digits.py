"""The 1,797 handwritten digits that scikit-learn brings along."""

import numpy as np


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """Return the pictures, (1797, 8, 8) uint8 from 0 to 240, and the labels, 0 to 9.

    The Optical Recognition of Handwritten Digits data set (Alpaydin and
    Kaynak, 1998, UCI repository), whose 17 gray levels are spread by 15.
    """
    from sklearn.datasets import load_digits as load

    values, labels = load(return_X_y=True)
    return (np.asarray(values).reshape(-1, 8, 8) * 15).astype(np.uint8), np.asarray(labels)
