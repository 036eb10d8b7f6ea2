"""Histograms of oriented gradients: pictures to vectors."""

from typing import Any

import numpy as np

from ..images.errors import EdgewiseError
from .config import HogConfig
from .layout import Plan

# Up to so many pixels in all NumPy takes less than 2 ms, and loading the
# compiled loops half a second. They agree to float32 rounding.
FEW_PIXELS = 4096

# Work for one thread, about 2 ms. On two idle cores 512x512 take 0.8 ms with
# two threads and 1.0 ms with one; where another program keeps a core busy, 13 ms
# and 1.2 ms, because a thread waits for its turn.
PIXELS_A_THREAD = 400_000

KEPT = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32))


def hog(image: np.ndarray, config: HogConfig | str = "dalal-triggs", **changes: Any) -> np.ndarray:
    """Compute the histograms of oriented gradients of one picture.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C)
        uint8, uint16 or float32 (other real numbers become float32). Values
        are not rescaled. Of several channels, each pixel uses the one with
        the strongest gradient, so an alpha channel has to be dropped before.
    config : HogConfig or str
        Settings, or the name of a preset.
    **changes
        Settings that differ from `config`.

    Returns
    -------
    ndarray, (n,) float32
        By block row, block column, cell row, cell column, bin.

    Raises
    ------
    EdgewiseError
        If the picture is smaller than one block, or a setting is wrong.

    Notes
    -----
    The gradient is ``x[i + 1] - x[i - 1]``, not halved, and 0 across the
    picture's border. Pixels beyond the last whole cell only serve the gradient
    of their neighbours. A NaN or an infinity makes the blocks it touches NaN.

    The preset ``skimage`` equals ``skimage.feature.hog``, except that a
    gradient which points up by less than rounding, an angle of -1e-17
    degrees, loses its vote there and here votes into the last bin.

    Examples
    --------
    >>> import numpy as np
    >>> hog(np.eye(16, dtype=np.uint8), "skimage", cell=4, bins=8).shape
    (288,)
    """
    image = np.asarray(image)
    if image.ndim not in (2, 3):
        raise EdgewiseError(f"a picture has the shape (H, W) or (H, W, C), not {image.shape}")
    return hog_batch(image[None], config, **changes)[0]


def hog_batch(
    images: np.ndarray,
    config: HogConfig | str = "dalal-triggs",
    *,
    out: np.ndarray | None = None,
    **changes: Any,
) -> np.ndarray:
    """Compute the histograms of oriented gradients of pictures of one size.

    Parameters
    ----------
    images : ndarray, (N, H, W) or (N, H, W, C)
        As for `hog`.
    config : HogConfig or str
        Settings, or the name of a preset.
    out : ndarray, (N, n) float32, optional
        C-contiguous array that is filled and returned, instead of a new one.
    **changes
        Settings that differ from `config`.

    Returns
    -------
    ndarray, (N, n) float32
        One vector a row, as `hog` gives it.

    Raises
    ------
    EdgewiseError
        As `hog`.
    """
    config = _settings(config, changes)
    images = _as_pictures(images)
    count, rows, columns = images.shape[:3]
    out = _as_output(out, (count, config.length(rows, columns)))
    if count:
        _compute(_for_the_loops(_compressed(images, config.gamma)), config, out)
    return out


def _settings(config: HogConfig | str, changes: dict[str, Any]) -> HogConfig:
    if isinstance(config, str):
        return HogConfig.preset(config, **changes)
    return config.replace(**changes) if changes else config


def _as_pictures(images: np.ndarray) -> np.ndarray:
    """Return pictures as a C-contiguous (N, H, W, C) array of a dtype the loops know."""
    images = np.asarray(images)
    if images.ndim not in (3, 4):
        raise EdgewiseError(
            f"pictures have the shape (N, H, W) or (N, H, W, C), not {images.shape}"
        )
    if images.dtype.kind not in "buif":
        raise EdgewiseError(f"a picture holds real numbers, not {images.dtype}")
    if images.shape[-1] == 0:
        raise EdgewiseError(f"the pictures have no pixels: their shape is {images.shape}")
    if images.dtype not in KEPT:
        images = images.astype(np.float32)
    return np.ascontiguousarray(images if images.ndim == 4 else images[..., None])


def _as_output(out: np.ndarray | None, shape: tuple[int, int]) -> np.ndarray:
    if out is None:
        return np.empty(shape, np.float32)
    if out.shape != shape or out.dtype != np.float32 or not out.flags.c_contiguous:
        raise EdgewiseError(
            f"out is not a C-contiguous float32 array of shape {shape}: "
            f"its shape is {out.shape}, its dtype {out.dtype}"
        )
    return out


def _compressed(images: np.ndarray, gamma: str) -> np.ndarray:
    if gamma == "none":
        return images
    # Differences of roots cancel: the roots of whole numbers need float64.
    # float32 stays, as in scikit-image.
    exact = np.float32 if images.dtype == np.float32 else np.float64
    if images.dtype == np.float32 and images.size and images.min() < 0:
        raise EdgewiseError("gamma sqrt needs values of at least 0, and the picture has less")
    return np.sqrt(images, dtype=exact)


def _for_the_loops(images: np.ndarray) -> np.ndarray:
    """Return uint16 as float32, which holds it exactly: compiling loops for it takes seconds."""
    return images.astype(np.float32) if images.dtype == np.uint16 else images


def _compute(images: np.ndarray, config: HogConfig, out: np.ndarray) -> None:
    rows, columns = images.shape[1:3]
    exact = np.float64 if images.dtype == np.float64 else np.float32
    plan = Plan.of(config, rows, columns, exact)
    if images[..., 0].size <= FEW_PIXELS and np.isfinite(images).all():
        from . import plain

        histograms = plain.histograms(images, plan.votes, plan.units)
        out[:] = plain.normalise(histograms, plan.gather, plan.blocks).reshape(out.shape)
    else:
        _compute_compiled(images, plan, out)


def _compute_compiled(images: np.ndarray, plan: Plan, out: np.ndarray) -> None:
    from ..jit import at_most_threads
    from . import loops

    count, rows, columns, channels = images.shape
    shape = (count, *plan.units, *plan.cells, plan.votes.bins)
    # Units that are blocks are normalised where they stand.
    histograms = np.empty(shape, np.float32) if plan.gather.shared else out.reshape(shape)
    pieces = plan.tasks(count)
    with at_most_threads(min(len(pieces), 1 + count * rows * columns // PIXELS_A_THREAD)):
        loops.histograms(
            images.reshape(count, rows, columns * channels),
            channels,
            pieces,
            plan.votes,
            histograms,
        )
        cells = histograms.reshape(count, plan.units[0], -1)
        loops.normalise(cells, plan.gather, out.reshape(count, *plan.blocks, -1))
