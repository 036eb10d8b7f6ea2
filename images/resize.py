"""Pictures of another size."""

import numpy as np
from PIL import Image

from .errors import EdgewiseError
from .fits import FITS

Box = tuple[float, float, float, float]


def resize(image: np.ndarray, size: tuple[int, int], fit: str = "stretch") -> np.ndarray:
    """Resize an image, with antialiasing when it shrinks.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C), uint8, uint16 or float32
    size : (int, int)
        Rows and columns wanted.
    fit : {"stretch", "crop", "pad"}
        What is done about another proportion of height to width: nothing, all
        of the image is resized to all of the size; its middle, as large as the
        size's proportion allows, is; or the image keeps its own, in the
        middle, and its border pixels are repeated around it.

    Returns
    -------
    ndarray, (rows, columns) or (rows, columns, C), of the same dtype
        Pillow's bilinear filter, whose support grows as the image shrinks.

    Raises
    ------
    EdgewiseError
        If the size has no pixels, or there is no such fit.
    """
    rows, columns = size
    if min(rows, columns) < 1:
        raise EdgewiseError(f"{columns}x{rows} is no size")
    if fit not in FITS:
        raise EdgewiseError(f'no fit "{fit}"; there are {", ".join(FITS)}')
    if image.shape[:2] == (rows, columns):
        return image
    if fit == "pad":
        return _padded(_resampled(image, _inside(image, size)), size)
    return _resampled(image, size, _middle(image, size) if fit == "crop" else None)


def _inside(image: np.ndarray, size: tuple[int, int]) -> tuple[int, int]:
    """Return the largest rows and columns of an image's proportion within a size."""
    factor = min(wanted / there for wanted, there in zip(size, image.shape, strict=False))
    return max(1, round(image.shape[0] * factor)), max(1, round(image.shape[1] * factor))


def _middle(image: np.ndarray, size: tuple[int, int]) -> Box:
    """Return left, top, right and bottom of the largest part of a size's proportion."""
    height, width = image.shape[:2]
    factor = max(size[0] / height, size[1] / width)
    rows, columns = min(height, size[0] / factor), min(width, size[1] / factor)
    top, left = (height - rows) / 2, (width - columns) / 2
    return left, top, width - left, height - top


def _padded(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    missing = [wanted - there for wanted, there in zip(size, image.shape, strict=False)]
    widths = [(n // 2, n - n // 2) for n in missing] + [(0, 0)] * (image.ndim - 2)
    return np.pad(image, widths, mode="edge")


def _resampled(image: np.ndarray, size: tuple[int, int], box: Box | None = None) -> np.ndarray:
    if image.ndim == 3 and (image.dtype != np.uint8 or image.shape[2] not in (2, 3, 4)):
        planes = [_resampled(image[:, :, c], size, box) for c in range(image.shape[2])]
        return np.stack(planes, axis=2)
    if image.dtype == np.uint8:
        return np.array(_scaled(image, size, box))
    scaled = np.array(_scaled(image.astype(np.float32), size, box))
    return scaled if image.dtype.kind == "f" else np.rint(scaled).astype(image.dtype)


def _scaled(image: np.ndarray, size: tuple[int, int], box: Box | None) -> Image.Image:
    picture = Image.fromarray(np.ascontiguousarray(image))
    return picture.resize((size[1], size[0]), Image.Resampling.BILINEAR, box=box)
