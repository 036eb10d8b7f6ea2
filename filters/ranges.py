"""Filter results fitted to what an integer picture can hold."""

import numpy as np

from ..images.errors import EdgewiseError
from .values import limits, output_dtype, saturate

RANGES = ("clip", "abs", "rescale", "shift", "float")


def fit_range(values: np.ndarray, rule: str, dtype: object) -> tuple[np.ndarray, float]:
    """Turn a filter's float results into the values of a picture.

    Parameters
    ----------
    values : ndarray of float32, (H, W) or (H, W, C)
        Two and four channels end with alpha, which is rounded and no more.
    rule : {'clip', 'abs', 'rescale', 'shift', 'float'}
        ``abs`` takes the magnitude first; ``rescale`` maps the least value to 0
        and the greatest to the dtype's maximum; ``shift`` adds half of the
        range, so that 0 becomes mid-gray; ``clip`` changes nothing; ``float``
        returns the values as they are.
    dtype : {uint8, uint16, float32}
        What the picture holds. With float32, ``rescale`` and ``shift`` leave
        the values as they are.

    Returns
    -------
    picture : ndarray
    clipped : float
        Share of the values, from 0 to 1, that lay outside and were clipped.
    """
    if rule not in RANGES:
        raise EdgewiseError(f'no range "{rule}"; there are {", ".join(RANGES)}')
    wanted = output_dtype(np.float32 if rule == "float" else dtype)
    has_alpha = values.ndim == 3 and values.shape[2] in (2, 4)
    colour = values[:, :, :-1] if has_alpha else values
    colour = np.abs(colour) if rule == "abs" else colour
    if wanted.kind != "f":
        colour = _move(colour, rule, wanted)
    fitted = np.concatenate([colour, values[:, :, -1:]], axis=2) if has_alpha else colour
    return saturate(fitted, wanted), _clipped_share(colour, wanted)


def _move(values: np.ndarray, rule: str, dtype: np.dtype) -> np.ndarray:
    low, high = limits(dtype)
    if rule == "shift":
        return values + np.ceil((high - low) / 2)
    if rule != "rescale":
        return values
    finite = values[np.isfinite(values)]
    least, most = (finite.min(), finite.max()) if finite.size else (low, low)
    if most == least:
        return np.full_like(values, low)
    return (values - least) * (high / (most - least))


def _clipped_share(values: np.ndarray, dtype: np.dtype) -> float:
    if dtype.kind == "f":
        return 0.0
    low, high = limits(dtype)
    outside = (values < low - 0.5) | (values > high + 0.5)
    return float(np.count_nonzero(outside) / values.size)
