"""Pictures of another size."""

import numpy as np
from PIL import Image

from .errors import EdgewiseError


def resize(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resize an image, with antialiasing when it shrinks.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C), uint8, uint16 or float32
    size : (int, int)
        Rows and columns wanted; the shape of the image is not kept in proportion.

    Returns
    -------
    ndarray, (rows, columns) or (rows, columns, C), of the same dtype
        Pillow's bilinear filter, whose support grows as the image shrinks.
    """
    rows, columns = size
    if min(rows, columns) < 1:
        raise EdgewiseError(f"{columns}x{rows} is no size")
    if image.shape[:2] == (rows, columns):
        return image
    if image.ndim == 3 and (image.dtype != np.uint8 or image.shape[2] not in (2, 3, 4)):
        planes = [resize(image[:, :, c], size) for c in range(image.shape[2])]
        return np.stack(planes, axis=2)
    if image.dtype == np.uint8:
        return np.array(_scaled(image, size))
    scaled = np.array(_scaled(image.astype(np.float32), size))
    return scaled if image.dtype.kind == "f" else np.rint(scaled).astype(image.dtype)


def _scaled(image: np.ndarray, size: tuple[int, int]) -> Image.Image:
    picture = Image.fromarray(np.ascontiguousarray(image))
    return picture.resize((size[1], size[0]), Image.Resampling.BILINEAR)
