"""Colour times its alpha, and back."""

import numpy as np

from ..images.colour import split_alpha


def times(colour: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Multiply colour (H, W) or (H, W, C) by alpha (H, W) from 0 to 1."""
    return np.ascontiguousarray((colour.T * share.T).T)


def over(values: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Divide by alpha; what is invisible becomes 0."""
    visible = np.where(share > 0, share, 1)
    return np.ascontiguousarray(np.where((share > 0).T, values.T / visible.T, 0).T)


def joined(colour: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Put alpha beside colour: (H, W, C + 1) float32."""
    planes = colour if colour.ndim == 3 else colour[:, :, None]
    return np.concatenate([planes, share[:, :, None]], axis=2, dtype=np.float32)


def parted(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return colour, (H, W) where it is gray, and alpha, of what was `joined`."""
    colour = values[:, :, 0] if values.shape[2] == 2 else values[:, :, :-1]
    return np.ascontiguousarray(colour), np.ascontiguousarray(values[:, :, -1])


class Premultiplied:
    """The first and the last step of a picture with alpha.

    Parameters
    ----------
    dtype : dtype
        Of the picture: its greatest whole number is opaque, or 1.
    """

    def __init__(self, dtype: np.dtype):
        self._opaque = np.float32(np.iinfo(dtype).max if dtype.kind in "ui" else 1)

    def begin(self, image: np.ndarray) -> np.ndarray:
        """Return colour times alpha, and alpha from 0 to 1 beside it."""
        colour, alpha = split_alpha(image)
        assert alpha is not None
        share = alpha.astype(np.float32) / self._opaque
        return joined(times(colour, share), share)

    def end(self, values: np.ndarray) -> np.ndarray:
        """Return the picture."""
        colour, share = parted(values)
        share = np.clip(share, 0, 1)
        return joined(over(colour, share), share * self._opaque)
