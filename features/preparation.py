"""One picture, made what HoG sees."""

import numpy as np


def prepare(
    image: np.ndarray,
    *,
    size: tuple[int, int] | None = None,
    channels: int = 3,
    fit: str = "stretch",
) -> np.ndarray:
    """Return a picture as HoG sees it in a table.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C)
    size : (int, int), optional
        Rows and columns to resize to.
    channels : int
        1 makes colour gray. With 3 colour is kept, and gray too: among
        coloured pictures it needs no change, its strongest channel is itself.
    fit : {"stretch", "crop", "pad"}
        What `resize` does about another proportion of height to width.

    Returns
    -------
    ndarray, (H, W) or (H, W, C), of the same dtype
        Without alpha.
    """
    from ..images.colour import split_alpha, to_gray

    image = to_gray(image) if channels == 1 else split_alpha(image)[0]
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[:, :, 0]
    if size is not None and image.shape[:2] != tuple(size):
        from ..images.resize import resize

        image = resize(image, size, fit)
    return image
