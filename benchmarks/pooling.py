"""2x2 max pooling of 12 megapixels.

NumPy's is the reshape trick; both peers keep uint8, which is less to write
than our float32.
"""

import numpy as np
from skimage.measure import block_reduce

from edgewise import pool

from .timing import Row, compare


def run(repeat: int) -> list[Row]:
    """Time gray and RGB."""
    rng = np.random.default_rng(0)
    rows = []
    for shape in ((3000, 4000), (3000, 4000, 3)):
        image = rng.integers(0, 256, shape, np.uint8)
        blocks = image.reshape(1500, 2, 2000, 2, *shape[2:])
        peers = {
            "NumPy": lambda blocks=blocks: blocks.max(axis=(1, 3)),
            "NumPy, pairs of slices": lambda image=image: _by_slices(image),
            "scikit-image": lambda image=image: block_reduce(
                image, (2, 2, 1)[: image.ndim], np.max
            ),
        }
        name = f"2x2 maximum, {'gray' if len(shape) == 2 else 'RGB'}"
        rows += compare(name, lambda image=image: pool(image, 2), peers, min(repeat, 5))
    return rows


def _by_slices(image: np.ndarray) -> np.ndarray:
    above = np.maximum(image[::2, ::2], image[::2, 1::2])
    below = np.maximum(image[1::2, ::2], image[1::2, 1::2])
    return np.maximum(above, below)
