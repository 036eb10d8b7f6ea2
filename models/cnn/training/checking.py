"""Whether a network, pictures and labels fit together."""

import numpy as np

from ....images.errors import DataError
from ..network import Network
from .batches import with_channels


def checked(
    network: Network, images: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return images (M, H, W, C) uint8 and labels (M,) int64.

    Parameters
    ----------
    network : Network
    images : ndarray, (M, H, W[, C]) uint8
    labels : ndarray of int, (M,)

    Raises
    ------
    DataError
        If they do not fit the network or each other.
    """
    images, labels = checked_images(network, np.asarray(images)), np.asarray(labels)
    if len(images) != len(labels) or not len(images):
        raise DataError(f"there are {len(images)} pictures and {len(labels)} labels")
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise DataError("labels are whole numbers, one a picture")
    if len(network.output_shape) != 1:
        raise DataError("the network ends with images; end it with flatten and dense:classes")
    (classes,) = network.output_shape
    if labels.min() < 0 or labels.max() >= classes:
        raise DataError(
            f"the network gives {classes} scores, and the labels go from {labels.min()} to "
            f"{labels.max()}; end it with dense:classes"
        )
    return images, labels.astype(np.int64)


def checked_images(network: Network, images: np.ndarray) -> np.ndarray:
    """Return images (M, H, W, C) uint8, or raise DataError; see `checked`."""
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        raise DataError(
            f"images are uint8, (M, H, W) or (M, H, W, C), not {images.dtype} {images.shape}"
        )
    if len(network.input_shape) != 3:
        raise DataError(
            f"the network takes vectors of {network.input_shape[0]} numbers, not pictures; give "
            "it an input shape (C, H, W)"
        )
    images = with_channels(images)
    channels, height, width = network.input_shape
    if images.shape[1:] != (height, width, channels):
        raise DataError(
            f"the network takes pictures of {_described(height, width, channels)}, and gets "
            f"{_described(*images.shape[1:])}"
        )
    return images


def _described(height: int, width: int, channels: int) -> str:
    return f"{width}x{height} with {channels} channel{'s' if channels > 1 else ''}"
