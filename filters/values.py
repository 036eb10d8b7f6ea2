"""What values arrays hold: accepted dtypes, and float results put into integers."""

import numpy as np

from ..images.errors import EdgewiseError

KEPT = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32))


def as_planes(image: np.ndarray) -> np.ndarray:
    """Return an image as a C-contiguous (H, W, C) array; see `as_image`."""
    image = as_image(image)
    return image if image.ndim == 3 else image[:, :, None]


def as_image(image: np.ndarray) -> np.ndarray:
    """Return an image as a C-contiguous array of a dtype the loops know.

    Parameters
    ----------
    image : array_like, (H, W) or (H, W, C)
        Real numbers. uint8, uint16 and float32 stay what they are; everything
        else becomes float32. Values are never rescaled.

    Raises
    ------
    EdgewiseError
        If the array is empty, complex, or has another number of axes.
    """
    image = np.asarray(image)
    if image.ndim not in (2, 3):
        raise EdgewiseError(f"an image has the shape (H, W) or (H, W, C), not {image.shape}")
    if image.size == 0:
        raise EdgewiseError(f"the image has no pixels: its shape is {image.shape}")
    if image.dtype.kind not in "buif":
        raise EdgewiseError(f"an image holds real numbers, not {image.dtype}")
    if image.dtype not in KEPT:
        image = image.astype(np.float32)
    return np.require(image, requirements=["C", "A"])


def output_dtype(dtype: object) -> np.dtype:
    """Return the dtype of a result: float32 unless uint8 or uint16 is asked for."""
    wanted = np.dtype(np.float32 if dtype is None else dtype)  # type: ignore[call-overload]
    if wanted not in KEPT:
        raise EdgewiseError(f"results are float32, uint8 or uint16, not {wanted}")
    return wanted


def limits(dtype: np.dtype) -> tuple[np.float32, np.float32]:
    """Return the least and greatest value of an integer dtype, and (0, 0) for float32."""
    if dtype.kind == "f":
        return np.float32(0), np.float32(0)
    return np.float32(0), np.float32(np.iinfo(dtype).max)


def saturate(values: np.ndarray, dtype: object) -> np.ndarray:
    """Round half to even and clip to an integer dtype; float32 is left alone.

    NaN has no integer and becomes 0.
    """
    wanted = output_dtype(dtype)
    if wanted.kind == "f":
        return values
    low, high = limits(wanted)
    rounded = np.rint(values, dtype=np.float32)
    # NaN takes the low end here, and not in np.clip or np.maximum.
    if np.isnan(rounded.sum()):
        rounded[np.isnan(rounded)] = low
    return np.clip(rounded, low, high, out=rounded).astype(wanted)
