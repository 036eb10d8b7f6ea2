"""Pillow's pictures as arrays, whatever their mode."""

import numpy as np
from PIL import Image

# Bytes that are copied at a time: of 12 MP of colour 20 ms, and 73 ms all at once, because
# Pillow joins such a picture from pieces, and NumPy copies it.
PIECE = 1 << 20


def to_array(picture: Image.Image) -> np.ndarray:
    """Return the pixels of a loaded picture, of the shape and dtype of `read_image`."""
    mode, transparent = picture.mode, "transparency" in picture.info
    if mode.startswith("I;16"):
        return np.array(picture).astype(np.uint16)
    if mode == "I":
        values = np.array(picture)
        fits = values.min() >= 0 and values.max() <= 65535
        return values.astype(np.uint16 if fits else np.float32)
    if mode == "F":
        return np.array(picture, dtype=np.float32)
    if mode in ("1", "L"):
        return _converted(picture, "LA" if transparent else "L")
    if mode in ("LA", "La"):
        return _converted(picture, "LA")
    keeps_alpha = transparent or mode in ("RGBA", "RGBa", "PA")
    return _converted(picture, "RGBA" if keeps_alpha else "RGB")


def _converted(picture: Image.Image, mode: str) -> np.ndarray:
    # A conversion copies even where there is nothing to convert.
    ready = picture if picture.mode == mode else picture.convert(mode)
    width, height = ready.size
    bands = len(ready.getbands())
    array = np.empty((height, width, bands) if bands > 1 else (height, width), np.uint8)
    step = max(1, PIECE // (width * bands))
    for top in range(0, height, step):
        bottom = min(top + step, height)
        array[top:bottom] = np.asarray(ready.crop((0, top, width, bottom)))
    return array
