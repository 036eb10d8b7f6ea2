"""What a window sees outside the image: border rules as index maps."""

import numpy as np

from ..images.errors import EdgewiseError
from .registry import suggest

OUTSIDE = -1  # in an index map: this position holds the fill value

# Not a border: what lies outside does not count, and weights make up for it.
RENORMALIZE = "renormalize"

# The border of a d c b a | a b c d, and the names other tools use for it.
BORDERS = ("constant", "edge", "reflect", "symmetric", "wrap")
ALIASES = {
    "zero": "constant",
    "replicate": "edge",
    "nearest": "edge",
    "reflect101": "reflect",
    "circular": "wrap",
    "tile": "wrap",
}


def border_name(name: str) -> str:
    """Return NumPy's name of a border.

    Parameters
    ----------
    name : str
        One of `BORDERS` or `ALIASES`, or `RENORMALIZE`.

    Raises
    ------
    EdgewiseError
        If the name is unknown, or is ``mirror``, which SciPy uses for
        ``reflect`` and ImageMagick and libvips for ``symmetric``.
    """
    if name == "mirror":
        raise EdgewiseError(
            'border "mirror" means different things in different tools; write "reflect" '
            '(dcb|abcd|cba, the edge pixel once) or "symmetric" (dcba|abcd|dcba, twice)'
        )
    canonical = ALIASES.get(name, name)
    if canonical not in (*BORDERS, RENORMALIZE):
        raise EdgewiseError(f'no border "{name}"{suggest(name, [*BORDERS, RENORMALIZE, *ALIASES])}')
    return canonical


def border_index(length: int, before: int, after: int, border: str) -> np.ndarray:
    """Map every position of a padded axis to the position it is copied from.

    Parameters
    ----------
    length : int > 0
        Length of the axis.
    before, after : int >= 0
        How much is added at each end; may be more than the length.
    border : str
        One of `BORDERS`.

    Returns
    -------
    ndarray of int64, (before + length + after,)
        Positions in [0, length), or `OUTSIDE` where the fill value goes.
        The same positions as `numpy.pad` copies from.
    """
    position = np.arange(-before, length + after, dtype=np.int64)
    if border == "edge":
        return np.clip(position, 0, length - 1)
    if border == "wrap":
        return position % length
    if border == "symmetric":
        return _fold(position, 2 * length, length - 1)
    if border == "reflect":
        return _fold(position, max(2 * (length - 1), 1), length - 1)
    return np.where((position >= 0) & (position < length), position, OUTSIDE)


def _fold(position: np.ndarray, period: int, last: int) -> np.ndarray:
    position = position % period
    return np.where(position > last, period - position - (period == 2 * (last + 1)), position)
