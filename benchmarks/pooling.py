"""Maximum and average pooling of 12 megapixels, 2x2 and 3x3 with stride 2.

Ours reads uint8 and writes float32. PyTorch, left out where it is not installed, gets
float32, each channel by itself; scikit-image's blocks and windows keep
uint8 for the maximum. NumPy's are shifted slices.
"""

import numpy as np
from skimage.measure import block_reduce
from skimage.util import view_as_windows

from edgewise import pool

from .timing import Row, compare


def run(repeat: int) -> list[Row]:
    """Time both kinds and both windows, gray and RGB."""
    rng = np.random.default_rng(0)
    rows = []
    for shape in ((3000, 4000), (3000, 4000, 3)):
        image = rng.integers(0, 256, shape, np.uint8)
        colour = "gray" if len(shape) == 2 else "RGB"
        for kind in ("max", "average"):
            for size in (2, 3):
                peers = {**_torch(image, kind, size), "NumPy": _numpy(image, kind, size)}
                name = f"{size}x{size} {kind}, stride 2, {colour}"
                ours = _ours(image, kind, size)
                rows += compare(name, ours, peers, min(repeat, 7))
                if colour == "gray":
                    peers = {"scikit-image": _scikit_image(image, kind, size)}
                    rows += compare(name, ours, peers, min(repeat, 3))
    return rows


def _ours(image: np.ndarray, kind: str, size: int):
    return lambda: pool(image, size, kind=kind, stride=2)


def _torch(image: np.ndarray, kind: str, size: int) -> dict:
    try:
        import torch
        from torch.nn.functional import avg_pool2d, max_pool2d
    except ImportError:
        return {}
    planes = image.reshape(*image.shape[:2], -1).transpose(2, 0, 1).astype(np.float32)
    values = torch.from_numpy(np.ascontiguousarray(planes))[None]
    function = max_pool2d if kind == "max" else avg_pool2d
    return {"PyTorch": lambda: function(values, size, stride=2)}


def _scikit_image(image: np.ndarray, kind: str, size: int):
    function = np.max if kind == "max" else np.mean
    if size == 2:
        return lambda: block_reduce(image, (2, 2), function)
    return lambda: function(view_as_windows(image, (size, size), step=2), axis=(2, 3))


def _numpy(image: np.ndarray, kind: str, size: int):
    height, width = ((n - size) // 2 + 1 for n in image.shape[:2])
    combine = np.maximum if kind == "max" else np.add

    def by_slices() -> np.ndarray:
        result = np.zeros((height, width, *image.shape[2:]), np.float32)
        for u in range(size):
            for v in range(size):
                combine(result, image[u::2, v::2][:height, :width], out=result)
        return result if kind == "max" else result / np.float32(size * size)

    return by_slices
