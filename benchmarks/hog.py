"""HoG of one picture against scikit-image (9 bins, 8x8 cells, 3x3 blocks, L2-Hys)."""

import numpy as np
from skimage.feature import hog as skimage_hog

from edgewise import hog

from .timing import Row, compare


def run(repeat: int) -> list[Row]:
    """Time 512x512 and 12 megapixels, gray."""
    rng = np.random.default_rng(0)
    rows = []
    for shape in ((512, 512), (3000, 4000)):
        image = rng.integers(0, 256, shape, np.uint8)
        name = f"{shape[1]}x{shape[0]} gray, skimage preset"
        peers = {"scikit-image": lambda image=image: skimage_hog(image)}
        few = repeat if shape[0] < 1000 else 3
        rows += compare(name, lambda image=image: hog(image, "skimage"), peers, few)
    return rows
