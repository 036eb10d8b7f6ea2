"""Many pictures on one page, each with a caption."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ..images.colour import to_rgb
from ..images.resize import resize

PAPER, INK, FAINT = (250, 250, 248), (28, 30, 34), (120, 124, 130)
MARGIN, GAP, CAPTION = 36, 20, 46
SHOW_PIXELS = 4  # pictures that grow so much are shown pixel by pixel, not smoothed


@dataclass(frozen=True)
class Tile:
    """One picture, a title and, fainter, how it was made."""

    picture: np.ndarray
    title: str
    note: str = ""


def contact_sheet(
    heading: str, tiles: list[Tile], *, columns: int = 3, size: tuple[int, int] = (240, 320)
) -> np.ndarray:
    """Lay pictures out on one page.

    Parameters
    ----------
    heading : str
    tiles : list of Tile
        Pictures (H, W) or (H, W, C) of uint8; each is scaled to fit its place,
        in proportion.
    columns : int
    size : (int, int)
        Rows and columns of one place, in pixels.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
    """
    height, width = size
    rows = -(-len(tiles) // columns)
    page = Image.new(
        "RGB",
        (
            2 * MARGIN + columns * width + (columns - 1) * GAP,
            2 * MARGIN + 44 + rows * (height + CAPTION) + (rows - 1) * GAP,
        ),
        PAPER,
    )
    draw = ImageDraw.Draw(page)
    draw.text((MARGIN, MARGIN - 6), heading, INK, font(24))
    for number, tile in enumerate(tiles):
        row, column = divmod(number, columns)
        left = MARGIN + column * (width + GAP)
        top = MARGIN + 44 + row * (height + CAPTION + GAP)
        page.paste(Image.fromarray(_fit(tile.picture, size)), (left, top))
        draw.text((left, top + height + 6), tile.title, INK, font(15))
        draw.text((left, top + height + 26), tile.note, FAINT, font(12))
    return np.array(page)


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the font of all pages."""
    return ImageFont.load_default(size)


def _fit(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Scale a picture to its place, in proportion, above the start of its caption."""
    scale = min(size[0] / picture.shape[0], size[1] / picture.shape[1])
    if scale >= SHOW_PIXELS:
        scaled = to_rgb(picture).repeat(int(scale), axis=0).repeat(int(scale), axis=1)
    else:
        shape = (max(1, round(picture.shape[0] * scale)), max(1, round(picture.shape[1] * scale)))
        scaled = resize(to_rgb(picture), shape)
    place = np.full((*size, 3), PAPER, np.uint8)
    top = size[0] - scaled.shape[0]  # down on its caption
    place[top:, : scaled.shape[1]] = scaled
    return place
